package runner_test

import (
	"path/filepath"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/runner"
)

// An endpoint that tells nothing but what its APIs tell: its consumer is registered, marked, pushed to through a reshard whose
// shards the run learns of, and gone with its stream.
func TestFanOutElsewhere(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 3s
drain: 30s
pipeline:
  streams: {s: {shardCount: 2, maxRecordSize: 2MiB}}
  consumers: {pushed: {stream: s, enhancedFanOut: true}}
load:
  - {stream: s, generator: {clickstream: {users: 50}}, rate: 100/s, batch: {records: 20}}
reshards:
  - {at: 500ms, stream: s, shardCount: 4}
objectives: [integrity.missing == 0, stream.propagation p50 < 1h]
`}.open(t)
	c := clock.NewWall()
	defer c.Stop()
	world := simulator.New(simulator.Config{Clock: c})
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.New(server.Config{AWS: world}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	k := world.World("123456789012", "us-east-1").Kinesis
	dir := filepath.Join(t.TempDir(), "run")
	err = runner.Run(t.Context(), runner.Config{Scenario: s, Dir: dir, Target: func(e runner.Env) target.Target {
		return aws.New(aws.Config{
			Endpoint: l.URL(), Clock: e.Clock, Identify: e.Identify, Next: e.Next, Marker: e.Marker, Note: e.Note,
			Phase: func(text string) {
				if text != "waiting for a marker record at each sink" {
					return
				}
				out, err := k.DescribeStreamSummary(kinesis.DescribeStreamSummaryInput{StreamName: new("s")})
				if err != nil || out.StreamDescriptionSummary.ConsumerCount != 1 || out.StreamDescriptionSummary.MaxRecordSizeInKiB != 2048 {
					t.Errorf("the stream as it was made: %+v, %v", out, err)
				}
			},
		})
	}})
	o := outcomeOf(t, dir, err)
	o.comesOut("pushed")
	if n := o.Run.Sum("stream.events", measure.Tags{"stream": "s", "consumer": "pushed"}, measure.FirstSecond, measure.LastSecond); n == 0 {
		t.Error("no event was counted")
	}
	counts := o.Run.End.Shards
	if len(counts) != 2 || counts[0].Open != 2 || counts[1].Open != 4 || counts[1].At < 0.5 {
		t.Errorf("open shards %v, want 2 and then 4", counts)
	}
	for i := range o.Objectives {
		if holds := o.Objectives[i].Holds; holds == nil || !*holds {
			t.Errorf("%s does not hold: %v", o.Objectives[i].Text, o.Objectives[i].Reason)
		}
	}
	if _, err := k.DescribeStreamSummary(kinesis.DescribeStreamSummaryInput{StreamName: new("s")}); err == nil {
		t.Error("the stream is still there")
	}
}
