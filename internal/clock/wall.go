package clock

import (
	"sync"
	"time"
)

// Wall is the clock of real time: processes are goroutines. Its time is monotonic: it starts at the system's time and
// then counts elapsed time, so a step of the system clock moves nothing.
type Wall struct {
	start time.Time
	stop  chan struct{}

	mu      sync.Mutex
	stopped bool
	procs   sync.WaitGroup
}

// NewWall starts a wall clock.
func NewWall() *Wall { return &Wall{start: time.Now(), stop: make(chan struct{})} }

// Now is the system's time at the start plus what has passed since.
func (w *Wall) Now() time.Time { return w.start.Add(time.Since(w.start)).Round(0) }

// Virtual is false.
func (w *Wall) Virtual() bool { return false }

// NewSignal makes a signal for processes of this clock.
func (w *Wall) NewSignal() *Signal { return &Signal{ch: make(chan struct{}, 1)} }

// Go starts fn on a goroutine of its own.
func (w *Wall) Go(name string, fn func(p *Proc)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return
	}
	w.procs.Go(func() { fn(&Proc{name: name, wall: w}) })
}

// Stop ends every sleep and wait and returns when all processes have. It may be called more than once.
func (w *Wall) Stop() {
	w.mu.Lock()
	if !w.stopped {
		w.stopped = true
		close(w.stop)
	}
	w.mu.Unlock()
	w.procs.Wait()
}

func (w *Wall) sleepUntil(t time.Time) bool {
	d := t.Sub(w.Now())
	if d <= 0 {
		select {
		case <-w.stop:
			return false
		default:
			return true
		}
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-w.stop:
		return false
	}
}

func (w *Wall) wait(s *Signal, until time.Time) Outcome {
	var deadline <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(until.Sub(w.Now()))
		defer timer.Stop()
		deadline = timer.C
	}
	select {
	case <-w.stop:
		return Stopped
	default:
	}
	select {
	case <-s.ch:
		return Notified
	case <-deadline:
		return Expired
	case <-w.stop:
		return Stopped
	}
}
