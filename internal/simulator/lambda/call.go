package lambda

import (
	"context"
	"slices"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// call runs the function's code with a batch within an invocation, and tells in it how that ends. It returns false when the
// lane must end before.
func (l *lane) call(p *clock.Proc, f *function, batch []record.Record, in *invocation) bool {
	s := l.shard.mapping.service
	if !s.clock.Virtual() {
		batch = slices.Clone(batch) // code that has timed out still reads it when the batch is gone
	}
	e := l.shard.event(batch)
	return s.call(p, f, e, in, func(r *Result) { in.returned(e, r, l.shard.mapping.failure.report) })
}

// call runs the function's code within an invocation, from its beginning on, and tells in it how that ends; what the code has
// returned is told to returned, unless it was stopped before. It is false when the process must end before.
func (s *Service) call(p *clock.Proc, f *function, e *Event, in *invocation, returned func(r *Result)) bool {
	if in.begin.After(p.Now()) && !p.SleepUntil(in.begin) {
		return false
	}
	e.RequestID, e.Attempt, e.Deadline = in.request, in.attempt, in.begin.Add(in.timeout)
	e.MemorySize, e.Role = f.Model.MemorySize, f.Role
	ctx := newDeadline(e.Deadline)
	if !s.clock.Virtual() {
		return s.callOnTheWall(p, f, e, ctx, in, returned)
	}
	var r Result
	run(ctx, f.Code, e, &r)
	ctx.end(context.Canceled)
	returned(&r)
	in.finish(in.took + max(r.Took, 0))
	return true
}

// callOnTheWall runs code in a process of its own, which has until the deadline. The clock waits for it when it stops.
func (s *Service) callOnTheWall(p *clock.Proc, f *function, e *Event, ctx *deadline, in *invocation, returned func(r *Result)) bool {
	var r Result
	done := s.clock.NewSignal()
	s.clock.Go("lambda "+f.Name+" "+e.RequestID.String(), func(*clock.Proc) {
		defer done.Notify()
		run(ctx, f.Code, e, &r)
	})
	switch p.Wait(done, e.Deadline) {
	case clock.Stopped:
		ctx.end(context.Canceled)
		return false
	case clock.Expired:
		ctx.end(context.DeadlineExceeded)
		in.finish(in.timeout + 1)
	case clock.Notified:
		ctx.end(context.Canceled)
		returned(&r)
		in.finish(p.Now().Sub(in.begin) + in.took)
	}
	return true
}

// event is what some records are sent in, without what an invocation adds.
func (sh *shard) event(batch []record.Record) *Event {
	m, s := sh.mapping, sh.mapping.service
	return &Event{
		FunctionName: m.function, FunctionArn: m.functionARN, Mapping: m.uuid, EventSourceArn: m.sourceARN, Stream: m.stream,
		Region: s.region, Shard: sh.number, ShardID: sh.id, Records: batch, Reports: m.failure.report, sequence: sh.sequence, render: s.render,
	}
}

// returned notes what code has returned. report tells that its response may name records to be tried again.
func (in *invocation) returned(e *Event, r *Result, report bool) {
	in.raised(r)
	if r.Err == nil && report {
		var from int
		from, in.report = e.retriedFrom(r)
		in.remaining = len(e.Records) - from
	}
}

// raised notes whether code has raised an error.
func (in *invocation) raised(r *Result) {
	in.err, in.reset = "", r.Reset
	if r.Err != nil {
		in.err, in.error = ErrUnhandled, r.Err
	}
}
