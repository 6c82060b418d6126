package runner_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator/fault"
)

// hanging is a stream of two shards, of which the second hangs for five seconds: puts of one record, so that each has to do
// with one shard alone, and readers of every kind.
const hanging = `
duration: 20s
drain: 60s
pipeline:
  streams: {s: {shardCount: 2}}
  consumers:
    polled: {stream: s, every: 1s}
    pushed: {stream: s, enhancedFanOut: true}
load:
  - {stream: s, generator: {clickstream: {users: 200}}, rate: 200/s, arrivals: constant, batch: {records: 1, timeout: 30s, inFlight: 1024}}
faults:
  - {at: 10s, for: 5s, stall: {stream: s, shardId: shardId-000000000001}}
`

// A shard that hangs holds what is put there until it goes on; what is put beside it comes through as ever.
func TestAShardThatHangs(t *testing.T) {
	o := tank{scenario: hanging}.run(t)
	o.comesOut("polled", "pushed")
	accepted := func(shard string, from, to int) int64 {
		return o.Run.Sum("shard.accepted", measure.Tags{"stream": "s", "shard": shard}, from, to)
	}
	const beside, hung = "shardId-000000000000", "shardId-000000000001"
	before, during := accepted(beside, 5, 10), accepted(beside, 10, 15)
	if during < before*8/10 || before == 0 {
		t.Errorf("the shard beside it took %d records in the five seconds before and %d in those of the fault", before, during)
	}
	if n := accepted(hung, 10, 15); n != 0 || accepted(hung, 5, 10) == 0 {
		t.Errorf("the shard that hangs took %d records", n)
	}
	usual := accepted(hung, 5, 10)
	if n := accepted(hung, 15, 16); n < usual*9/10 {
		t.Errorf("it took %d records when it went on, want those of five seconds, some %d", n, usual)
	}
	m := o.of("put.latency")
	if slow := m.Count() - m.AtMost(int64(time.Second)); m.Max() > int64(5*time.Second) || slow < usual*6/10 || slow > usual {
		t.Errorf("%d records waited for longer than a second, at most %v; want four fifths of %d", slow, time.Duration(m.Max()), usual)
	}
}

// A put of many records waits as a whole for the one that the shard holds up.
func TestAShardThatHangsHoldsWholePuts(t *testing.T) {
	o := tank{scenario: `
duration: 20s
drain: 60s
pipeline: {streams: {s: {shardCount: 2}}, consumers: {polled: {stream: s}}}
load:
  - {stream: s, generator: {clickstream: {users: 200}}, rate: 200/s, batch: {records: 100, linger: 500ms, timeout: 30s}}
faults:
  - {at: 10s, for: 5s, stall: {stream: s, shardId: shardId-000000000001}}
`}.run(t)
	o.comesOut("polled")
	if n := o.Run.Sum("shard.accepted", nil, 11, 14); n != 0 {
		t.Errorf("%d records of puts that touch both shards were stored while one hangs", n)
	}
}

// Readers of a shard that hangs wait, and of another do not: what is already there is read when it goes on.
func TestReadersOfAShardThatHangs(t *testing.T) {
	for _, operation := range []string{"GetRecords", "SubscribeToShardEvent"} {
		o := tank{scenario: hanging[:len(hanging)-len("}}\n")] + ", operation: " + operation + "}}\n"}.run(t)
		o.comesOut("polled", "pushed")
		held, other := "polled", "pushed"
		if operation != "GetRecords" {
			held, other = other, held
		}
		if m := o.propagation(held); m.Max() < int64(4*time.Second) || m.AtMost(int64(time.Second)) < m.Count()*6/10 {
			t.Errorf("%s: %s got the last after %v, and %d of %d within a second", operation, held, time.Duration(m.Max()), m.AtMost(int64(time.Second)), m.Count())
		}
		if m := o.propagation(other); m.Max() > int64(time.Second) {
			t.Errorf("%s: %s waited too: %v", operation, other, time.Duration(m.Max()))
		}
		if m := o.of("put.latency"); m.Max() > int64(time.Second) {
			t.Errorf("%s: a put waited for %v", operation, time.Duration(m.Max()))
		}
	}
}

// The same over the wire, by the Go hook: nothing is about how long anything takes.
func TestAShardThatHangsOverTheWire(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 2s
drain: 30s
pipeline:
  streams: {s: {shardCount: 2}}
  consumers: {polled: {stream: s, every: 250ms}, pushed: {stream: s, enhancedFanOut: true}}
load:
  - {stream: s, generator: {clickstream: {users: 50}}, rate: 200/s, batch: {records: 1, timeout: 20s}}
faults:
  - {at: 500ms, for: 1s, stall: {stream: s, shardId: shardId-000000000001}}
`}.open(t)
	var puts, one, both, neither, reads, events atomic.Int64
	o := serve(t, s, func(_ time.Time, r fault.Request) fault.Action {
		if r.Touches == nil {
			return fault.Action{}
		}
		first, second := r.Touches(0), r.Touches(1)
		switch {
		case first && second:
			both.Add(1)
		case first || second:
			one.Add(1)
		default:
			neither.Add(1)
		}
		switch r.Operation {
		case "PutRecords":
			puts.Add(1)
		case "GetRecords":
			reads.Add(1)
		case "SubscribeToShardEvent":
			events.Add(1)
		}
		return fault.Action{}
	})
	o.comesOut("polled", "pushed")
	if both.Load()+neither.Load() != 0 || one.Load() == 0 || puts.Load() < 300 || reads.Load() == 0 || events.Load() == 0 {
		t.Errorf("%d requests touch one shard, %d both, %d neither; %d puts, %d reads, %d events",
			one.Load(), both.Load(), neither.Load(), puts.Load(), reads.Load(), events.Load())
	}
	m := o.of("put.latency")
	if held := m.Count() - m.AtMost(int64(400*time.Millisecond)); held < 20 {
		t.Errorf("only %d of %d records waited for the shard that hangs", held, m.Count())
	}
}
