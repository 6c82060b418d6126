package runner

import (
	"io"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// The load that BenchmarkMeasuringAt50k measures: per second, requests of so many records.
const (
	benchRate    = 50_000
	benchRequest = 500
	benchLanes   = 4
	benchKeys    = 10_000
	benchShards  = 64
)

// BenchmarkMeasuringAt50k is what it costs to measure one second of a run of 50,000 records/s, with nothing of the run
// itself: every record is due, sent, arrived, acknowledged, invoked a second later and delivered five seconds later, and
// the second is written. One operation is that second; % of a core is what the harness would spend on it.
func BenchmarkMeasuringAt50k(b *testing.B) {
	m := newMeasuring(b)
	const sinks = 5 // seconds that the slowest sink is behind
	for second := range sinks {
		m.draw(second)
		m.put()
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := range b.N {
		b.StopTimer()
		second := sinks + n
		m.draw(second)
		b.StartTimer()
		m.put()
		m.invoke(second - 1)
		m.deliver(second - sinks)
		m.probe.flush()
		if err := m.rec.Tick(int64(second+1) * 1e9); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N), "%core")
	if open := m.book.open(); open > (sinks+1)*benchRate {
		b.Fatalf("%d records are open", open)
	}
}

// measuring is the parts of a run that measure, and a load that is made up.
type measuring struct {
	rec   *measure.Recorder
	book  *book
	probe *probe
	meter *putMeter

	keys    []string
	jobs    []*job                  // of one second
	records map[int][]target.Record // by second, in the order in which they were put
	results []target.Decision
}

func newMeasuring(b *testing.B) *measuring {
	b.Helper()
	s, err := scenarios.Parse("bench.yaml", []byte(`
version: 1
duration: 1h
pipeline:
  streams: {s: {shardCount: 64}}
  functions: {f: {eventSources: [{stream: s}]}}
  deliveryStreams: {d: {source: s, s3: {bucket: objects}}}
load: [{stream: s, generator: {clickstream: {users: 10000}}, rate: 50000/s}]
`), nil)
	if err != nil {
		b.Fatal(err)
	}
	plan, err := newLoads(&Config{Scenario: s, Virtual: true})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Unix(1_800_000_000, 0)
	plan.begin(start)
	m := &measuring{records: map[int][]target.Record{}, results: make([]target.Decision, benchRequest)}
	if m.book, err = newBook(plan, s, target.Traits{Inside: true}); err != nil {
		b.Fatal(err)
	}
	if m.rec, err = measure.NewRecorder(io.Discard, measure.Header{}); err != nil {
		b.Fatal(err)
	}
	m.probe = newProbe(m.rec, m.book, s, func() time.Time { return start })
	m.book.probe = m.probe
	m.book.begin(start)
	m.meter = newPutMeter(m.rec, plan.loads[0], m.book)
	for range benchRate / benchRequest {
		m.jobs = append(m.jobs, &job{
			batch: new(batch), attempt: 1, marks: make([]mark, benchRequest), fates: make([]fate, benchRequest),
			req: target.Request{Entries: make([]target.Entry, benchRequest), Outcomes: make([]target.Outcome, benchRequest)},
		})
	}
	for n := range benchKeys {
		m.keys = append(m.keys, string([]byte{'k', byte(n >> 8), byte(n)}))
	}
	return m
}

// draw makes up what is due in a second. Some keys are met more often than others.
func (m *measuring) draw(second int) {
	start := m.book.start.Load()
	records := m.records[second-7][:0] // of a second that every sink has
	delete(m.records, second-7)
	for i, j := range m.jobs {
		j.leave = int64(second)*1e9 + int64(i+1)*1e9/int64(len(m.jobs)) - 1
		j.ready, j.slot = j.leave+40_000, j.leave+40_000
		j.seconds = j.seconds[:0]
		j.req.Began, j.req.Ended = time.Unix(0, start+j.leave+50_000), time.Unix(0, start+j.leave+1_500_000)
		for k := range j.req.Entries {
			n := uint64(second*benchRate + i*benchRequest + k)
			key := uint32(n * n % benchKeys)
			due := start + j.leave - int64(benchRequest-1-k)*1e9/benchRate
			j.req.Entries[k] = target.Entry{
				Lane: uint32(n % benchLanes), Number: n / benchLanes, KeyIndex: key, Key: m.keys[key], Due: due, Size: 500, Ours: true,
			}
			j.seconds = count(j.seconds, due-start)
			shard, seq := int32(key%benchShards), n
			j.req.Outcomes[k] = target.Outcome{Status: target.Acked, Shard: shard, Seq: seq + 1}
			records = append(records, target.Record{
				Lane: uint32(n % benchLanes), Number: n / benchLanes, KeyIndex: key, Key: m.keys[key], Due: due, Size: 500, Ours: true,
				Arrival: start + j.leave + 400_000, Shard: shard, Seq: seq,
			})
		}
	}
	m.records[second] = records
}

// put measures the requests of the second that was drawn.
func (m *measuring) put() {
	for _, j := range m.jobs {
		m.meter.planned(j.req.Entries, j.seconds, j.batch.cooldown)
		m.meter.leaves(j, j.slot+10_000)
		first := j.req.Entries[0]
		n := int(first.Number*benchLanes+uint64(first.Lane)) % benchRate
		second := int(first.Number * benchLanes / benchRate)
		records := m.records[second][n : n+benchRequest]
		for i := range records {
			m.results[i] = target.Decision{Shard: records[i].Shard, Seq: records[i].Seq}
		}
		m.probe.ShardPut(time.Unix(0, records[0].Arrival), "s", records, m.results)
		m.meter.settled(j)
	}
}

// invoke measures invocations of 500 of a second's records.
func (m *measuring) invoke(second int) {
	for records := m.records[second]; len(records) > 0; records = records[500:] {
		begin := time.Unix(0, records[499].Arrival+900_000_000)
		m.probe.Invoked(target.Invocation{
			Function: "f", Stream: "s", Attempt: 1, Sent: begin, Begin: begin, End: begin.Add(20 * time.Millisecond), Records: records[:500],
		})
	}
}

// deliver measures objects of 5,000 of a second's records.
func (m *measuring) deliver(second int) {
	for records := m.records[second]; len(records) > 0; records = records[5000:] {
		m.probe.Delivered(target.Delivery{
			DeliveryStream: "d", At: time.Unix(0, records[0].Arrival+5_000_000_000), Bytes: 1 << 20, Records: records[:5000],
		})
	}
}
