package lambda

import (
	"math/rand/v2"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// Payload is what a function is invoked with by whoever is no mapping. Code that knows its type need not read JSON.
type Payload interface {
	// AppendJSON appends it as it goes over the wire.
	AppendJSON(dst []byte) []byte
}

// Call is one synchronous invocation (InvocationType RequestResponse).
type Call struct {
	Function string // its bare name
	Payload  Payload
	Timeout  time.Duration // the caller waits no longer, and the function is stopped then; 0: until its own timeout
}

// Outcome is how a call ended.
type Outcome struct {
	Refused *Error         // it did not reach the function: there is none
	Err     string         // ErrUnhandled or ErrTimedOut; "" where the function has returned
	Error   *FunctionError // what it failed with; nil where it has returned or only the model has it fail
	Ran     bool           // code has returned; a function that is only modelled returns nothing
	Payload []byte         // the JSON that it returned
	Value   any            // or that, not as JSON; nil: see Payload
}

// Invoke runs a function once, on a process of the caller's, which sleeps as long as the function takes: as its model says, and
// on the wall clock as its code does. ok is false when the process must return. Its observer is not told: what
// was sent is the caller's. Each function draws for its calls by itself, so that they shift no mapping's draws.
func (s *Service) Invoke(p *clock.Proc, c Call) (o Outcome, ok bool) {
	arn := s.functionARN(c.Function)
	f := s.function(c.Function)
	if f == nil {
		return Outcome{Refused: errorf(CodeNotFound, "Function not found: %s", arn)}, true
	}
	r := rand.New(rand.NewPCG(s.seed, digest("call", s.account, s.region, c.Function)+f.calls.Add(1)))
	in := invocation{attempt: 1, timeout: c.Timeout}
	f.invoke(p.Now(), r, &in)
	in.request = newRequestID(r)
	if f.Code != nil && in.err != ErrUnhandled {
		e := &Event{FunctionName: f.Name, FunctionArn: arn, Region: s.region, Payload: c.Payload}
		returned := func(r *Result) {
			in.raised(r)
			o.Ran, o.Payload, o.Value = r.Err == nil, r.Payload, r.Value
		}
		if !s.call(p, f, e, &in, returned) {
			return Outcome{}, false
		}
	}
	if !p.SleepUntil(in.end) {
		return Outcome{}, false
	}
	f.ended(&in)
	switch in.err {
	case ErrTimedOut:
		return Outcome{Err: in.err, Error: timedOut(in.request, in.timeout)}, true
	case ErrUnhandled:
		return Outcome{Err: in.err, Error: in.error}, true
	}
	return o, true
}
