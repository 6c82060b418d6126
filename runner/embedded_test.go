package runner_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/embedded"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// serve runs a scenario on the wall's clock, through the SDK and HTTP, against the embedded target.
func serve(t testing.TB, s *scenarios.Scenario, hook fault.Hook) *outcome {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	err := runner.Run(t.Context(), runner.Config{
		Scenario: s, Dir: dir,
		Target: func(e runner.Env) target.Target {
			return embedded.New(embedded.Config{Clock: e.Clock, Seed: e.Seed, Identify: e.Identify, Next: e.Next, Skip: e.Skip, Open: e.Open, Hook: hook, Note: e.Note, End: e.End})
		},
	})
	return outcomeOf(t, dir, err)
}

// TestEmbeddedTarget runs a second of everything on the wall's clock: records of ours and a user's own, a stream and
// Direct PUT, every kind of sink, an answer that is cut off. Nothing in it is about how long anything takes.
func TestEmbeddedTarget(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 1s
drain: 30s
pipeline:
  streams: {ours: {shardCount: 2}, theirs: {shardCount: 1}}
  functions:
    both: {model: {duration: 5ms}, eventSources: [{stream: ours, batchSize: 50}, {stream: theirs}]}
  deliveryStreams:
    archive: {source: ours, s3: {bucket: objects, prefix: "a/", bufferingHints: {size: 1MiB, interval: 1s}, compressionFormat: GZIP}}
    copies: {source: theirs, s3: {bucket: objects, prefix: "b/", bufferingHints: {size: 1MiB, interval: 1s}}}
    direct: {s3: {bucket: more-objects, bufferingHints: {size: 1MiB, interval: 1s}}}
  consumers:
    dashboard: {stream: ours, every: 400ms}
load:
  - {stream: ours, generator: {clickstream: {users: 50}}, rate: 300/s, lanes: 2, batch: {records: 20}}
  - {stream: theirs, generator: {template: {file: body.txt}}, rate: 100/s}
  - {deliveryStream: direct, generator: {sensor: {sensors: 20}}, rate: 100/s}
`, body: 200}.open(t)
	late := onRequest(3, lateAnswer)
	o := serve(t, s, func(now time.Time, r fault.Request) fault.Action {
		if r.Resource != "ours" {
			return fault.Action{} // a user's own record that is stored twice is two records: nothing in it tells
		}
		return late(now, r)
	})

	l := o.Run.End.Ledger
	if l.Acked != l.Offered || l.Offered < 450 || !o.Run.End.Drained {
		t.Errorf("%d of %d acked, drained %v", l.Acked, l.Offered, o.Run.End.Drained)
	}
	if len(l.Sinks) != 5 {
		t.Errorf("%d sinks, want 5", len(l.Sinks))
	}
	for _, sink := range l.Sinks {
		if sink.Missing != 0 || sink.Delivered == 0 || sink.DuplicatedByPipeline != 0 {
			t.Errorf("%+v", sink)
		}
	}
	if l.StoredTwice == 0 {
		t.Error("no record was stored twice")
	}
	if n, want := o.total("put.connections"), o.total("put.requests"); n < want {
		t.Errorf("%d connections counted for %d requests", n, want)
	}
	names := []string{
		"put.arrival", "put.latency", "lambda.wait", "lambda.latency", "firehose.lag", "stream.propagation",
		"both.end_to_end", "archive.end_to_end", "copies.end_to_end", "direct.end_to_end", "dashboard.end_to_end",
	}
	for _, name := range names {
		if m := o.of(name); m.Count() == 0 || m.Censored != 0 || m.Underflow() != 0 {
			t.Errorf("%s: %d values, %d censored, %d below 0", name, m.Count(), m.Censored, m.Underflow())
		}
	}
}

// Records of a user's own that go straight into a delivery stream cannot be known again on the wire. That is said, and
// nothing is claimed of what came out.
func TestEmbeddedTargetCannotTell(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 1s
drain: 1ms
pipeline:
  deliveryStreams: {direct: {s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 1s}}}}
load:
  - {deliveryStream: direct, generator: {template: {file: body.txt}}, rate: 50/s}
objectives: [firehose.lag p50 < 1h, direct.end_to_end p50 < 1h, integrity.missing == 0, put.givenUp == 0]
`, body: 200}.open(t)
	o := serve(t, s, nil)
	if o.sink("direct").Observed {
		t.Error("the sink is observed")
	}
	for i, want := range []string{"no identity", "no identity", "nothing is known", ""} {
		got := o.Objectives[i]
		if (got.Holds == nil) != (want != "") || !strings.Contains(got.Reason, want) {
			t.Errorf("%s: holds %v, reason %q; want %q", got.Text, got.Holds, got.Reason, want)
		}
	}
}
