package runner_test

import (
	"strings"
	"testing"
)

// An on-demand stream grows by itself: the run tells how many shards there were and since when, and the report divides by them.
func TestShardsOfAnOnDemandStream(t *testing.T) {
	heavy(t)
	o := tank{scenario: `
duration: 20m
drain: 60s
pipeline:
  streams: {s: {streamMode: ON_DEMAND}}
  consumers: {consumer: {stream: s, every: 1s}}
load:
  - {stream: s, generator: {clickstream: {users: 2000, skew: uniform, size: 100KiB}}, rate: 27/s, batch: {records: 1}}
`}.run(t)
	o.comesOut("consumer")
	counts := o.Run.End.Shards
	if len(counts) != 2 || counts[0].Open != 4 || counts[0].At != 0 || counts[1].Open != 8 || counts[1].At < 12*60 || counts[1].At > 15*60 {
		t.Fatalf("open shards %v, want 4 and, within a quarter of an hour, 8", counts)
	}
	var text strings.Builder
	if err := o.WriteMarkdown(&text); err != nil {
		t.Fatal(err)
	}
	if want := "- reads: s, each second and shard, of 5: consumer 1.0"; !strings.Contains(text.String(), want) {
		t.Errorf("the report does not say %q:\n%s", want, text.String())
	}
}
