package runner_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/embedded"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/runner"
)

// resharding is a stream with a reader of each kind.
const resharding = `
duration: 60s
drain: 60s
pipeline:
  streams: {s: {shardCount: 2}}
  functions:
    function: {model: {duration: 700ms}, eventSources: [{stream: s, batchSize: 200, parallelizationFactor: 2}]}
  deliveryStreams:
    delivery: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 5s}}}
  consumers:
    consumer: {stream: s, every: 300ms}
load:
  - stream: s
    generator: {clickstream: {users: 200}}
    rate: 900/s
    lanes: 4
    batch: {records: 50, linger: 100ms}
`

// A split, a merge and a change of the shard count under load: every record comes out of every sink once, and each key in
// order.
func TestReshardUnderLoad(t *testing.T) {
	o := tank{
		scenario: resharding,
		wrap: func(e runner.Env, made target.Target) target.Target {
			e.Clock.Go("reshard", func(p *clock.Proc) {
				do := func(at time.Duration, change func(k *kinesis.Service) error) {
					if p.SleepUntil(clock.Epoch.Add(at)) {
						if err := change(made.(*simulated.Target).World().Kinesis); err != nil {
							t.Errorf("after %v: %v", at, err)
						}
					}
				}
				stream := new("s")
				do(15*time.Second, func(k *kinesis.Service) error {
					return k.SplitShard(kinesis.SplitShardInput{
						StreamName: stream, ShardToSplit: new("shardId-000000000000"), NewStartingHashKey: new("85070591730234615865843651857942052864"),
					})
				})
				do(25*time.Second, func(k *kinesis.Service) error {
					return k.MergeShards(kinesis.MergeShardsInput{
						StreamName: stream, ShardToMerge: new("shardId-000000000003"), AdjacentShardToMerge: new("shardId-000000000001"),
					})
				})
				do(35*time.Second, func(k *kinesis.Service) error {
					_, err := k.UpdateShardCount(kinesis.UpdateShardCountInput{
						StreamName: stream, TargetShardCount: new(int32(4)), ScalingType: new("UNIFORM_SCALING"),
					})
					return err
				})
			})
			return made
		},
	}.run(t)
	l := o.Run.End.Ledger
	if l.Acked != l.Offered || l.PutReordered != 0 {
		t.Errorf("%d of %d records acked, %d of them out of order", l.Acked, l.Offered, l.PutReordered)
	}
	for _, name := range []string{"function", "delivery", "consumer"} {
		s := o.sink(name)
		if s.Delivered != l.Acked || s.Missing != 0 || s.Duplicated != 0 || s.Reordered != 0 {
			t.Errorf("%s: %d of %d delivered, %d missing, %d duplicated, %d reordered", name, s.Delivered, l.Acked, s.Missing, s.Duplicated, s.Reordered)
		}
	}
	if len(o.Shards) < 7 {
		t.Errorf("the report tells of %d shards, want those of every generation", len(o.Shards))
	}
}

// An ON_DEMAND stream that gets more than its shards take comfortably scales in the middle of a run.
func TestOnDemandScalingUnderLoad(t *testing.T) {
	heavy(t)
	o := tank{scenario: `
duration: 20m
drain: 60s
pipeline:
  streams: {s: {streamMode: ON_DEMAND}}
  functions:
    function: {model: {duration: 20ms}, eventSources: [{stream: s, batchSize: 1000}]}
  consumers:
    consumer: {stream: s, every: 1s}
load:
  - stream: s
    generator: {template: {file: body.txt}}
    rate: 150/s
    lanes: 4
    batch: {records: 100, linger: 100ms}
`, body: 20_000}.run(t)
	l := o.Run.End.Ledger
	for _, name := range []string{"function", "consumer"} {
		s := o.sink(name)
		if s.Delivered != l.Acked || s.Missing != 0 || s.Duplicated != 0 || s.Reordered != 0 {
			t.Errorf("%s: %d of %d delivered, %d missing, %d duplicated, %d reordered", name, s.Delivered, l.Acked, s.Missing, s.Duplicated, s.Reordered)
		}
	}
	if len(o.Shards) <= 4 {
		t.Errorf("the report tells of %d shards: the stream did not scale", len(o.Shards))
	}
}

// The same over the wire, on the wall's clock: what is read and how is the real client's.
func TestReshardOverTheWire(t *testing.T) {
	t.Parallel()
	var made *embedded.Target
	s := tank{scenario: `
duration: 3s
drain: 30s
pipeline:
  streams: {s: {shardCount: 1}}
  functions:
    function: {model: {duration: 5ms}, eventSources: [{stream: s, batchSize: 50}]}
  deliveryStreams:
    delivery: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 1s}}}
  consumers:
    consumer: {stream: s, every: 250ms}
load:
  - {stream: s, generator: {clickstream: {users: 50}}, rate: 300/s, lanes: 2, batch: {records: 20}}
`}.open(t)
	var puts atomic.Int32
	dir := filepath.Join(t.TempDir(), "run")
	err := runner.Run(t.Context(), runner.Config{
		Scenario: s, Dir: dir,
		Target: func(e runner.Env) target.Target {
			turn := e.Clock.NewSignal()
			made = embedded.New(embedded.Config{
				Clock: e.Clock, Seed: e.Seed, Identify: e.Identify, Next: e.Next,
				Hook: func(_ time.Time, r fault.Request) fault.Action {
					if r.Operation == "PutRecords" {
						if n := puts.Add(1); n == 6 || n == 15 {
							turn.Notify()
						}
					}
					return fault.Action{}
				},
			})
			e.Clock.Go("reshard", func(p *clock.Proc) {
				if p.Wait(turn, time.Time{}) == clock.Stopped {
					return
				}
				k := made.World().Kinesis
				err := k.SplitShard(kinesis.SplitShardInput{
					StreamName: new("s"), ShardToSplit: new("shardId-000000000000"), NewStartingHashKey: new("170141183460469231731687303715884105728"),
				})
				if err == nil && p.Wait(turn, time.Time{}) == clock.Notified {
					err = k.MergeShards(kinesis.MergeShardsInput{
						StreamName: new("s"), ShardToMerge: new("shardId-000000000001"), AdjacentShardToMerge: new("shardId-000000000002"),
					})
				}
				if err != nil {
					t.Error(err)
				}
			})
			return made
		},
	})
	o := outcomeOf(t, dir, err)
	l := o.Run.End.Ledger
	for _, name := range []string{"function", "delivery", "consumer"} {
		s := o.sink(name)
		if s.Delivered != l.Acked || s.Missing != 0 || s.Duplicated != 0 || s.Reordered != l.PutReordered {
			t.Errorf("%s: %d of %d delivered, %d missing, %d duplicated, %d reordered", name, s.Delivered, l.Acked, s.Missing, s.Duplicated, s.Reordered)
		}
	}
	if len(o.Shards) != 4 {
		t.Errorf("the report tells of %d shards, want 4", len(o.Shards))
	}
}
