package simulated

import (
	"errors"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
)

// Put calls the service at the instant the request would reach it. Faults act as in the server: a request that is held
// longer than its timeout was given up by then and does not reach the service.
func (t *Target) Put(p *clock.Proc, r *target.Request) {
	if !r.MayLeave() {
		return
	}
	r.Began, r.Err = p.Now(), nil
	r.Outcomes = append(r.Outcomes[:0], make([]target.Outcome, len(r.Entries))...)
	defer func() { r.Ended = p.Now() }()
	deadline := r.Began.Add(r.Timeout)
	a := t.hook(r.Began, t.request(r))
	if !a.After && (!held(p, a, deadline) || a.Cut) {
		unanswered(r)
		return
	}
	acted := true
	if a.Whole(len(r.Entries)) {
		each(r, refusedByFault(a.Err.Code))
	} else {
		acted = t.serve(p, r, &a, deadline)
	}
	if !answered(p, a, deadline) || !acted {
		unanswered(r) // whatever was stored stays stored
	}
}

// serve lets the service take its time and act. It returns false when the deadline comes first: it has not acted then.
func (t *Target) serve(p *clock.Proc, r *target.Request, a *fault.Action, deadline time.Time) bool {
	if r.Destination.Stream == "" {
		t.putRecordBatch(p.Now(), r, a.Share)
		return true
	}
	if !held(p, fault.Action{Delay: t.latencies.latency(t.world.Kinesis.Model().Put)}, deadline) {
		return false
	}
	t.putRecords(p.Now(), r, a)
	return true
}

func (t *Target) request(r *target.Request) fault.Request {
	q := fault.Request{
		Service: "kinesis", Operation: "PutRecords", Account: Account, Region: Region,
		Resource: r.Destination.Name(), Records: len(r.Entries),
	}
	if r.Destination.DeliveryStream != "" {
		q.Service, q.Operation = "firehose", "PutRecordBatch"
		return q
	}
	q.Touches = func(shard int32) bool {
		return t.world.Kinesis.Touches(r.Destination.Stream, shard, func(yield func(record.Hash) bool) {
			for i := range r.Entries {
				if !yield(r.Entries[i].Hash) {
					return
				}
			}
		})
	}
	return q
}

// held waits as an action says. It returns false when the deadline came first, or the clock was stopped.
func held(p *clock.Proc, a fault.Action, deadline time.Time) bool {
	until := p.Now().Add(a.Delay)
	if a.Until.After(until) {
		until = a.Until
	}
	if !until.After(p.Now()) {
		return true
	}
	if until.After(deadline) {
		p.SleepUntil(deadline)
		return false
	}
	return p.SleepUntil(until)
}

// refusedByFault is the outcome of a record that a fault refuses with an AWS error. Where that is one of a limit, it is the fault's.
func refusedByFault(code string) target.Outcome {
	o := target.Refusal(code)
	if o.Status == target.Throttled {
		o.Reason = injected
	}
	return o
}

func unanswered(r *target.Request) { each(r, target.Outcome{Status: target.Unanswered, Shard: -1}) }

func each(r *target.Request, o target.Outcome) {
	for i := range r.Outcomes {
		r.Outcomes[i] = o
	}
}

// injected is the limit of what a fault refuses: kinesis.LimitInjected's name, also where there is no shard.
var injected = kinesis.LimitInjected.String()

// buffers are what one put needs.
type buffers struct {
	records  []target.Record
	results  []kinesis.Result
	refused  []bool
	injected []bool // of those, by a fault
}

// pool keeps the buffers of puts that are not under way.
type pool struct{ free []*buffers }

func (t *Target) putRecords(now time.Time, r *target.Request, a *fault.Action) {
	b := t.take(r)
	defer t.give(b)
	b.results = append(b.results[:0], make([]kinesis.Result, len(r.Entries))...)
	if a.Share > 0 {
		limit := kinesis.LimitInjected
		if a.Internal() {
			limit = kinesis.LimitInternal
		}
		for i := range b.results {
			if t.shares.hit(a.Share) {
				b.results[i].Limit = limit
			}
		}
	}
	if r.Err = t.world.Kinesis.Put(now, r.Destination.Stream, b.records, b.results); r.Err != nil {
		each(r, target.Refusal(code(r.Err)))
		return
	}
	for i := range b.results {
		d, o := &b.results[i], &r.Outcomes[i]
		o.Shard = d.Shard
		switch d.Limit {
		case kinesis.LimitNone:
			o.Status, o.Seq = target.Acked, d.Seq+1
		case kinesis.LimitInternal:
			o.Status, o.Reason = target.Failed, "InternalFailure"
		default:
			o.Status, o.Reason = target.Throttled, d.Limit.String()
		}
	}
}

func (t *Target) putRecordBatch(now time.Time, r *target.Request, share float64) {
	b := t.take(r)
	defer t.give(b)
	b.refused = append(b.refused[:0], make([]bool, len(r.Entries))...)
	if share > 0 {
		for i := range b.refused {
			b.refused[i] = t.shares.hit(share)
		}
	}
	b.injected = append(b.injected[:0], b.refused...)
	if r.Err = t.world.Firehose.Put(now, r.Destination.DeliveryStream, b.records, b.refused); r.Err != nil {
		each(r, target.Refusal(code(r.Err)))
		return
	}
	for i, refused := range b.refused {
		switch {
		case b.injected[i]:
			r.Outcomes[i] = target.Outcome{Status: target.Throttled, Reason: injected, Shard: -1}
		case refused:
			r.Outcomes[i] = target.Outcome{Status: target.Throttled, Reason: "unknown", Shard: -1}
		default:
			r.Outcomes[i] = target.Outcome{Status: target.Acked, Shard: -1}
		}
	}
}

// take fills buffers with the request's records, in the form of ours.
func (t *Target) take(r *target.Request) *buffers {
	var b *buffers
	if n := len(t.puts.free); n > 0 {
		b, t.puts.free = t.puts.free[n-1], t.puts.free[:n-1]
	} else {
		b = new(buffers)
	}
	b.records = slices.Grow(b.records[:0], len(r.Entries))[:len(r.Entries)]
	for i := range b.records {
		e := &r.Entries[i]
		b.records[i] = target.Record{
			Lane: e.Lane, KeyIndex: e.KeyIndex, Number: e.Number, Due: e.Due,
			Key: e.Key, Hash: e.Hash, Size: e.Size, Shard: -1, Ours: true, Explicit: e.Explicit,
		}
	}
	return b
}

func (t *Target) give(b *buffers) { t.puts.free = append(t.puts.free, b) }

// code is the AWS code of a service's error.
func code(err error) string {
	var k *kinesis.Error
	var f *firehose.Error
	switch {
	case errors.As(err, &k):
		return k.Code
	case errors.As(err, &f):
		return f.Code
	}
	return "InternalFailure"
}
