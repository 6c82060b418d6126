package record

import (
	"errors"
	"time"
)

// Position is where a reader of a shard begins.
type Position struct {
	Type string    // TRIM_HORIZON, LATEST or AT_TIMESTAMP
	At   time.Time // AT_TIMESTAMP's instant
}

// Errors that readers of another service act on, with errors.Is.
var (
	// ErrThroughputExceeded is a read refused by one of the shard's limits; it succeeds later.
	ErrThroughputExceeded = errors.New("provisioned throughput exceeded")
	// ErrNotFound is a stream or shard that is not there.
	ErrNotFound = errors.New("not found")
)
