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
	// ErrNotFound is a stream or shard that is not there.
	ErrNotFound = errors.New("not found")
)
