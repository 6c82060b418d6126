package main

import (
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/scenarios"
)

// What AWS bounds in a request, and what its retries take, are explained as simulate counts them. Where the lag grows without
// end, the receiver takes a request as often as explain says that one takes, and no more.
func TestExplainAgreesWithSimulateOnRequests(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		rate  string // 500 records a second and shard fill a request in 20 s; else the interval ends it, whatever its records
		http  string
		every float64 // seconds between two requests
		grows bool
	}{
		{"the most records", "1000/s", "{bufferingHints: {size: 64MiB, interval: 60s}}", 20, false},
		{"a receiver that is slower", "1000/s", "{bufferingHints: {size: 64MiB, interval: 60s}, model: {duration: 25s}}", 20, true},
		{"some refusals", "200/s", "{bufferingHints: {size: 64MiB, interval: 5s}, model: {errors: 20%}}", 5, false},
		{"many refusals", "200/s", "{bufferingHints: {size: 64MiB, interval: 5s}, retryOptions: {duration: 60s}, model: {duration: 1s, errors: 60%}}", 5, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := scenarios.Open("clickstream", []string{
				"duration=10m", "drain=1h", "warmup=0s", "load.0.rate=" + tt.rate, "load.0.arrivals=constant",
				"load.0.generator.clickstream.size=300B", "pipeline.streams.click-stream.shardCount=2", "pipeline.functions=", "objectives=",
				"pipeline.deliveryStreams={d: {source: click-stream, http: " + tt.http + ", s3: {bucket: failed}}}",
			})
			if err != nil {
				t.Fatal(err)
			}
			p, err := newPlan(s)
			if err != nil {
				t.Fatal(err)
			}
			agreeOnRequests(t, p, reportOf(t, s), tt.every, tt.grows)
		})
	}
}

// agreeOnRequests holds a plan's requests against those of a run, and the lag at its end against what the plan warns of.
func agreeOnRequests(t *testing.T, p *plan, r *reports.Report, every float64, grows bool) {
	t.Helper()
	d, seconds := p.deliveries[0], p.scenario.Duration.Std().Seconds()
	near(t, "seconds between two requests", d.busiest(), every, 0.1)
	var out page
	d.describe(&out)
	if warns := strings.Contains(out.String(), "the lag grows"); warns != grows {
		t.Errorf("it warns: %v, want %v:\n%s", warns, grows, out.String())
	}
	rate, _ := objects(d.buffers)
	takes := requestTakes(d.spec.HTTP)
	rate = min(rate, float64(len(d.buffers))/takes)
	found := 0
	for _, c := range r.Counters {
		if c.Name == "firehose.requests" && len(c.Tags) == 0 {
			found++
			near(t, "requests", float64(c.Value), rate*seconds, 0.15) // refusals are by chance
		}
	}
	for _, m := range r.Measurements {
		if m.Name == "firehose.lag" && len(m.Tags) == 0 {
			found++
			late := seconds / d.busiest() * (takes - d.busiest()) // the last request, by those before it
			if got := float64(*m.Max) / 1e9; grows && got < late/2 || !grows && got > 5*every {
				t.Errorf("the longest lag is %v s; a request takes %v s, and one comes after %v s", got, takes, every)
			}
		}
	}
	if found != 2 {
		t.Errorf("the run counted %d of requests and their lag", found)
	}
}

// A request takes its attempts and the waits between them.
func TestRequestTakes(t *testing.T) {
	const s = scenarios.Duration(time.Second)
	constant := func(d scenarios.Duration) scenarios.Distribution { return scenarios.Distribution{P50: d, P99: d} }
	tests := []struct {
		name   string
		model  scenarios.ReceiverModel
		retry  scenarios.Duration
		want   float64 // seconds
		within float64
	}{
		{"no refusals", scenarios.ReceiverModel{Duration: constant(2 * s)}, 300 * s, 2, 1e-9},
		{"no retries", scenarios.ReceiverModel{Duration: constant(2 * s), Errors: 0.5}, 0, 2, 1e-9},
		{"one retry", scenarios.ReceiverModel{Duration: constant(2 * s), Errors: 0.5}, s, 2 + 0.5*(1+2), 1e-9},
		{"two, the second wait cut", scenarios.ReceiverModel{Duration: constant(2 * s), Errors: 0.5}, 2 * s, 2 + 0.5*(1+2) + 0.25*(1+2), 1e-9},
		{"all refused", scenarios.ReceiverModel{Duration: constant(s), Errors: 1}, 7 * s, 4 + 7, 1e-9},
		{"the longest wait", scenarios.ReceiverModel{Errors: 1}, 7200 * s, 7200, 1e-9},
		{"answers after the timeout", scenarios.ReceiverModel{Duration: constant(240 * s)}, s, 180 + 1 + 180, 1e-9},
		{"some after the timeout", scenarios.ReceiverModel{Duration: scenarios.Distribution{P50: s, P99: 180 * s}}, 0, 6.4, 0.4},
		{"log-normal", scenarios.ReceiverModel{Duration: scenarios.Distribution{P50: s, P99: 2 * s}}, 0, 1.045, 0.001},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := &scenarios.HTTPDestination{Model: tt.model, RetryOptions: scenarios.RetryOptions{Duration: tt.retry}}
			near(t, "seconds", requestTakes(h), tt.want, tt.within)
		})
	}
}
