package fault

import (
	"errors"
	"time"
)

// Reader lets a hook act on what one process reads of one shard without a wire: a mapping's poller, a delivery stream's
// reader. On AWS these are clients of the stream as any other, and what holds or fails GetRecords holds or fails it for
// them. The nil Reader lets everything pass.
type Reader struct {
	hook    Hook
	request Request
	now     func() time.Time
	pause   func(until time.Time) bool
}

// ReaderConfig is what a Reader needs: all of it must be set.
type ReaderConfig struct {
	Account string
	Region  string
	Stream  string
	Shard   int32
	Now     func() time.Time
	// Pause waits until an instant. It returns false, now and from then on, when the process must end.
	Pause func(until time.Time) bool
}

// ErrFailed is a read that a hook has fail: with an error, or without an answer. Whoever gets it reads again.
var ErrFailed = errors.New("fault: the read failed")

// NewReader makes a reader's hold on a hook; it is nil where the hook is.
func NewReader(h Hook, c ReaderConfig) *Reader {
	if h == nil {
		return nil
	}
	return &Reader{
		hook: h, now: c.Now, pause: c.Pause,
		request: Request{
			Service: "kinesis", Account: c.Account, Region: c.Region, Resource: c.Stream,
			Touches: func(shard int32) bool { return shard == c.Shard },
		},
	}
}

// Before asks the hook about a read, by its AWS name, and applies what comes before the stream is asked. After an error it
// must not be. Nothing may be locked: the hook may hold the read for as long as it likes, and nothing times out.
func (r *Reader) Before(operation string) (Action, error) {
	if r == nil {
		return Action{}, nil
	}
	q := r.request
	q.Operation = operation
	a := r.hook(r.now(), q)
	if !a.After && !r.answered(&a) || a.Whole(0) {
		return a, ErrFailed
	}
	return a, nil
}

// After applies what comes between the stream's answer and its reader. After an error there was none.
func (r *Reader) After(a Action) error {
	if a.After && !r.answered(&a) {
		return ErrFailed
	}
	return nil
}

// Pass asks the hook about an event of a subscription that is open, which has no before.
func (r *Reader) Pass(operation string) error {
	a, err := r.Before(operation)
	if err != nil {
		return err
	}
	return r.After(a)
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
