package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// meteredPipeline has a stream of each mode, both read by a delivery stream and by two others.
var meteredPipeline = scenarios.Pipeline{
	Streams: map[string]scenarios.Stream{"p": {ShardCount: 1}, "o": {StreamMode: scenarios.OnDemand}},
	Consumers: map[string]scenarios.Consumer{
		"cp": {Stream: "p"}, "co": {Stream: "o"},
	},
	Functions: map[string]scenarios.Function{
		"f": {EventSources: []scenarios.EventSource{{Stream: "p"}, {Stream: "o"}}, Model: scenarios.FunctionModel{MemorySize: 1 << 20}},
	},
	DeliveryStreams: map[string]scenarios.DeliveryStream{"dp": {Source: "p"}, "do": {Source: "o"}, "direct": {}},
}

func TestUsedBy(t *testing.T) {
	tests := []struct {
		name string
		to   target.Destination
		want account.Counts
	}{
		// A body of 25 KiB, less what its key takes, is one unit; one byte more is two. Firehose bills steps of 5 KiB.
		{"a provisioned stream", target.Destination{Stream: "p"}, account.Counts{PayloadUnits: 3, FirehoseBytes: 2 * 25 << 10}},
		{"an on-demand stream", target.Destination{Stream: "o"}, account.Counts{
			OnDemandBytesIn: 51 << 10, OnDemandBytesOut: 3 * (50<<10 + 1), FirehoseBytes: 2 * 25 << 10,
		}},
		{"a delivery stream", target.Destination{DeliveryStream: "direct"}, account.Counts{FirehoseBytes: 2 * 25 << 10}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &target.Request{
				Destination: test.to,
				Entries:     []target.Entry{{Size: 25<<10 - 1, Key: "k"}, {Size: 25 << 10, Key: "k"}, {Size: 7, Key: "k"}, {Size: 7, Key: "k"}},
				Outcomes:    []target.Outcome{{Status: target.Acked}, {Status: target.Acked}, {Status: target.Throttled}, {Status: target.Unanswered}},
			}
			if got := usedBy(meteredPipeline, r); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

// An aggregate is billed by Kinesis as it is, and by Firehose user record by user record, as explain and reports have it.
func TestUsedByAggregates(t *testing.T) {
	r := &target.Request{
		Destination: target.Destination{Stream: "p"},
		Entries:     []target.Entry{{Size: 1200, Key: "a"}},
		Users:       [][]target.Entry{{{Size: 500}, {Size: 600}}},
		Outcomes:    []target.Outcome{{Status: target.Acked}},
	}
	if got, want := usedBy(meteredPipeline, r), (account.Counts{PayloadUnits: 1, FirehoseBytes: 2 * 5 << 10}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// quiet is an observer that wants to know nothing.
type quiet struct{ target.Observer }

func (quiet) Invoked(target.Invocation) {}
func (quiet) Delivered(target.Delivery) {}

// TestBudgetStopsTheLoad spends a dollar in each invocation, one a second, and has three.
func TestBudgetStopsTheLoad(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	var notes []string
	stopped := time.Duration(0)
	begin := c.Now()
	m := newMetered(nil, runner.Env{
		Clock: c, Scenario: &scenarios.Scenario{Pipeline: meteredPipeline}, Note: func(text string) { notes = append(notes, text) },
	}, account.Meter{Budget: 3, Price: func(u pricing.Usage) pricing.Estimate {
		return pricing.Estimate{Total: u.LambdaRequests + u.S3Puts/1e6}
	}}, func() { stopped = c.Now().Sub(begin) })
	m.made = begin
	o := &meteredObserver{quiet{}, m}
	c.Go("pipeline", func(p *clock.Proc) {
		for range 10 {
			o.Invoked(target.Invocation{Function: "f", Begin: p.Now(), End: p.Now().Add(time.Second)})
			o.Delivered(target.Delivery{})
			p.Sleep(time.Second)
		}
	})
	c.Go("budget", m.watch)
	c.RunWhile(func() bool { return stopped == 0 })
	if stopped < 2*time.Second || stopped > 3*time.Second {
		t.Errorf("stopped after %v, want when the third invocation was told", stopped)
	}
	// 128 MB is the least that Lambda has.
	if got := m.used; got.LambdaGBSeconds != float64(got.LambdaRequests)/8 || got.S3Puts != got.LambdaRequests {
		t.Errorf("%+v", got)
	}
	if !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, "the budget of $3.00 is reached") }) {
		t.Errorf("%q", notes)
	}
}
