package runner

import (
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
)

// sender is one request in flight at a time: a process that takes a job, puts it and settles the outcome.
type sender struct {
	loader *loader
	signal *clock.Signal
	job    *job // handed over before the signal
}

func (s *sender) run(p *clock.Proc) {
	for p.Wait(s.signal, time.Time{}) != clock.Stopped {
		j := s.job
		s.job = nil
		s.loader.tgt.Put(p, &j.req)
		s.loader.settle(j)
		s.loader.release(s)
	}
}

// fate is what an attempt means for its record.
type fate uint8

const (
	acked   fate = iota // stored
	again               // refused or unanswered, and tried again later
	givenUp             // refused or unanswered for the last time
)

// settle counts what became of a request and schedules another attempt for the records that may have one.
func (l *loader) settle(j *job) {
	final := 0
	var rest *job
	for i := range j.req.Outcomes {
		switch {
		case j.req.Outcomes[i].Status == target.Acked:
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
			rest.marks = append(rest.marks, j.marks[i].with(j.req.Outcomes[i].Status))
		}
	}
	l.meter.settled(j)
	if rest != nil {
		rest.fates = make([]fate, len(rest.marks))
		l.again(rest)
	}
	if final > 0 {
		l.recycle(j, final)
	}
}

// another is the job of the next attempt, without records yet.
func (l *loader) another(j *job) *job {
	backoff := int64(l.policy.Backoff) << (j.attempt - 1)
	return &job{
		batch: j.batch, open: j.open, attempt: j.attempt + 1,
		leave: l.plan.offset(j.req.Ended) + backoff,
		req:   target.Request{Destination: l.dest, Timeout: l.limit},
	}
}

// with is what is known of a record after one more attempt that did not store it for certain.
func (m mark) with(s target.Status) mark {
	if s == target.Unanswered {
		return m | maybe
	}
	return m | refused
}
