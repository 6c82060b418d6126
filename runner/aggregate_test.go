package runner_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/reports"
)

// aggregated is a stream with a reader of each kind, and a load of user records; the batch of that is to be added.
const aggregated = `
duration: 8s
drain: 60s
pipeline:
  streams: {s: {shardCount: 4}}
  functions:
    function: {model: {duration: 20ms}, eventSources: [{stream: s, batchSize: 50}]}
  deliveryStreams:
    delivery: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 5s}}}
  consumers:
    consumer: {stream: s, every: 300ms}
load:
  - stream: s
    generator: {clickstream: {users: 300, size: 500B}}
    rate: 2000/s
    lanes: 3
`

// 2 MB/s of 500 B in small: 3,700 records a second need four shards by records, and two by bytes. In aggregates two are enough.
func TestAggregatesNeedShardsByTheirBytes(t *testing.T) {
	heavy(t)
	t.Parallel()
	const scenario = `
duration: 15s
drain: 30s
pipeline:
  streams: {s: {shardCount: %d}}
  consumers: {consumer: {stream: s, every: 250ms}}
load:
  - stream: s
    generator: {clickstream: {users: 10000, size: 500B}}
    rate: 3700/s
    batch: {%s}
    retry: {attempts: 1}
`
	tests := []struct {
		shards    int
		batch     string
		throttled bool
	}{
		{4, "", false},
		{2, "", true},
		{2, "aggregate: {}", false},
		{2, "aggregate: {count: 2}", false},
		{1, "aggregate: {}", true}, // by bytes
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d shards, %s", test.shards, test.batch), func(t *testing.T) {
			o := tank{scenario: fmt.Sprintf(scenario, test.shards, test.batch)}.run(t)
			if n := o.total("put.throttled"); n > 0 != test.throttled {
				t.Errorf("%d of %d attempts were throttled", n, o.total("put.attempts"))
			}
			if s := o.sink("consumer"); s.Lost != 0 || s.Duplicated != 0 || s.Reordered != 0 || s.Delivered != o.Run.End.Ledger.Acked {
				t.Errorf("%+v", s)
			}
		})
	}
}

// Every user record comes out of every sink once and in order, however user records are gathered.
func TestUserRecordsAreAccountedFor(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"{}", "{by: key}", "{count: 7}", "{size: 64B}", "{maxBufferedTime: 0s}", "{size: 3KiB, count: 100, maxBufferedTime: 700ms}"} {
		t.Run(how, func(t *testing.T) {
			o := tank{scenario: aggregated + "    batch: {records: 40, aggregate: " + how + "}\n"}.run(t)
			o.comesOut("function", "delivery", "consumer")
			acked, stored := o.total("put.acked"), o.total("put.kinesisRecords")
			if stored == 0 || stored > acked || o.Run.End.Ledger.PutReordered != 0 {
				t.Errorf("%d user records in %d records of the stream, %d reordered", acked, stored, o.Run.End.Ledger.PutReordered)
			}
			if n := o.total("shard.accepted"); n != stored {
				t.Errorf("the shards took %d records, %d were acknowledged", n, stored)
			}
			if n := o.total("lambda.kinesisRecords"); n != stored || o.total("lambda.records") != acked {
				t.Errorf("the function was invoked with %d records of the stream and %d user records", n, o.total("lambda.records"))
			}
			if got := o.total("firehose.bytes"); got != o.seen.userBytes("delivery") {
				t.Errorf("%d bytes delivered, the user records have %d", got, o.seen.userBytes("delivery"))
			}
		})
	}
}

