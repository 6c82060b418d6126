package lambda

import (
	"context"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Code is a function that runs in this process. What [FunctionModel] says applies around it: an invocation takes the drawn
// duration beside the code's own time, behind a cold start, up to the timeout; one that Errors has fail does not reach the
// code. *That is ours.*
type Code interface {
	// Invoke runs it with one event, from the instant on at which the invocation begins. A panic is recovered: it is a
	// function error, and the environment is gone.
	//
	// In virtual time it computes and returns: it is called on the clock's goroutine, and Result.Took says how long it took.
	//
	// On the wall clock it is called in a process of its own. ctx ends at e.Deadline (DeadlineExceeded) and when the clock is
	// stopped (Canceled). An invocation that has not returned by its deadline has timed out: what it returns later is nobody's,
	// and the next one may begin beside it. The clock's Stop waits until it has returned.
	Invoke(ctx context.Context, e *Event) Result
}

// Event is what a function is invoked with. It must not be changed. In virtual time its records are valid until Invoke
// returns; on the wall clock for ever.
type Event struct {
	RequestID      RequestID
	FunctionName   string
	FunctionArn    string
	MemorySize     int64     // bytes
	Role           string    // of the function; "" where it has none
	Deadline       time.Time // on the service's clock
	Mapping        string    // its UUID
	EventSourceArn string    // of the mapping: the stream's, or the stream consumer's. AWS does not say which for a consumer
	Stream         string    // its bare name
	Region         string
	Shard          int32
	ShardID        string          // shardId-000000000000
	Attempt        int             // as in Invocation
	Records        []record.Record // in the shard's order
	Reports        bool            // its mapping has ReportBatchItemFailures
	Payload        Payload         // in their place, of an invocation that is no mapping's: nothing is said of a stream then

	sequence func(dst []byte, r *record.Record) []byte
	render   record.Render
}

// Result is how an invocation ended.
type Result struct {
	// Err is the error that the function raised; nil where it returned.
	Err *FunctionError
	// Payload is the JSON that it returned, none being as good as null. It is read where the mapping has ReportBatchItemFailures.
	Payload []byte
	// Value is, instead of Payload, what it returned to a caller that knows its type: to whoever has sent the event's Payload.
	Value any
	// Failures are, instead of Payload, the identifiers of a response's batchItemFailures.
	Failures []string
	// Reset tells that the execution environment is gone, by a panic or an exit: what comes next starts cold.
	Reset bool
	// Took is how long the code took, beside the model's duration. In virtual time only.
	Took time.Duration
}

// FunctionError is a function's error as Lambda answers it, and as aws-lambda-go reports it.
type FunctionError struct {
	Message    string       `json:"errorMessage"`
	Type       string       `json:"errorType"`
	StackTrace []StackFrame `json:"stackTrace,omitempty"`

	// Place is, of a panic, the innermost call that is in none of Go's own packages and in no module that was downloaded:
	// enrich.go:41. "": it is no panic, or there is none. No caller is told.
	Place string `json:"-"`
}

// Text is what somebody reads who looks for the mistake: the message, and of a panic its place.
func (e *FunctionError) Text() string {
	if e.Place == "" {
		return e.Message
	}
	return "panicked at " + e.Place + ": " + e.Message
}

// StackFrame is one call in the stack of a panic.
type StackFrame struct {
	Path  string `json:"path"`
	Line  int32  `json:"line"`
	Label string `json:"label"`
}

func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }
