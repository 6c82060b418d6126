package lambda

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Observer is told what only the inside of the service knows. On the wall clock its methods are called concurrently; no
// lock is held during a call. Slices are valid during the call only.
//
// A received record comes to exactly one end, unless its mapping is deleted or the clock stopped before: it is among the
// Succeeded of one [Invocation], or in one [Drop]. Before that it is in each invocation that it was tried in.
type Observer interface {
	// Received is told the records of each poll that returned any, in the shard's order.
	Received(now time.Time, function, stream string, shard int32, recs []record.Record)
	// Invoked is told each invocation that has reached the function, when it has ended.
	Invoked(i Invocation)
	// Refused is told each that has not.
	Refused(r Refusal)
	// Dropped is told records that are given up.
	Dropped(d Drop)
}

// Invocation is one event that a function was invoked with.
type Invocation struct {
	Mapping   string // its UUID
	Function  string
	Stream    string
	Shard     int32
	Lane      int // below the mapping's ParallelizationFactor
	Request   RequestID
	Records   []record.Record // in the shard's order; valid during the call only
	Remaining int             // so many of Records, the last ones, its response has tried again: ReportBatchItemFailures
	Report    string          // why these are all of Records, where the response cannot be understood: it reported "12", which is no …; else ""
	Attempt   int             // from 1: how often these very records were sent; halves and remainders begin anew
	Sent      time.Time       // the event was sent; iterator age is this minus the last record's arrival (DG monitoring-metrics)
	Begin     time.Time       // the function began: Sent, or after the cold start. CloudWatch's Duration counts from here
	End       time.Time       // Begin plus how long it took; on the wall clock the call comes a timer's lateness after it
	Cold      bool            // an execution environment was started for it
	Err       string          // "" where it succeeded, if only in part: ErrUnhandled or ErrTimedOut
	Error     *FunctionError  // what it failed with; nil where it succeeded or only the model has it fail
}

// Succeeded are the records that are done with.
func (i *Invocation) Succeeded() []record.Record {
	if i.Err != "" {
		return nil
	}
	return i.Records[:len(i.Records)-i.Remaining]
}

// The kinds of function errors.
const (
	ErrUnhandled = "Unhandled"      // the function raised an error
	ErrTimedOut  = "Task timed out" // it was stopped at its timeout
)

// Refusal is one event that did not reach the function: it was throttled, a service failed, there is no such function. It is
// no attempt.
type Refusal struct {
	Mapping       string // its UUID
	Function      string
	Stream        string
	Shard         int32
	Lane          int
	Records       []record.Record
	At            time.Time
	Code, Message string
}

// Drop is records that a mapping gave up.
type Drop struct {
	Mapping     string // its UUID
	Function    string
	Stream      string
	Shard       int32
	Lane        int
	Records     []record.Record
	At          time.Time
	Condition   string    // RetryAttemptsExhausted, RecordAgeExceeded or RecordExpired
	Attempts    int       // the document's approximateInvokeCount, at least 1
	Request     RequestID // the document's requestId: of the last invocation with these, where there was one
	Destination string    // ARN of the on-failure destination that was told; "" where none was to be
	Err         error     // the destination did not take it
}

// Why records are given up.
const (
	RetryAttemptsExhausted = "RetryAttemptsExhausted"
	RecordAgeExceeded      = "RecordAgeExceeded"
	// RecordExpired is ours: the stream's retention is over. No destination is told of it; AWS documents neither.
	RecordExpired = "RecordExpired"
)

type silent struct{}

func (silent) Received(time.Time, string, string, int32, []record.Record) {}
func (silent) Invoked(Invocation)                                         {}
func (silent) Refused(Refusal)                                            {}
func (silent) Dropped(Drop)                                               {}
