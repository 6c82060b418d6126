package runner

import (
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
)

// sender is one request in flight at a time: a process that takes a job, puts it and settles the outcome.
type sender struct {
	loader *loader
	signal *clock.Signal // a job was handed over
	job    *job          // guarded by loader.mu
	gone   bool          // guarded by loader.mu: it takes no more
}

func (s *sender) run(p *clock.Proc) {
	l := s.loader
	for p.Wait(s.signal, time.Time{}) != clock.Stopped {
		j := s.take(false)
		l.meter.leaves(j, l.plan.offset(p.Now()))
		l.tgt.Put(p, &j.req)
		l.settle(j)
		l.release(s)
	}
	if j := s.take(true); j != nil {
		l.neverSent(j, j.lag() <= inTime)
	}
}

// take takes what was handed over. After the last time nothing more can be.
func (s *sender) take(last bool) *job {
	s.loader.mu.Lock()
	defer s.loader.mu.Unlock()
	j := s.job
	s.job, s.gone = nil, last
	return j
}

// hand hands a job to a sender that was acquired for it.
func (l *loader) hand(s *sender, j *job) {
	l.mu.Lock()
	gone := s.gone
	if !gone {
		s.job = j
	}
	l.mu.Unlock()
	if gone {
		l.neverSent(j, j.lag() <= inTime)
		return
	}
	s.signal.Notify()
}

// acquire waits for an idle sender.
func (l *loader) acquire(p *clock.Proc) (*sender, bool) {
	for {
		l.mu.Lock()
		if n := len(l.idle); n > 0 {
			s := l.idle[n-1]
			l.idle = l.idle[:n-1]
			l.mu.Unlock()
			return s, true
		}
		if l.started < l.most {
			l.started++
			l.mu.Unlock()
			s := &sender{loader: l, signal: l.clk.NewSignal()}
			l.clk.Go("sender", s.run)
			return s, true
		}
		l.waiting = true
		l.mu.Unlock()
		if p.Wait(l.wake, time.Time{}) == clock.Stopped {
			return nil, false
		}
	}
}

// release puts a sender back and wakes the loader where it waits for one.
func (l *loader) release(s *sender) {
	l.mu.Lock()
	l.idle = append(l.idle, s)
	waiting := l.waiting
	l.waiting = false
	l.mu.Unlock()
	if waiting {
		l.wake.Notify()
	}
}

// settle counts what became of a request and schedules another attempt for the records that may have one.
func (l *loader) settle(j *job) {
	final := 0
	var rest *job
	for i := range j.req.Outcomes {
		status := j.req.Outcomes[i].Status
		switch {
		case status == target.Acked:
			j.fates[i] = acked
			final++
		case j.attempt >= l.policy.Attempts:
			j.fates[i] = givenUp
			final++
		default:
			j.fates[i] = again
			if rest == nil {
				rest = l.another(j)
			}
			rest.req.Entries = append(rest.req.Entries, j.req.Entries[i])
			rest.marks = append(rest.marks, j.marks[i].with(status))
		}
	}
	l.meter.settled(j)
	if rest != nil {
		rest.size(len(rest.marks))
		l.again(rest)
	}
	l.done(j, final)
}

// maxBackoff bounds the wait before another attempt, however often it has doubled.
const maxBackoff = time.Hour

// another is the job of the next attempt, without records yet.
func (l *loader) another(j *job) *job {
	backoff := l.policy.Backoff.Std()
	for n := 1; n < j.attempt && backoff < maxBackoff; n++ {
		backoff *= 2
	}
	rest := l.newJob(j.batch)
	rest.attempt, rest.leave = j.attempt+1, l.plan.offset(j.req.Ended)+min(backoff, maxBackoff).Nanoseconds()
	return rest
}
