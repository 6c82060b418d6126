package fault

import (
	"errors"
	"time"
)

// Reader lets a hook act on what one process asks for without a wire: a mapping's poller or a delivery stream's reader of a stream,
// mostly of one shard; a delivery stream's courier of the bucket that it delivers to; a mapping of its function ([NewInvoker]). On
// AWS these are clients as any other, and what holds or fails GetRecords or PutObject holds or fails it for them. The nil Reader
// lets everything pass.
type Reader struct {
	hook    Hook
	request Request
	now     func() time.Time
	wait    func(until time.Time) bool
	over    bool // wait has returned false
}

// ReaderConfig is what a Reader needs: all of it must be set.
type ReaderConfig struct {
	Account string
	Region  string
	Stream  string
	Shard   int32  // of the stream; -1: its requests are of no shard
	Bucket  string // where that is asked, and no stream
	Now     func() time.Time
	// Pause waits until an instant. It returns false when the process must end, and is not called any more then.
	Pause func(until time.Time) bool
}

// ErrFailed is a read that a hook has fail: with an error, or without an answer. Whoever gets it reads again.
var ErrFailed = errors.New("fault: the read failed")

// NewReader makes a reader's hold on a hook; it is nil where the hook is.
func NewReader(h Hook, c ReaderConfig) *Reader {
	if h == nil {
		return nil
	}
	r := &Reader{
		hook: h, now: c.Now, wait: c.Pause,
		request: Request{Service: "kinesis", Account: c.Account, Region: c.Region, Resource: c.Stream},
	}
	switch {
	case c.Bucket != "":
		r.request.Service, r.request.Resource = "s3", c.Bucket
	case c.Shard >= 0:
		r.request.Touches = func(shard int32) bool { return shard == c.Shard }
	}
	return r
}

// NewInvoker makes a mapping's hold on a hook for what it sends to a function from one shard; it is nil where the hook is.
func NewInvoker(h Hook, function string, c ReaderConfig) *Reader {
	r := NewReader(h, c)
	if r != nil {
		r.request.Service, r.request.Resource = "lambda", function
	}
	return r
}

// Before asks the hook about a read, by its AWS name, and applies what comes before the stream is asked. After an error it
// must not be. Nothing may be locked: the hook may hold the read for as long as it likes, and nothing times out.
func (r *Reader) Before(operation string) (Action, error) { return r.BeforeRecords(operation, 0) }

// BeforeRecords is Before of a request that takes records with it.
func (r *Reader) BeforeRecords(operation string, records int) (Action, error) {
	if r == nil {
		return Action{}, nil
	}
	q := r.request
	q.Operation, q.Records = operation, records
	a := r.hook(r.now(), q)
	if !a.After && !r.answered(&a) || a.Whole(0) {
		return a, ErrFailed
	}
	return a, nil
}

// After applies what comes between the stream's answer and its reader. After an error there was none.
func (r *Reader) After(a Action) error {
	if a.After && !r.answered(&a) || a.Lost {
		return ErrFailed
	}
	return nil
}

// Pass asks the hook about a request of which nothing comes before its answer: an event of a subscription that is open, or one that
// changes nothing.
func (r *Reader) Pass(operation string) error {
	a, err := r.Before(operation)
	if err != nil {
		return err
	}
	return r.After(a)
}

// Ask asks the hook about a request that the process cannot go on without, such as the list of shards, again and again until it
// is answered. What the answer says is the caller's to find out. It returns false when the process must end.
func (r *Reader) Ask(operation string, retry time.Duration) bool {
	for r.Pass(operation) != nil {
		if !r.pause(r.now().Add(retry)) {
			return false
		}
	}
	return true
}

// Over tells whether the process must end: it was told so where a hook held it. It must not wait any more then.
func (r *Reader) Over() bool { return r != nil && r.over }

func (r *Reader) pause(until time.Time) bool {
	if !r.over {
		r.over = !r.wait(until)
	}
	return !r.over
}

// answered holds a read, and tells whether there is an answer to it then.
func (r *Reader) answered(a *Action) bool {
	until := r.now().Add(a.Delay)
	if a.Until.After(until) {
		until = a.Until
	}
	if until.After(r.now()) && !r.pause(until) {
		return false
	}
	return r.released(a.Release) && !a.Cut
}

// look is how often a reader that is held looks whether it is let go: a process waits for its clock and for nothing else.
const look = 10 * time.Millisecond

func (r *Reader) released(release <-chan struct{}) bool {
	for release != nil {
		select {
		case <-release:
			return true
		default:
		}
		if !r.pause(r.now().Add(look)) {
			return false
		}
	}
	return true
}
