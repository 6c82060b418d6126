// Package clock runs processes on the wall's time or on virtual time, behind one interface.
//
// A process is ordinary blocking code: it gets a [Proc] of its own, asks it for the time, sleeps on it and waits for a
// [Signal] with a deadline. On the [Wall] a process is a goroutine. On a [Virtual] clock it is a coroutine: one runs at a
// time, in the order of (time, sequence), so that the same code with the same seed has one history, byte for byte.
//
// A process must not block in any other way: a raw channel wait, a mutex held over a sleep or a context with a timeout
// would stall virtual time. Whoever starts a clock stops it; Stop waits until every process has returned.
package clock

import "time"

// Clock tells the time and starts processes. It is safe for concurrent use on the wall; on a virtual clock everything
// runs on the goroutine that drives it.
type Clock interface {
	// Now is the clock's time. It never goes backwards.
	Now() time.Time
	// Go starts a process. The name is for error messages. The process starts after Go returns, at the same instant.
	// After Stop it does nothing.
	Go(name string, fn func(p *Proc))
	// NewSignal makes a signal that processes of this clock can wait for.
	NewSignal() *Signal
	// Virtual tells whether time passes only as events do.
	Virtual() bool
}

// Proc is a process's hold on its clock. It belongs to the one function that was given it and is never stored or shared.
type Proc struct {
	name string
	wall *Wall
	virt *Virtual
	coro *coroutine
}

// Name is the name the process was started under.
func (p *Proc) Name() string { return p.name }

// Now is the clock's time.
func (p *Proc) Now() time.Time {
	if p.virt != nil {
		return p.virt.now
	}
	return p.wall.Now()
}

// Sleep waits for d. It returns false at once when the clock is stopped; the process must then return.
func (p *Proc) Sleep(d time.Duration) bool { return p.SleepUntil(p.Now().Add(d)) }

// SleepUntil waits until the instant t. It returns false at once when the clock is stopped; the process must then return.
func (p *Proc) SleepUntil(t time.Time) bool {
	if p.virt != nil {
		return p.virt.sleep(p.coro, t)
	}
	return p.wall.sleepUntil(t)
}

// Wait waits until s is notified or the instant until has come; the zero time waits without a deadline. A notification
// that came before the wait counts. It tells which of the two it was.
func (p *Proc) Wait(s *Signal, until time.Time) Outcome {
	if p.virt != nil {
		return p.virt.wait(p.coro, s, until)
	}
	return p.wall.wait(s, until)
}

// Outcome is how a wait ended.
type Outcome int

const (
	// Stopped means that the clock is stopped: the process must return.
	Stopped Outcome = iota
	// Notified means that the signal came.
	Notified
	// Expired means that the deadline came first.
	Expired
)

// Signal wakes one waiting process. It is sticky: any number of notifications before a wait are one. Many processes may
// notify; one process waits.
type Signal struct {
	ch     chan struct{} // wall
	virt   *Virtual
	set    bool       // virtual: notified and not yet waited for
	waiter *coroutine // virtual
}

// Notify wakes the waiting process, or the next one to wait.
func (s *Signal) Notify() {
	if s.virt != nil {
		s.virt.notify(s)
		return
	}
	select {
	case s.ch <- struct{}{}:
	default:
	}
}
