// Package fault is the one hook that sees every request to the simulated services before they do.
//
// A [Hook] may observe a request, delay it, hold it until an instant or until it is let go, fail it with any AWS error,
// refuse a share of its records, or cut its connection: throttle storms, timeouts and partial failures are all this one
// idea. The wire's server asks it on the wall clock, the simulated target in virtual time, and a [Reader] on either for what
// mappings and delivery streams ask of streams and buckets, and what mappings send to functions; all of them apply the [Action] in
// the order of its fields.
package fault

import "time"

// Request is what a hook sees.
type Request struct {
	Service   string // kinesis, firehose, lambda or s3
	Operation string // AWS's name: PutRecords. SubscribeToShardEvent is an event of a subscription that is open
	Account   string
	Region    string
	Resource  string // the stream, delivery stream, function or bucket; "" where the request names none
	Records   int    // of a put, or an invocation

	// Touches tells whether the request has to do with a shard of its stream: it reads it, subscribes to it, or puts a record
	// that would go there now, or invokes a function with records of it. Nil: it names no shard. It may be called during the hook only.
	Touches func(shard int32) bool
}

// Action is what becomes of a request. The zero value lets it pass.
type Action struct {
	Delay   time.Duration   // before anything else
	Until   time.Time       // held until this instant; zero: not
	Release <-chan struct{} // held until this is closed; nil: not. Only on the wall clock
	Cut     bool            // the connection is closed without an answer; what the service did, if anything, stays done
	After   bool            // the delay, the hold and the cut come after the service has acted: only the answer is lost or late
	Lost    bool            // only the answer is lost: a cut that comes after the service has acted, wherever the delay and the hold do
	Err     *Error          // the whole call fails and the service does not see it; beside a Share, the refused records do
	Share   float64         // of a put's records, refused one by one: as a limit refuses them, or as Err says. 0: none
}

// Error is an AWS error to answer with.
type Error struct {
	Code    string // InternalFailureException, ProvisionedThroughputExceededException, …
	Message string
	Status  int // of HTTP; 0 is 400, or 500 for InternalFailure and ServiceUnavailable codes
}

// Hook decides about each request. It is called concurrently and must not block: waiting is an Action.
type Hook func(now time.Time, r Request) Action

// Whole tells whether the action fails the whole of a request for so many records.
func (a *Action) Whole(records int) bool { return a.Err != nil && (a.Share <= 0 || records == 0) }

// Internal tells whether refused records fail with InternalFailure. It is the one error besides a limit's that AWS documents
// for a single record; every other code counts as a limit's, and is answered all the same.
func (a *Action) Internal() bool {
	return a.Err != nil && (a.Err.Code == "InternalFailure" || a.Err.Code == "InternalFailureException")
}

// Chain asks each hook in turn and takes the first action that is not the zero value.
func Chain(hooks ...Hook) Hook {
	return func(now time.Time, r Request) Action {
		for _, h := range hooks {
			if h == nil {
				continue
			}
			if a := h(now, r); a != (Action{}) {
				return a
			}
		}
		return Action{}
	}
}
