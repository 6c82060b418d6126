package lambda

import (
	"math/rand/v2"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// lane invokes the function with one batch at a time.
type lane struct {
	shard *shard
	index int
	wake  *clock.Signal // something was offered, or the mapping is deleted
	rand  *rand.Rand
}

// run is the lane's process. It yields before it closes a batch at an instant that it slept for, so that what is read
// at that instant can still be in it: the poll comes first.
func (l *lane) run(p *clock.Proc) {
	m, q := l.shard.mapping, l.shard.queue
	for !m.gone() {
		t := q.take(l.index, p.Now())
		if t.room {
			l.shard.poll.Notify()
		}
		switch {
		case t.over:
			return
		case t.batch != nil:
			if !l.deliver(p, t.batch) {
				return
			}
			q.done(l.index, p.Now())
			if !p.Sleep(0) {
				return
			}
		default:
			switch p.Wait(l.wake, t.due) {
			case clock.Stopped:
				return
			case clock.Expired:
				if !p.Sleep(0) {
					return
				}
			}
		}
	}
}

// deliver invokes the function with a batch until that succeeds. It returns false when the lane must end before.
func (l *lane) deliver(p *clock.Proc, batch []record.Record) bool {
	m := l.shard.mapping
	for attempt, failed := 1, 1; ; failed++ {
		if f := m.service.function(m.function); f == nil {
			m.problem("Function not found: " + m.functionARN) // the event was not sent: this is no attempt
		} else {
			in := f.invoke(p.Now(), l.rand)
			if !p.SleepUntil(in.end) {
				return false
			}
			f.ended(in)
			m.invoked(l, batch, attempt, in)
			if in.err == "" {
				return true
			}
			attempt++
		}
		if !m.pause(p, l.wake, p.Now().Add(m.service.model.backoff(failed))) {
			return false
		}
	}
}

// invoked tells of an invocation that has ended.
func (m *mapping) invoked(l *lane, batch []record.Record, attempt int, in invocation) {
	m.service.observer.Invoked(Invocation{
		Mapping:  m.uuid,
		Function: m.function,
		Stream:   m.stream,
		Shard:    l.shard.number,
		Lane:     l.index,
		Records:  batch,
		Attempt:  attempt,
		Sent:     in.sent,
		Begin:    in.begin,
		End:      in.end,
		Cold:     in.cold,
		Err:      in.err,
	})
	if in.err != "" {
		m.problem("Function call failed")
		return
	}
	m.result(resultOK)
}

// pause waits until an instant, whatever else the signal says. It returns false when the process must end.
func (m *mapping) pause(p *clock.Proc, s *clock.Signal, until time.Time) bool {
	for !m.gone() {
		switch p.Wait(s, until) {
		case clock.Stopped:
			return false
		case clock.Expired:
			return true
		}
		if !p.Now().Before(until) {
			return true
		}
	}
	return false
}
