package lambda

import (
	"context"
	"sync"
	"time"
)

// deadline is the context of one invocation. Its deadline is an instant of the service's clock, which is not the machine's
// in virtual time: whoever makes it ends it.
type deadline struct {
	at   time.Time
	done chan struct{}

	mu  sync.Mutex
	err error
}

func newDeadline(at time.Time) *deadline { return &deadline{at: at, done: make(chan struct{})} }

func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }
func (d *deadline) Done() <-chan struct{}       { return d.done }
func (d *deadline) Value(any) any               { return nil }

func (d *deadline) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// end ends it with an error, once.
func (d *deadline) end(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = err
		close(d.done)
	}
}

var _ context.Context = (*deadline)(nil)
