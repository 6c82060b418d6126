package main

import (
	"math"
	"testing"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// What explain works out on paper must be what a run in virtual time counts.
func TestExplainAgreesWithSimulate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		scenario string
		set      []string
	}{
		{"a window that fills", "clickstream", []string{"duration=30s"}},
		{"a window that ends first", "clickstream", []string{"duration=30s", "load.0.rate=100/s"}},
		{"no window", "clickstream", []string{"duration=30s", "pipeline.functions.process-clicks.eventSources.0.maximumBatchingWindow=0s"}},
		{"one lane, evenly", "clickstream", []string{
			"duration=30s", "load.0.rate=250/s", "load.0.arrivals=constant", "pipeline.streams.click-stream.shardCount=1",
			"pipeline.functions.process-clicks.eventSources.0.maximumBatchingWindow=0s",
			"pipeline.functions.process-clicks.eventSources.0.parallelizationFactor=1",
		}},
		{"pushed", "clickstream", []string{
			"duration=30s", "pipeline.functions.process-clicks.eventSources.0.maximumBatchingWindow=0s",
			"pipeline.functions.process-clicks.eventSources.0.enhancedFanOut=true", "pipeline.functions.process-clicks.model.duration=2ms",
		}},
		{"bursts, errors and the interval", "transaction", []string{"duration=1m"}},
		{"aligned", "sensor", []string{"duration=1m"}},
		{"a shard that refuses", "hot-shard", []string{"duration=20s", "load.0.retry.attempts=1"}},
		{"a function that cannot keep up", "clickstream", []string{
			"duration=30s", "pipeline.functions.process-clicks.model.duration=2s",
		}},
		{"aggregates of a shard", "clickstream", []string{"duration=30s", "load.0.batch.aggregate={}"}},
		{"aggregates of a key", "clickstream", []string{
			"duration=30s", "load.0.generator.clickstream.users=200", "load.0.batch.aggregate={by: key, maxBufferedTime: 1s}",
			"pipeline.functions.process-clicks.eventSources.0.maximumBatchingWindow=0s",
		}},
		{"full aggregates", "clickstream", []string{"duration=30s", "load.0.batch.aggregate={size: 4KiB, count: 8}"}},
		{"a ramp", "clickstream", []string{"duration=30s", "load.0.rate=", "load.0.phases=[{ramp: {from: 0/s, to: 4000/s, over: 30s}}]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// Nothing is left out, and a run in which little is recorded is quicker.
			s, err := scenarios.Open(tt.scenario, append(tt.set, "warmup=0s", "load.0.generator."+kind(tt.scenario)+".size=300B"))
			if err != nil {
				t.Fatal(err)
			}
			p, err := newPlan(s)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, simulate(t, s))
		})
	}
}

func kind(scenario string) string {
	if scenario == "hot-shard" {
		return "clickstream"
	}
	return scenario
}

// Requests to the run's own receiver, and the objects of a backup of all data, are counted as explain says.
func TestExplainAgreesWithSimulateOnHTTP(t *testing.T) {
	t.Parallel()
	const http = "pipeline.deliveryStreams.clicks-to-s3."
	s, err := scenarios.Open("clickstream", []string{
		"duration=5m", "warmup=0s", "load.0.rate=200/s", "load.0.generator.clickstream.size=300B",
		http + "http.bufferingHints={size: 1MiB, interval: 4s}", http + "http.s3BackupMode=AllData",
		http + "s3.bufferingHints={size: 1MiB, interval: 60s}",
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(s)
	if err != nil {
		t.Fatal(err)
	}
	counted, d, seconds := simulate(t, s), p.deliveries[0], s.Duration.Std().Seconds()
	requests, _ := objects(d.buffers)
	for name, planned := range map[string]float64{"firehose.requests": requests * seconds, "firehose.objects": d.puts() * seconds} {
		if got := counted[name]; math.Abs(got-planned) > 0.1*planned+float64(2*p.streams[0].shards) || got == 0 {
			t.Errorf("%s: counted %.0f, planned %.0f", name, got, planned)
		}
	}
}

// compare holds a plan against the counters of a run.
func compare(t *testing.T, p *plan, counted map[string]float64) {
	t.Helper()
	seconds := p.scenario.Duration.Std().Seconds()
	requests, invocations, made := 0.0, 0.0, 0.0
	for _, o := range p.offers {
		requests += o.requests
	}
	for _, f := range p.functions {
		invocations += f.lanes.invocations()
	}
	for _, d := range p.deliveries {
		n, _ := objects(d.buffers)
		made += n
	}
	steady := p.offers[0].steady() || p.offers[0].load.Arrivals.Kind == scenarios.Aligned
	drift := 3 * math.Sqrt(p.offers[0].records()*(1+p.offers[0].load.Arrivals.Dispersion)) // of a seed's own history
	for _, c := range []struct {
		name    string
		planned float64
		within  float64 // share
		least   float64 // by how much it may always differ: what a short run begins and does not end
		only    bool
	}{
		{"put.offered", p.offers[0].records(), 0, drift, true},
		{"shard.accepted", total(p.streams[0].taken).records * seconds, 0.05, max(drift, 1000), true},
		{"put.requests", requests * seconds, 0.10, 2, steady},
		{"lambda.invocations", invocations * seconds, 0.08, float64(3 * p.streams[0].shards), true},
		{"firehose.objects", made * seconds, 0.10, float64(2 * p.streams[0].shards), true},
	} {
		got := counted[c.name]
		t.Logf("%-20s planned %8.0f counted %8.0f", c.name, c.planned, got)
		if diff := math.Abs(got - c.planned); c.only && diff > c.within*c.planned && diff > c.least {
			t.Errorf("%s: counted %.0f, planned %.0f", c.name, got, c.planned)
		}
	}
}

// simulate runs a scenario in virtual time and returns the counters of the whole run.
func simulate(t *testing.T, s *scenarios.Scenario) map[string]float64 {
	t.Helper()
	counted := map[string]float64{}
	for _, c := range reportOf(t, s).Counters {
		if len(c.Tags) == 0 {
			counted[c.Name] = float64(c.Value)
		}
	}
	return counted
}

// reportOf runs a scenario in virtual time and returns its report.
func reportOf(t *testing.T, s *scenarios.Scenario) *reports.Report {
	t.Helper()
	dir := t.TempDir()
	err := runner.Run(t.Context(), runner.Config{
		Scenario: s, Dir: dir, Virtual: true,
		Target: func(e runner.Env) target.Target {
			return simulated.New(simulated.Config{Clock: e.Clock, Seed: e.Seed, Open: e.Open})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