// A report counts user records and records of the stream apart, in each of its forms, and prices the latter.
func TestReportsOfAggregates(t *testing.T) {
	t.Parallel()
	alone := tank{scenario: aggregated}.run(t)
	o := tank{scenario: aggregated + "    batch: {aggregate: {}}\n"}.run(t)
	want := fmt.Sprintf("user records acknowledged in %d records of the stream", o.total("put.kinesisRecords"))
	for name, write := range map[string]func(io.Writer) error{
		"text":     func(w io.Writer) error { return o.WriteText(w, reports.TextOptions{Width: 1000}) },
		"markdown": o.WriteMarkdown, "html": o.WriteHTML,
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
	units := func(o *outcome) float64 {
		for _, l := range o.Cost.Lines {
			if l.Name == "Kinesis puts" {
				return l.Quantity
			}
		}
		t.Fatalf("no payload units in %+v", o.Cost.Lines)
		return 0
	}
	if a, b := units(alone), units(o); b > a/10 {
		t.Errorf("%v payload units, without aggregates %v", b, a)
	}
	if k := o.Keys.Keys[0]; k.Share == 0 || k.Share > alone.Keys.Keys[0].Share*0.8 {
		t.Errorf("the busiest key has %v of its shard, without aggregates %v: want its bytes alone", k.Share, alone.Keys.Keys[0].Share)
	}
	var known bool
	for _, c := range o.Result().Counters {
		known = known || c.Name == "put.kinesisRecords" && c.Value == o.total("put.kinesisRecords")
	}
	if !known {
		t.Error("result.json has no put.kinesisRecords")
	}
}

// userBytes are those of the measured records with an identity that came out of a sink.
func (w *witness) userBytes(sink string) (n int64) {
	for _, lane := range w.lanes {
		for i := range lane {
			if _, ok := lane[i].landed(sink); ok && lane[i].due < at(8*time.Second) {
				n += int64(lane[i].size)
			}
		}
	}
	return n
}

// A sink that is thousands of aggregates behind finds what is in each.
func TestASlowSinkOpensItsAggregates(t *testing.T) {
	t.Parallel()
	scenario := strings.Replace(aggregated, "every: 300ms", "every: 5s", 1)
	o := tank{scenario: scenario + "    batch: {aggregate: {count: 2}}\n"}.run(t)
	o.comesOut("function", "delivery", "consumer")
}

// An aggregate waits no longer than its first user record may, and its request no longer than the linger after that.
func TestAnAggregateIsClosedInTime(t *testing.T) {
	t.Parallel()
	o := tank{scenario: aggregated + "    batch: {linger: 30ms, aggregate: {size: 1MiB, maxBufferedTime: 200ms}}\n"}.run(t)
	m := o.of("put.latency")
	wantInstant(t, "the longest wait", m.Max(), at(230*time.Millisecond))
	o = tank{scenario: aggregated + "    batch: {linger: 30ms, aggregate: {count: 1, maxBufferedTime: 200ms}}\n"}.run(t)
	m = o.of("put.latency")
	wantInstant(t, "the longest wait of one alone", m.Max(), at(30*time.Millisecond))
	if a, b := o.total("put.acked"), o.total("put.kinesisRecords"); a != b {
		t.Errorf("%d user records in %d records of the stream", a, b)
	}
}

// An aggregate that is stored twice is a duplicate of each user record in it; one that is refused is refused to each.
func TestWhatBecomesOfAnAggregateBecomesOfItsUserRecords(t *testing.T) {
	t.Parallel()
	const batch = "    batch: {records: 1, linger: 0s, aggregate: {count: 10, by: key, maxBufferedTime: 10s}}\n"
	scenario := strings.NewReplacer("users: 300", "users: 1", "lanes: 3", "lanes: 1", "2000/s", "100/s").Replace(aggregated) + batch
	o := tank{scenario: scenario, hook: onRequest(20, lateAnswer)}.run(t)
	l := o.Run.End.Ledger
	if l.StoredTwice != 10 || l.Acked != 800 {
		t.Errorf("%d stored twice, %d acked", l.StoredTwice, l.Acked)
	}
	for _, s := range l.Sinks {
		if s.Delivered != 800 || s.DuplicatedByProducer != 10 || s.Duplicated != 10 {
			t.Errorf("%+v", s)
		}
	}
	o = tank{scenario: scenario + "    retry: {attempts: 1}\n", hook: onRequest(20, fault.Action{Share: 1})}.run(t)
	if l = o.Run.End.Ledger; l.GivenUp != 10 || o.total("put.hit") != 10 || o.total("put.throttled") != 1 {
		t.Errorf("%d given up, %d hit, %d attempts throttled", l.GivenUp, o.total("put.hit"), o.total("put.throttled"))
	}
	o = tank{scenario: scenario, hook: onRequest(20, fault.Action{Share: 1})}.run(t)
	if l = o.Run.End.Ledger; l.Acked != 800 || l.PutReordered != 10 || o.total("put.attempts") != 81 {
		t.Errorf("%d acked, %d reordered, %d attempts", l.Acked, l.PutReordered, o.total("put.attempts"))
	}
}

// What is on its way when the drain is over is pending, user record by user record, and a load that is cut short settles what it
// had gathered.
func TestUserRecordsOnTheirWayArePending(t *testing.T) {
	t.Parallel()
	scenario := strings.NewReplacer("drain: 60s", "drain: 1ms", "duration: 20ms", "duration: 5s").Replace(aggregated)
	o := tank{scenario: scenario + "    batch: {aggregate: {}}\n"}.run(t)
	for _, s := range o.Run.End.Ledger.Sinks {
		if s.Pending == 0 || s.Lost != 0 || s.Delivered+s.Pending != o.Run.End.Ledger.Acked {
			t.Errorf("%+v of %d", s, o.Run.End.Ledger.Acked)
		}
	}
	throttled := strings.Replace(scenario, "drain: 1ms", "drain: 200ms", 1) + "    batch: {aggregate: {}}\n    retry: {attempts: 9, backoff: 1s}\n"
	o = tank{scenario: throttled + "faults: [{at: 7s, for: 10s, throttle: {stream: s}}]\n"}.run(t)
	if l := o.Run.End.Ledger; l.GivenUp < 1000 || l.Acked+l.GivenUp != l.Offered {
		t.Errorf("%d given up, %d acked of %d", l.GivenUp, l.Acked, l.Offered)
	}
}
