package record

import (
	"errors"
	"time"
)

// The types of a position, by AWS's names.
const (
	TrimHorizon = "TRIM_HORIZON" // the oldest record
	Latest      = "LATEST"       // behind the newest record
	AtTimestamp = "AT_TIMESTAMP" // the first record that arrived at an instant or after it
)

// Position is where a reader of a shard begins.
type Position struct {
	Type string    // TrimHorizon, Latest or AtTimestamp
	At   time.Time // AT_TIMESTAMP's instant
}

// Errors that readers of another service act on, with errors.Is.
var (
	// ErrThroughputExceeded is a read refused by one of the shard's limits; it succeeds later.
	ErrThroughputExceeded = errors.New("provisioned throughput exceeded")
	// ErrNotFound is a stream, a shard or a stream consumer that is not there.
	ErrNotFound = errors.New("not found")
	// ErrSubscriptionOver is how a [Subscription] ends that has lived its time, was closed, or has come to the end of a closed
	// shard.
	ErrSubscriptionOver = errors.New("the subscription is over")
)

// Subscription is one open subscription of a stream consumer to a shard: enhanced fan-out. It is used by one reader at a time.
type Subscription interface {
	// Page gives what is pushed at an instant, with records or without, or the instant at which to ask again where nothing is.
	// Its records are valid until the next call. Its error is why the subscription has ended: ErrSubscriptionOver, ErrNotFound
	// for a stream or consumer that is gone, or another where it was taken over or the consumer is going.
	Page(now time.Time) (page Page, again time.Time, err error)
	// Close ends it. It may be called more than once.
	Close()
}
