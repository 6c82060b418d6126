package scenarios

import (
	"slices"
	"testing"
	"time"
)

func TestStreamShards(t *testing.T) {
	if n := (Stream{ShardCount: 7, StreamMode: Provisioned}).Shards(); n != 7 {
		t.Errorf("provisioned: found %d", n)
	}
	if n := (Stream{StreamMode: OnDemand}).Shards(); n != 4 {
		t.Errorf("on-demand: found %d", n)
	}
}

func TestDistributionConstant(t *testing.T) {
	if !(Distribution{P50: 5, P99: 5}).Constant() || (Distribution{P50: 5, P99: 6}).Constant() {
		t.Error("a distribution is constant where its percentiles are equal")
	}
}

func TestPipelineSinks(t *testing.T) {
	p := Pipeline{
		Streams:         map[string]Stream{"orders": {}},
		Functions:       map[string]Function{"b": {}, "d": {}},
		DeliveryStreams: map[string]DeliveryStream{"a": {}},
		Consumers:       map[string]Consumer{"c": {}},
	}
	if got := p.Sinks(); !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("found %v", got)
	}
}

func TestLoadTarget(t *testing.T) {
	for want, l := range map[string]Load{"orders": {Stream: "orders"}, "archive": {DeliveryStream: "archive"}} {
		if got := l.Target(); got != want {
			t.Errorf("found %q, want %q", got, want)
		}
	}
}

func TestPhaseDuration(t *testing.T) {
	const minute = Duration(time.Minute)
	rows := map[string]Phase{
		"hold":  {Hold: &Hold{For: minute}},
		"ramp":  {Ramp: &Ramp{Over: minute}},
		"step":  {Step: &Step{Over: minute}},
		"sine":  {Sine: &Sine{For: minute}},
		"spike": {Spike: &Spike{For: minute}},
		"trace": {Trace: &Trace{Points: []TracePoint{{}, {At: minute}}}},
	}
	for name, p := range rows {
		if p.Duration() != time.Minute {
			t.Errorf("%s: found %v", name, p.Duration())
		}
	}
	if (Phase{}).Duration() != 0 || (Phase{Trace: &Trace{}}).Duration() != 0 {
		t.Error("a phase of nothing lasts")
	}
}
