package runner_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// outside is a target that sees deliveries late: it reads one each interval.
type outside struct {
	target.Target
	target.Observer
	clk   clock.Clock
	every time.Duration
	queue []target.Delivery
	ended time.Time
}

func (o *outside) Deploy(ctx context.Context, s *scenarios.Scenario, to target.Observer) error {
	o.Observer = to
	if err := o.Target.Deploy(ctx, s, o); err != nil {
		return err
	}
	o.clk.Go("read", func(p *clock.Proc) {
		for p.Sleep(o.every) {
			if len(o.queue) > 0 {
				to.Delivered(o.queue[0])
				o.queue = o.queue[1:]
			}
		}
	})
	return nil
}

func (o *outside) Delivered(d target.Delivery) {
	d.Records = slices.Clone(d.Records)
	o.queue = append(o.queue, d)
}

func (o *outside) Close(ctx context.Context) error {
	o.ended = o.clk.Now()
	return o.Target.Close(ctx)
}

func (o *outside) Unread(at time.Time) int {
	n := 0
	for i := range o.queue {
		if !o.queue[i].At.After(at) {
			n++
		}
	}
	return n
}

// What came out before the drain was over and was read after it is delivered, as long as reading takes no more than
// a minute.
func TestDrainWaitsForReading(t *testing.T) {
	// Ten objects of ten records, the last at 10 s; five seconds later the drain is over.
	const scenario = `
duration: 10s
drain: 5s
pipeline:
  streams: {s: {}}
  deliveryStreams:
    d: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 1s}}}
load:
  - {stream: s, generator: {clickstream: {users: 1}}, rate: 10/s, lanes: 1}
`
	for _, test := range []struct {
		name      string
		every     time.Duration
		reads     int
		delivered int64
		at, least time.Duration // when the run is over, since its start
	}{
		{name: "at once", every: time.Millisecond, delivered: 100, at: 12 * time.Second},
		{name: "slowly", every: 5 * time.Second, delivered: 100, at: 51 * time.Second, least: 49 * time.Second},
		{name: "too slowly", every: 14 * time.Second, delivered: 50, at: 76 * time.Second, least: 75 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tgt := &outside{every: test.every}
			var start time.Time
			o := tank{
				scenario: scenario,
				wrap: func(e runner.Env, made target.Target) target.Target {
					tgt.Target, tgt.clk, start = made, e.Clock, e.Clock.Now()
					return tgt
				},
			}.run(t)
			sink := o.sink("d")
			if sink.Delivered != test.delivered || sink.Missing != 100-sink.Delivered {
				t.Errorf("%+v", sink)
			}
			if notes := o.Run.End.Notes; (len(notes) == 1) != (sink.Missing > 0) {
				t.Errorf("notes %q", notes)
			}
			if took := tgt.ended.Sub(start); took > test.at || took < test.least {
				t.Errorf("the run was over after %v", took)
			}
		})
	}
}
