package lambda

import (
	"context"
	"slices"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// call runs the function's code within an invocation, from its beginning on, and tells in it how that ends. It returns false
// when the lane must end before.
func (l *lane) call(p *clock.Proc, f *function, batch []record.Record, in *invocation) bool {
	if in.begin.After(p.Now()) && !p.SleepUntil(in.begin) {
		return false
	}
	virtual := l.shard.mapping.service.clock.Virtual()
	if !virtual {
		batch = slices.Clone(batch) // code that has timed out still reads it when the batch is gone
	}
	e := l.event(batch)
	e.RequestID, e.Attempt, e.Deadline = in.request, in.attempt, in.begin.Add(f.Model.Timeout)
	e.MemorySize, e.Role = f.Model.MemorySize, f.Role
	ctx := newDeadline(e.Deadline)
	if !virtual {
		return l.callOnTheWall(p, f, e, ctx, in)
	}
	var r Result
	run(ctx, f.Code, e, &r)
	ctx.end(context.Canceled)
	in.returned(e, &r, l.shard.mapping.failure.report)
	in.finish(in.took+max(r.Took, 0), f.Model.Timeout)
	return true
}

// callOnTheWall runs code in a process of its own, which has until the deadline. The clock waits for it when it stops.
func (l *lane) callOnTheWall(p *clock.Proc, f *function, e *Event, ctx *deadline, in *invocation) bool {
	var r Result
	c := l.shard.mapping.service.clock
	done := c.NewSignal()
	c.Go("lambda "+f.Name+" "+e.RequestID.String(), func(*clock.Proc) {
		defer done.Notify()
		run(ctx, f.Code, e, &r)
	})
	switch p.Wait(done, e.Deadline) {
	case clock.Stopped:
		ctx.end(context.Canceled)
		return false
	case clock.Expired:
		ctx.end(context.DeadlineExceeded)
		in.finish(f.Model.Timeout+1, f.Model.Timeout)
	case clock.Notified:
		ctx.end(context.Canceled)
		in.returned(e, &r, l.shard.mapping.failure.report)
		in.finish(p.Now().Sub(in.begin)+in.took, f.Model.Timeout)
	}
	return true
}

// event is what some records are sent in, without what an invocation adds.
func (l *lane) event(batch []record.Record) *Event {
	m, s := l.shard.mapping, l.shard.mapping.service
	return &Event{
		FunctionName: m.function, FunctionArn: m.functionARN, Mapping: m.uuid, EventSourceArn: m.sourceARN, Stream: m.stream,
		Region: s.region, Shard: l.shard.number, ShardID: l.shard.id, Records: batch, sequence: l.shard.sequence, render: s.render,
	}
}

// returned notes what code has returned. report tells that its response may name records to be tried again.
func (in *invocation) returned(e *Event, r *Result, report bool) {
	in.err, in.reset = "", r.Reset
	switch {
	case r.Err != nil:
		in.err, in.error = ErrUnhandled, r.Err
	case report:
		in.remaining = len(e.Records) - e.retriedFrom(r)
	}
}
