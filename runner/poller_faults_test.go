package runner_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/target"
)

// outings is when each record of a stream came out of each sink: an invocation that succeeded, an object.
type outings struct {
	target.Observer
	bySink map[string][]outing
}

type outing struct {
	shard       int32
	arrival, at time.Duration // since the start of a run in virtual time
}

func (o *outings) add(sink string, at time.Time, records []target.Record) {
	for i := range records {
		o.bySink[sink] = append(o.bySink[sink], outing{
			records[i].Shard, time.Duration(records[i].Arrival - clock.Epoch.UnixNano()), at.Sub(clock.Epoch),
		})
	}
}

func (o *outings) Invoked(i target.Invocation) {
	o.add(i.Function, i.End, i.Done())
	o.Observer.Invoked(i)
}

func (o *outings) Delivered(d target.Delivery) {
	o.add(d.DeliveryStream, d.At, d.Records)
	o.Observer.Delivered(d)
}

// observed runs a tank in virtual time and keeps what came out, and when.
func (k tank) observed(t *testing.T) (*outcome, map[string][]outing) {
	t.Helper()
	seen := &outings{bySink: map[string][]outing{}}
	k.observe = func(o target.Observer) target.Observer {
		seen.Observer = o
		return seen
	}
	return k.run(t), seen.bySink
}

// inside is a stream with every reader that has no wire between it and the stream.
const inside = `
duration: 20s
drain: 60s
pipeline:
  streams: {s: {shardCount: 2}}
  functions:
    polling: {model: {duration: 1ms}, eventSources: [{stream: s, batchSize: 1000}]}
    pushed: {model: {duration: 1ms}, eventSources: [{stream: s, batchSize: 1000, enhancedFanOut: true}]}
  deliveryStreams:
    archive: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 1s}}}
load:
  - {stream: s, generator: {clickstream: {users: 200}}, rate: 200/s, batch: {records: 10}}
`

// A shard that hangs for Lambda's pollers, for Firehose's reader or for a mapping of a stream consumer holds what they read
// of it until it goes on, and of no other shard. Nothing is lost, and a second run is the same.
func TestPollersOfAShardThatHangs(t *testing.T) {
	const from, to = 10 * time.Second, 15 * time.Second
	latest := map[string]time.Duration{ // of a record that nothing holds: its read, and what follows
		"polling": time.Second + 10*time.Millisecond, "pushed": 10 * time.Millisecond, "archive": 2 * time.Second,
	}
	for operation, holds := range map[string][]string{
		"GetRecords":            {"polling", "archive"},
		"SubscribeToShardEvent": {"pushed"},
	} {
		k := tank{scenario: inside + fmt.Sprintf(
			"faults: [{at: 10s, for: 5s, stall: {stream: s, shardId: shardId-000000000001, operation: %s}}]\n", operation)}
		o, seen := k.observed(t)
		o.comesOut("polling", "pushed", "archive")
		held := map[string]bool{}
		for _, sink := range holds {
			held[sink] = true
		}
		for sink, outings := range seen {
			n := 0
			for _, out := range outings {
				hung := held[sink] && out.shard == 1 && out.arrival > from && out.arrival < to
				switch {
				case hung && out.at < to:
					t.Errorf("%s: %s got a record of %v at %v, while its shard hangs", operation, sink, out.arrival, out.at)
				case hung:
					n++
				}
				due := out.arrival
				if held[sink] && out.shard == 1 && out.arrival < to && out.arrival+latest[sink] > from {
					due = to // it may have been read, or not
				}
				if out.at-due > latest[sink] {
					t.Errorf("%s: %s got a record of shard %d of %v at %v", operation, sink, out.shard, out.arrival, out.at)
				}
			}
			if held[sink] != (n > 300) {
				t.Errorf("%s: %s waited for %d records of the shard that hangs", operation, sink, n)
			}
		}
		if again := k.run(t); !bytes.Equal(o.file(), again.file()) {
			t.Errorf("%s: a second run has another file", operation)
		}
	}
}

