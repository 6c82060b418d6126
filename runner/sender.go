package runner

import (
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
)

// sender is one request at a time: a process that takes a job, puts it and settles the outcome.
type sender struct {
	loader   *loader
	signal   *clock.Signal // a job was handed over
	verdicts chan verdict  // one for each job that was handed over before its instant
	job      *job          // handed over and not yet taken; guarded by loader.mu
	gone     bool          // guarded by loader.mu: it takes no more
}

// departure is how a request left.
type departure struct {
	ready int64 // the loader came to it
	held  int64 // of the time since it should have left, how long the target kept the loader waiting
	slot  int64 // there was a place in flight for it
}

// lag is how late the harness itself was when it came to what should have left at an instant.
func (d *departure) lag(leave int64) int64 { return d.ready - leave - d.held }

// verdict is the loader's word on a request that is ready.
type verdict struct {
	departure
	leave  bool
	onTime bool // it does not leave, which is not the harness's fault
}

func (s *sender) run(p *clock.Proc) {
	l := s.loader
	var j *job
	asked, may := false, false
	leave := func() bool {
		if !asked {
			asked, may = true, s.awaits(j)
			if may {
				l.meter.leaves(j, l.plan.offset(p.Now()))
			}
		}
		return may
	}
	for p.Wait(s.signal, time.Time{}) != clock.Stopped {
		j, asked = s.take(false), false
		j.req.Leave = leave
		l.tgt.Put(p, &j.req)
		if !leave() {
			l.neverSent(j, j.onTime)
			l.rest(s)
			continue
		}
		l.settle(j)
		l.release(s)
	}
	if j = s.take(true); j != nil {
		s.awaits(j)
		l.neverSent(j, j.onTime)
	}
}

// awaits waits for the loader's word on a job that was handed over before its instant. The loader never goes without
// having said it.
func (s *sender) awaits(j *job) (leave bool) {
	if j.sender != nil {
		v := <-s.verdicts
		j.departure, j.onTime = v.departure, v.onTime
		return v.leave
	}
	return true
}

// take takes what was handed over. After the last time nothing more can be.
func (s *sender) take(last bool) *job {
	s.loader.mu.Lock()
	defer s.loader.mu.Unlock()
	j := s.job
	s.job, s.gone = nil, last
	return j
}

// hand hands a job to a sender that was free. It is false when the sender takes no more.
func (l *loader) hand(s *sender, j *job) bool {
	l.mu.Lock()
	gone := s.gone
	if !gone {
		s.job = j
	}
	l.mu.Unlock()
	if !gone {
		s.signal.Notify()
	}
	return !gone
}

// letGo lets a job leave, for which there is a place in flight.
func (l *loader) letGo(j *job, d departure) {
	onTime := d.lag(j.leave) <= inTime
	if j.sender != nil {
		j.sender.verdicts <- verdict{d, true, onTime}
		return
	}
	j.departure, j.onTime = d, onTime
	if !l.hand(l.free(), j) {
		l.neverSent(j, onTime)
	}
}

// keep settles a job that will not leave.
func (l *loader) keep(j *job, onTime bool) {
	if j.sender != nil {
		j.sender.verdicts <- verdict{leave: false, onTime: onTime}
		return
	}
	l.neverSent(j, onTime)
}

// free takes a sender that has nothing to do, or starts one.
func (l *loader) free() *sender {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.idle); n > 0 {
		s := l.idle[n-1]
		l.idle = l.idle[:n-1]
		return s
	}
	s := &sender{loader: l, signal: l.clk.NewSignal(), verdicts: make(chan verdict, 1)}
	l.clk.Go("sender", s.run)
	return s
}

// place waits for a place among the requests in flight and takes it for a job. Meanwhile it makes ready what can be: a
// request does not occupy its place while it is made. It is false when the clock is stopped.
func (l *loader) place(p *clock.Proc, j *job) bool {
	for {
		l.mu.Lock()
		free := l.inFlight < l.most
		if free {
			l.inFlight++
		}
		l.waiting = !free
		l.mu.Unlock()
		if free {
			return true
		}
		if l.ahead > 0 && j.sender == nil && l.give(j) {
			continue
		}
		if prepared, _ := l.prepare(l.plan.offset(p.Now())); prepared {
			continue
		}
		if p.Wait(l.wake, time.Time{}) == clock.Stopped {
			return false
		}
	}
}

// give hands a job to a sender before it may leave. It is false when the clock is stopped.
func (l *loader) give(j *job) bool {
	j.sender = l.free()
	if !l.hand(j.sender, j) {
		j.sender = nil
	}
	return j.sender != nil
}

// release gives a request's place back, its sender too, and wakes the loader where it waits for a place.
func (l *loader) release(s *sender) {
	l.mu.Lock()
	l.idle = append(l.idle, s)
	l.inFlight--
	waiting := l.waiting
	l.waiting = false
	l.mu.Unlock()
	if waiting {
		l.wake.Notify()
	}
}

// rest gives back a sender whose request did not leave.
func (l *loader) rest(s *sender) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.idle = append(l.idle, s)
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
			rest.entry(j, i, j.marks[i].with(status))
			rest.seconds = count(rest.seconds, j.req.Entries[i].Due-l.plan.start)
		}
	}
	l.meter.settled(j)
	l.gathered(j)
	if rest != nil {
		rest.size()
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
