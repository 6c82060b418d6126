package lambda

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// lane invokes the function with one batch at a time.
type lane struct {
	shard  *shard
	index  int
	wake   *clock.Signal // something was offered, or the mapping is deleted
	rand   *rand.Rand    // of durations and errors
	ids    *rand.Rand    // of requests and of objects' keys
	effort effort        // of the batch in flight

	faults  *fault.Reader // acts on what is sent to the function
	over    bool          // the lane must end: it was told so where it paused for a fault
	sending bool          // the hook was asked about an invocation and has held it for no time yet
	request RequestID     // of the last invocation
}

// newLane makes a lane; begin of its shard starts it.
func (sh *shard) newLane(index int) *lane {
	m, s := sh.mapping, sh.mapping.service
	place := fmt.Sprint(sh.number, index)
	return &lane{
		shard: sh, index: index, wake: s.clock.NewSignal(),
		rand:   rand.New(rand.NewPCG(s.seed, digest(s.account, s.region, m.function, m.stream, place))),
		ids:    rand.New(rand.NewPCG(s.seed, digest(m.uuid, place))),
		effort: effort{retries: m.failure.retries, bisect: m.failure.bisect},
	}
}

// run is the lane's process. It yields before it closes a batch at an instant that it slept for, so that what is read
// at that instant can still be in it: the poll comes first.
func (l *lane) run(p *clock.Proc) {
	m, q := l.shard.mapping, l.shard.queue
	l.faults = l.hold(p)
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

// deliver invokes the function with a batch, and with the parts that become of it, until all of it has succeeded or was
// given up. It returns false when the lane must end before.
func (l *lane) deliver(p *clock.Proc, batch []record.Record) bool {
	m, e := l.shard.mapping, &l.effort
	e.begin(len(batch))
	for {
		t := e.next()
		if t == nil {
			return true
		}
		if m.gone() {
			return false
		}
		if n, condition := m.tooOld(p.Now(), batch[:t.size]); n > 0 {
			l.settle(p.Now(), &batch, e.aged(n), condition, nil)
			continue
		}
		in := invocation{attempt: t.attempts + 1}
		reached, ok := l.invoke(p, batch[:t.size], &in)
		if !ok {
			return false
		}
		v := l.judge(&in, reached, t.size)
		l.settle(p.Now(), &batch, v, RetryAttemptsExhausted, &in)
		if v.wait > 0 && !l.backOff(p, v.wait) {
			return false
		}
	}
}

// backOff waits before the next attempt, the how-manieth time in a row. It returns false when the lane must end.
func (l *lane) backOff(p *clock.Proc, wait int) bool {
	m := l.shard.mapping
	until := p.Now().Add(m.service.model.backoff(wait))
	l.shard.queue.trying(l.index, attempt{size: l.effort.next().size, again: until})
	return m.pause(p, l.wake, until)
}

// judge is what follows from an invocation.
func (l *lane) judge(in *invocation, reached bool, size int) verdict {
	switch {
	case !reached:
		return l.effort.refused()
	case in.err != "":
		return l.effort.failed()
	case in.remaining > 0:
		return l.effort.reported(size - in.remaining)
	}
	return l.effort.succeeded()
}

// settle takes what a verdict is done with off the batch, given up or not. last is the invocation that it comes from.
func (l *lane) settle(now time.Time, batch *[]record.Record, v verdict, condition string, last *invocation) {
	if v.done == 0 {
		return
	}
	if v.dropped {
		l.giveUp(now, (*batch)[:v.done], condition, v.attempts, last)
	}
	*batch = (*batch)[v.done:]
	if len(*batch) > 0 { // the end of the batch settles itself
		l.shard.queue.settle(l.index, v.done)
	}
}

// invoked tells of an invocation that has ended.
func (m *mapping) invoked(l *lane, batch []record.Record, in *invocation) {
	m.service.observer.Invoked(Invocation{
		Mapping:   m.uuid,
		Function:  m.function,
		Stream:    m.stream,
		Shard:     l.shard.number,
		Lane:      l.index,
		Request:   in.request,
		Records:   batch,
		Remaining: in.remaining,
		Report:    in.report,
		Attempt:   in.attempt,
		Sent:      in.sent,
		Begin:     in.begin,
		End:       in.end,
		Cold:      in.cold,
		Err:       in.err,
		Error:     in.error,
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
