package runner_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/embedded"
	"github.com/wavetank/wavetank/runner"
)

// comesOut holds that every record that was put came out of every sink, once and in order.
func (o *outcome) comesOut(sinks ...string) {
	o.t.Helper()
	l := o.Run.End.Ledger
	if l.Acked != l.Offered {
		o.t.Errorf("%d of %d records acked", l.Acked, l.Offered)
	}
	for _, name := range sinks {
		s := o.sink(name)
		if s.Delivered != l.Acked || s.Missing != 0 || s.Duplicated != 0 || s.Reordered != l.PutReordered {
			o.t.Errorf("%s: %d of %d delivered, %d missing, %d duplicated, %d reordered, %d of them by the puts",
				name, s.Delivered, l.Acked, s.Missing, s.Duplicated, s.Reordered, l.PutReordered)
		}
	}
}

// A scenario's reshards are called at their instants: the shards that come of them take records, none is lost, doubled or
// out of order, and the report says what was done. One that AWS refuses at that instant ends nothing.
func TestReshardsOfAScenario(t *testing.T) {
	o := tank{scenario: resharding + `
reshards:
  - {at: 40s, stream: s, shardCount: 3}
  - {at: 20s, stream: s, shardCount: 4}
`}.run(t)
	o.comesOut("function", "delivery", "consumer")
	if n := o.Run.End.Ledger.PutReordered; n != 0 {
		t.Errorf("%d records were put out of order", n)
	}
	want := []string{
		"20s after the start of the load, UpdateShardCount of s from 2 to 4 shards was accepted",
		"40s after the start of the load, UpdateShardCount of s from 4 to 3 shards was accepted",
	}
	if got := o.Run.End.Notes; !slices.Equal(got, want) {
		t.Errorf("notes %q, want %q", got, want)
	}
	counts := []measure.ShardCount{{Stream: "s", Open: 2}, {Stream: "s", At: 20, Open: 4}, {Stream: "s", At: 40, Open: 3}}
	if got := o.Run.End.Shards; !slices.Equal(got, counts) {
		t.Errorf("open shards %v, want %v", got, counts)
	}
	for i, s := range o.Shards {
		tags := measure.Tags{"stream": "s", "shard": s.Shard}
		before, between := o.Run.Sum("shard.accepted", tags, 0, 20), o.Run.Sum("shard.accepted", tags, 20, 40)
		after := o.Run.Sum("shard.accepted", tags, 40, 120)
		if first := i < 2; first != (before > 0) || first && between+after > 0 {
			t.Errorf("%s took %d records before the first reshard, %d and %d after it", s.Shard, before, between, after)
		}
	}
	if len(o.Shards) < 2+4+1 {
		t.Errorf("the report tells of %d shards, want those of every generation", len(o.Shards))
	}
	var page strings.Builder
	if err := o.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "reshard of the scenario: s to 4 shards") {
		t.Error("the page does not mark the reshard")
	}
}

// A reshard that comes while the one before is under way is refused, as AWS does it, and the run goes on.
func TestAReshardThatIsRefusedIsNoted(t *testing.T) {
	o := tank{scenario: "model: aws\n" + resharding + `
reshards:
  - {at: 10s, stream: s, shardCount: 4}
  - {at: 20s, stream: s, shardCount: 8}
`}.run(t)
	o.comesOut("function", "delivery", "consumer")
	notes := o.Run.End.Notes
	if len(notes) != 2 || !strings.HasSuffix(notes[0], "from 2 to 4 shards was accepted") ||
		!strings.Contains(notes[1], "UpdateShardCount of s to 8 shards failed: ResourceInUseException: ") {
		t.Errorf("notes %q, want one that was accepted and one that was refused", notes)
	}
	if got := o.Run.End.Shards; !slices.Equal(got, []measure.ShardCount{{Stream: "s", Open: 2}}) {
		t.Errorf("open shards %v, want 2 to the end: what was accepted takes three minutes", got)
	}
}