// Reads that are refused, fail or are cut off for five seconds make a mapping and a delivery stream late, and lose nothing;
// which of them, where it is a share, follows from the seed.
func TestPollersReadAgain(t *testing.T) {
	tests := []struct {
		name, fault string
		all         bool // nothing is read while it lasts
	}{
		{"a throttle storm", "error: {service: kinesis, operation: GetRecords, code: ProvisionedThroughputExceededException}", true},
		{"half of a throttle storm", "error: {operation: GetRecords, code: ProvisionedThroughputExceededException, share: 50%}", false},
		{"connections that are cut", "cut: {operation: GetRecords}", true},
		{"answers that are cut off", "cut: {operation: GetRecords, when: answer}", true},
		{"reads that take two seconds", "latency: {operation: GetRecords, add: 2s}", false},
		{"puts that are refused", "error: {operation: PutRecords, code: InternalFailure, share: 1%}", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := tank{scenario: inside + "faults: [{at: 10s, for: 5s, " + test.fault + "}]\n"}
			o, seen := k.observed(t)
			o.comesOut("polling", "pushed", "archive")
			for _, sink := range []string{"polling", "archive"} {
				during := 0
				for _, out := range seen[sink] {
					if out.arrival > 10*time.Second && out.at < 15*time.Second {
						during++
					}
				}
				if (during == 0) != test.all {
					t.Errorf("%s got %d records that came in those five seconds within them", sink, during)
				}
			}
			if again := k.run(t); !bytes.Equal(o.file(), again.file()) {
				t.Error("a second run has another file")
			}
		})
	}
}

// A reader that is not at rest when the drain is over has its records pending, not lost.
func TestPollersThatAreHeldToTheEnd(t *testing.T) {
	o := tank{scenario: inside + "faults: [{at: 10s, for: 10m, stall: {stream: s, operation: GetRecords}}]\n"}.run(t)
	for _, sink := range []string{"polling", "archive"} {
		if s := o.sink(sink); s.Pending < 1500 || s.Lost != 0 {
			t.Errorf("%s: %+v, want the records of half the run pending", sink, s)
		}
	}
	if s := o.sink("pushed"); s.Pending+s.Lost != 0 {
		t.Errorf("pushed: %+v", s)
	}
}

// On the embedded target a hook sees the reads of pollers, and what mappings send to functions, beside what comes over the
// wire; what it cuts, refuses and holds is read, and sent, again.
func TestPollersOnTheEmbeddedTarget(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 2s
drain: 30s
pipeline:
  streams: {s: {shardCount: 2}}
  functions:
    polling: {eventSources: [{stream: s}]}
    pushed: {eventSources: [{stream: s, enhancedFanOut: true}]}
  deliveryStreams:
    archive: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 1s}}}
load:
  - {stream: s, generator: {clickstream: {users: 50}}, rate: 200/s}
`}.open(t)
	release := make(chan struct{}) // by the twentieth put
	refused := &fault.Error{Code: "ProvisionedThroughputExceededException"}
	actions := map[string][]fault.Action{
		"GetRecords":       {{Cut: true}, {Err: refused}, {Cut: true, After: true}, {Delay: 20 * time.Millisecond}, {Release: release}},
		"GetShardIterator": {{Err: refused}, {Cut: true, After: true}},
		"SubscribeToShard": {{Cut: true}}, // one that has succeeded is followed by none for five seconds
		// What is broken off would wait for those.
		"SubscribeToShardEvent": {{Delay: 20 * time.Millisecond}, {Release: release}},
		"Invoke":                {{Err: &fault.Error{Code: "TooManyRequestsException"}}, {Delay: 20 * time.Millisecond, After: true}, {Release: release}},
	}
	var mu sync.Mutex
	asked, puts := map[string]int{}, 0
	o := serve(t, s, func(_ time.Time, r fault.Request) fault.Action {
		mu.Lock()
		defer mu.Unlock()
		if r.Operation == "PutRecords" {
			if puts++; puts == 20 {
				close(release)
			}
		}
		if r.Touches == nil || r.Operation == "PutRecords" {
			return fault.Action{}
		}
		read := fmt.Sprint(r.Service, " ", r.Operation, " ", r.Resource, " ", r.Touches(0), r.Touches(1))
		n := asked[read]
		if asked[read]++; n < len(actions[r.Operation]) {
			return actions[r.Operation][n]
		}
		return fault.Action{}
	})
	o.comesOut("polling", "pushed", "archive")
	for operation, acted := range actions {
		requests := []string{"kinesis " + operation + " s "}
		if operation == "Invoke" {
			requests = []string{"lambda Invoke polling ", "lambda Invoke pushed "}
		}
		for _, r := range requests {
			for _, touches := range []string{"true false", "false true"} {
				if n := asked[r+touches]; n < len(acted) {
					t.Errorf("%s: asked %d times, want at least %d", r+touches, n, len(acted))
				}
				delete(asked, r+touches)
			}
		}
	}
	if len(asked) != 0 {
		t.Errorf("the hook was asked about %v, too", asked)
	}
}
