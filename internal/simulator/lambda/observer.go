package lambda

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Observer is told what only the inside of the service knows. On the wall clock its methods are called concurrently; no
// lock is held during a call. Slices are valid during the call only.
type Observer interface {
	// Received is told the records of each poll that returned any, in the shard's order.
	Received(now time.Time, function, stream string, shard int32, recs []record.Record)
	// Invoked is told each invocation when it has ended. Every received record is in exactly one invocation with an empty
	// Err, and before it in one that failed for each retry.
	Invoked(i Invocation)
}

// Invocation is one event sent to a function.
type Invocation struct {
	Mapping  string // its UUID
	Function string
	Stream   string
	Shard    int32
	Lane     int             // below the mapping's ParallelizationFactor
	Records  []record.Record // in the shard's order; valid during the call only
	Attempt  int             // from 1; a retry is the same batch again
	Sent     time.Time       // the event was sent; iterator age is this minus the last record's arrival (DG monitoring-metrics)
	Begin    time.Time       // the function began: Sent, or after the cold start. CloudWatch's Duration counts from here
	End      time.Time       // Begin plus the modelled duration; on the wall clock the call comes a timer's lateness after it
	Cold     bool            // an execution environment was started for it
	Err      string          // "" where it succeeded
}

// Errors of a modelled function.
const (
	ErrUnhandled = "Unhandled"      // the function raised an error
	ErrTimedOut  = "Task timed out" // it was stopped at its timeout
)

type silent struct{}

func (silent) Received(time.Time, string, string, int32, []record.Record) {}
func (silent) Invoked(Invocation)                                         {}