// Faults of the scenario act on a reshard as on any request.
func TestAReshardUnderAFault(t *testing.T) {
	tests := []struct{ name, fault, note string }{
		{"fails", "error: {service: kinesis, operation: UpdateShardCount, code: InternalFailureException}", "failed: InternalFailureException: injected by the scenario's faults"},
		{"is held", "stall: {stream: s}", "from 2 to 4 shards was accepted"},
		{"is cut off", "cut: {service: kinesis, operation: UpdateShardCount}", "failed: it was not answered"},
		{"is done and cut off", "cut: {service: kinesis, operation: UpdateShardCount, when: answer}", "failed: it was not answered"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := tank{scenario: `
duration: 20s
pipeline:
  streams: {s: {shardCount: 2}}
  consumers: {consumer: {stream: s}}
load:
  - {stream: s, generator: {clickstream: {users: 50}}, rate: 100/s}
reshards: [{at: 5s, stream: s, shardCount: 4}]
faults: [{at: 4s, for: 3s, ` + test.fault + `}]
`}.run(t)
			o.comesOut("consumer")
			if notes := o.Run.End.Notes; len(notes) != 1 || !strings.HasSuffix(notes[0], test.note) {
				t.Errorf("notes %q, want one that ends with %q", notes, test.note)
			}
		})
	}
}

// The same over the wire, through the real client.
func TestReshardsOfAScenarioOverTheWire(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 3s
drain: 30s
pipeline:
  streams: {s: {shardCount: 2, retentionPeriod: 48h}}
  functions:
    function: {model: {duration: 5ms}, eventSources: [{stream: s, batchSize: 50}]}
  consumers:
    consumer: {stream: s, every: 250ms}
load:
  - {stream: s, generator: {clickstream: {users: 50}}, rate: 300/s, lanes: 2, batch: {records: 20}}
reshards:
  - {at: 300ms, stream: s, shardCount: 4}
  - {at: 1200ms, stream: s, shardCount: 2}
  - {at: 2600ms, stream: s, shardCount: 1}
faults:
  - {at: 2s, for: 30s, error: {service: kinesis, operation: UpdateShardCount, code: LimitExceededException}}
`}.open(t)
	var made *embedded.Target
	dir := filepath.Join(t.TempDir(), "run")
	err := runner.Run(t.Context(), runner.Config{
		Scenario: s, Dir: dir,
		Target: func(e runner.Env) target.Target {
			made = embedded.New(embedded.Config{Clock: e.Clock, Seed: e.Seed, Identify: e.Identify, Next: e.Next, Note: e.Note})
			return made
		},
	})
	o := outcomeOf(t, dir, err)
	o.comesOut("function", "consumer")
	want := []string{
		"300ms after the start of the load, UpdateShardCount of s from 2 to 4 shards was accepted",
		"1.2s after the start of the load, UpdateShardCount of s from 4 to 2 shards was accepted",
		"2.6s after the start of the load, UpdateShardCount of s to 1 shard failed: LimitExceededException: injected by the scenario's faults",
	}
	if got := o.Run.End.Notes; !slices.Equal(got, want) {
		t.Errorf("notes %q, want %q", got, want)
	}
	counts := o.Run.End.Shards
	if len(counts) != 3 || counts[0].Open != 2 || counts[1].Open != 4 || counts[2].Open != 2 || counts[1].At < 0.3 || counts[2].At < 1.2 {
		t.Errorf("open shards %v, want 2, from 0.3 s on 4 and from 1.2 s on 2", counts)
	}
	if len(o.Shards) != 2+4+2 {
		t.Errorf("the report tells of %d shards, want 8", len(o.Shards))
	}
	out, err := made.World().Kinesis.DescribeStreamSummary(kinesis.DescribeStreamSummaryInput{StreamName: new("s")})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.StreamDescriptionSummary; got.RetentionPeriodHours != 48 || got.OpenShardCount != 2 {
		t.Errorf("in the end s keeps its records for %d hours and has %d open shards, want 48 and 2", got.RetentionPeriodHours, got.OpenShardCount)
	}
}
