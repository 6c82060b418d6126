package lambda

import (
	"cmp"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// invoke sends an event to the function and waits for what becomes of it. reached is false where the function has not seen it:
// that is told, and no attempt. ok is false when the lane must end.
func (l *lane) invoke(p *clock.Proc, batch []record.Record, in *invocation) (reached, ok bool) {
	m := l.shard.mapping
	in.sent = p.Now()
	try := attempt{size: len(batch), sent: in.sent}
	l.shard.queue.trying(l.index, try)
	var a fault.Action
	if l.faults != nil { // for speed alone: nil lets everything pass
		var err error
		l.sending = true
		a, err = l.faults.BeforeRecords("Invoke", len(batch))
		if !l.sending { // it was held, and is not any more
			l.shard.queue.trying(l.index, try)
		}
		l.sending = false
		if l.over {
			return false, false
		}
		if err != nil {
			l.refuse(p.Now(), batch, refusal(&a))
			return false, true
		}
	}
	f := m.service.function(m.function)
	if f == nil {
		l.refuse(p.Now(), batch, errorf(CodeNotFound, "Function not found: %s", m.functionARN))
		return false, true
	}
	f.invoke(p.Now(), l.rand, in)
	in.request = newRequestID(l.ids)
	l.request = in.request
	if f.Code != nil && in.err != ErrUnhandled && !l.call(p, f, batch, in) {
		return true, false
	}
	if !p.SleepUntil(in.end) {
		return true, false
	}
	f.ended(in)
	if in.err == ErrTimedOut {
		in.error = timedOut(in.request, in.timeout)
	}
	if (a.After || a.Lost) && l.faults.After(a) != nil {
		in.err, in.error = ErrUnhandled, &FunctionError{Type: answerLost, Message: "the connection was cut before the answer"}
		in.remaining, in.report = 0, ""
	}
	m.invoked(l, batch, in)
	return true, !l.over
}

// hold is the lane's hold on the hook that acts on what it sends.
func (l *lane) hold(p *clock.Proc) *fault.Reader {
	m, s := l.shard.mapping, l.shard.mapping.service
	return fault.NewInvoker(s.faults, m.function, fault.ReaderConfig{
		Account: s.account, Region: s.region, Stream: m.stream, Shard: l.shard.number,
		Now: p.Now, Pause: func(until time.Time) bool {
			if l.sending {
				l.sending = false
				l.shard.queue.holds(l.index)
			}
			if !l.over {
				l.over = !m.pause(p, l.wake, until)
			}
			return !l.over
		},
	})
}

// refuse tells of an event that did not reach the function.
func (l *lane) refuse(now time.Time, batch []record.Record, err *Error) {
	m := l.shard.mapping
	m.problem(cmp.Or(err.Message, err.Code))
	m.service.observer.Refused(Refusal{
		Mapping: m.uuid, Function: m.function, Stream: m.stream, Shard: l.shard.number, Lane: l.index,
		Records: batch, At: now, Code: err.Code, Message: err.Message,
	})
}

// answerLost is the type of the error that stands for an answer which a fault took away: the function has run. It is ours.
const answerLost = "AnswerLost"

// refusal is the error of a call that a fault has fail before the function sees it: its own, or that of a connection that was
// cut.
func refusal(a *fault.Action) *Error {
	if a.Err == nil {
		return errorf(codeService, "the connection was cut")
	}
	return errorf(a.Err.Code, "%s", a.Err.Message)
}
