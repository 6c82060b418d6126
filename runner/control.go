package runner

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
)

// control is the process that ends the load, lets it drain and ends the run.
func (r *run) control(p *clock.Proc) {
	defer func() {
		r.done = true
		r.over.Notify()
	}()
	usage := startUsage()
	end := r.start.Add(r.config.Scenario.Duration.Std())
	r.phase("load")
	switch p.Wait(r.cut, end) {
	case clock.Stopped:
		return
	case clock.Notified:
		r.interrupted = true
		if end = p.Now(); end.Before(r.start) {
			end = r.start
		}
		for _, l := range r.loaders {
			l.plan.end.Store(end.Sub(r.start).Nanoseconds())
		}
	}
	r.elapsed = end.Sub(r.start)
	if !r.config.Virtual {
		r.cpu = usage.share()
	}
	r.phase("drain")
	r.drain(p, end.Add(r.patience()))
}

// look is how often the drain looks whether every measured record has come out.
const look = 100 * time.Millisecond

// drain waits until every measured record has its final outcome and has come out at every sink, or until an instant. What
// had come out by then and the target has not read yet is still waited for. A run that its target has ended does not wait.
func (r *run) drain(p *clock.Proc, deadline time.Time) {
	for r.failed() == nil && r.ended() == "" {
		if r.drained = r.settled(); r.drained {
			return
		}
		if now := p.Now(); !now.Before(deadline) {
			switch unread := r.unread(deadline); {
			case unread == 0:
				r.drained = r.settled()
				return
			case now.Sub(deadline) >= reading:
				r.note(fmt.Sprintf("%d deliveries that had come before the drain was over were not read within %v after it: what is in them counts as missing", unread, reading))
				return
			}
		}
		if !p.Sleep(look) {
			return
		}
	}
}

// reading is how long after the drain a target may read what had come out by then.
const reading = time.Minute

// unread is how many deliveries that had come at an instant the target has not read yet.
func (r *run) unread(at time.Time) int {
	if w, ok := r.tgt.(target.Watcher); ok {
		return w.Unread(at)
	}
	return 0
}

// patience is how long the drain may last: as long as the scenario says, but until the load's last record has left.
func (r *run) patience() time.Duration {
	d := r.config.Scenario.Drain.Std()
	for _, l := range r.loaders {
		d = max(d, l.plan.patience())
	}
	return d
}

// settled tells whether every measured record has its final outcome and has come out at every sink.
func (r *run) settled() bool {
	for _, l := range r.loaders {
		if !l.plan.past.Load() {
			return false
		}
	}
	return r.book.open() == 0
}

// ticks writes a line of the run file each second.
func (r *run) ticks(p *clock.Proc) {
	for at := r.start.Add(time.Second); p.SleepUntil(at); at = at.Add(time.Second) {
		now := at.Sub(r.start)
		r.wires.count(now.Nanoseconds() - 1)
		r.book.probe.flush()
		if err := r.scribe.tick(now.Nanoseconds()); err != nil {
			r.fail(err)
			return
		}
		r.progress(now)
	}
}

// freshness samples the age of the oldest record of each delivery stream once a second.
func (r *run) freshness(p *clock.Proc) {
	for at := r.start.Add(time.Second); p.SleepUntil(at); at = at.Add(time.Second) {
		r.book.probe.sampleFreshness(r.tgt, p.Now())
	}
}
