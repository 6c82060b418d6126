package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// publishing is a target whose services publish metrics: as many records as the last put told, if any.
type publishing struct {
	target.Target
	env         runner.Env
	none        bool
	asked       []measure.CloudWatchAsked
	interrupted bool // ctx was cancelled when it was asked
}

func (p *publishing) CloudWatch(ctx context.Context, s *scenarios.Scenario, start, end, drained time.Time) *measure.CloudWatch {
	a := measure.CloudWatchAsked{Start: start, End: end, Drained: drained, Resources: []measure.CloudWatchResource{
		{Kind: measure.StreamResource, Name: "own-" + s.Load[0].Stream, As: s.Load[0].Stream},
	}}
	p.asked, p.interrupted = append(p.asked, a), ctx.Err() != nil
	p.env.Phase("reading what was published")
	if p.none {
		p.env.Note("CloudWatch was not read: nobody may")
		return nil
	}
	return &measure.CloudWatch{CloudWatchAsked: a, Metrics: []measure.CloudWatchMetric{{
		Namespace: "AWS/Kinesis", MetricName: "IncomingRecords", Dimension: "StreamName", Name: a.Resources[0].Name, As: a.Resources[0].As, Unit: "Count",
		Points: []measure.CloudWatchPoint{{Minute: 0, SampleCount: 2, Sum: 7, Maximum: 5}},
	}}}
}

const publishedRun = `
duration: 4s
warmup: 1s
drain: 5s
pipeline:
  streams: {clicks: {shardCount: 1}}
  functions: {f: {model: {duration: 5ms}, eventSources: [{stream: clicks}]}}
load:
  - {stream: clicks, generator: {clickstream: {users: 10}}, rate: 100/s}
objectives:
  - put.latency p99 < 1h
  - integrity.missing == 0
`

// TestCloudWatchIsAskedAfterTheDrain holds when the target is asked, that what it tells is in the run file, and that it
// changes nothing of what was measured.
func TestCloudWatchIsAskedAfterTheDrain(t *testing.T) {
	plain := tank{scenario: publishedRun}.run(t)
	for _, none := range []bool{false, true} {
		p := &publishing{none: none}
		var phases []string
		o := tank{
			scenario: publishedRun,
			wrap: func(e runner.Env, t target.Target) target.Target {
				p.Target, p.env = t, e
				return p
			},
			progress: func(s runner.Status) {
				if s.Phase != "" && (len(phases) == 0 || phases[len(phases)-1] != s.Phase) {
					phases = append(phases, s.Phase)
				}
			},
		}.run(t)
		if len(p.asked) != 1 {
			t.Fatalf("asked %d times", len(p.asked))
		}
		a := p.asked[0]
		if lasted := a.End.Sub(a.Start); lasted != 4*time.Second || !a.Drained.After(a.End) || a.Drained.Sub(a.End) > 5*time.Second {
			t.Errorf("a load of %v, and a drain of %v", lasted, a.Drained.Sub(a.End))
		}
		if last := phases[len(phases)-1]; last != "reading what was published" {
			t.Errorf("the last phase is %q", last)
		}
		end := o.Run.End
		if (end.CloudWatch == nil) != none || (len(end.Notes) == 1) != none {
			t.Errorf("told %+v, notes %q", end.CloudWatch, end.Notes)
		}
		if c := end.CloudWatch; c != nil && (c.Metrics[0].Points[0].Sum != 7 || !c.Start.Equal(a.Start)) {
			t.Errorf("kept %+v", c)
		}
		if o.Verdict != plain.Verdict || o.Verdict != reports.Pass || end.Ledger.Acked != plain.Run.End.Ledger.Acked || o.total("put.acked") != plain.total("put.acked") {
			t.Errorf("the verdict is %s of %d acked; without CloudWatch it was %s of %d", o.Verdict, end.Ledger.Acked, plain.Verdict, plain.Run.End.Ledger.Acked)
		}
	}
}

// TestCloudWatchOfAnInterruptedRun holds that a run that was stopped asks too, with the context that tells it not to wait.
func TestCloudWatchOfAnInterruptedRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := new(publishing)
	o := tank{
		scenario: publishedRun, ctx: ctx,
		wrap: func(e runner.Env, t target.Target) target.Target {
			p.Target, p.env = t, e
			return p
		},
		progress: func(s runner.Status) {
			if s.Elapsed >= 2*time.Second {
				cancel()
			}
		},
	}.run(t)
	if len(p.asked) != 1 || !p.interrupted || o.Run.End.CloudWatch == nil || o.Run.End.Complete {
		t.Errorf("asked %d times, interrupted %v, kept %+v", len(p.asked), p.interrupted, o.Run.End.CloudWatch)
	}
	if a := p.asked[0]; a.End.Sub(a.Start) >= 4*time.Second {
		t.Errorf("the load ended after %v", a.End.Sub(a.Start))
	}
}
