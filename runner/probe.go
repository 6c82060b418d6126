package runner

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// probe is the run's observer: it measures what happens beyond the puts, at shards, functions, buckets and consumers. It
// is safe for concurrent use.
//
// The ledger of a record is locked while its values are recorded: a series' lock is only ever taken inside a ledger's.
type probe struct {
	rec        *measure.Recorder
	book       *book
	now        func() time.Time
	aggregates *aggregates // nil where no load makes any

	streams         map[string]*streamProbe
	deliveryStreams map[string]*deliveryProbe
	functions       map[string]*functionProbe
	consumers       map[string]*sink

	counts *shardCounts

	mu           sync.Mutex
	trimmed      int64
	trimmedBytes int64
	discarded    int64 // by delivery streams
	givenUp      int64 // by mappings
}

func newProbe(rec *measure.Recorder, b *book, s *scenarios.Scenario, now func() time.Time) *probe {
	p := &probe{
		rec: rec, book: b, now: now, aggregates: b.aggregates,
		streams:         map[string]*streamProbe{},
		deliveryStreams: map[string]*deliveryProbe{},
		functions:       map[string]*functionProbe{},
		consumers:       map[string]*sink{},
		counts:          newShardCounts(s),
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		p.streams[name] = newStreamProbe(p, name)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		if b.unobserved(name) {
			continue // its records would all count as not invoked yet
		}
		p.functions[name] = newFunctionProbe(p, name, s.Pipeline.Functions[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		p.deliveryStreams[name] = newDeliveryProbe(p, name, s.Pipeline.DeliveryStreams[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		p.consumers[name] = newConsumer(p, name, s.Pipeline.Consumers[name])
	}
	return p
}

// at is an instant as nanoseconds since the start of the load; negative before it.
func (p *probe) at(t time.Time) int64 { return p.book.offset(t.UnixNano()) }

// population is the counter of the records that should all get a value of a measurement on a destination's records.
func population(d target.Destination) measure.SeriesOptions {
	return measure.SeriesOptions{Of: measure.CounterRef{Name: "put.due", Tags: destinationTags(d)}}
}

// measuredAmong counts the records of a call that are in a ledger.
func (p *probe) measuredAmong(records []target.Record) (n int64) {
	for i := range records {
		if p.book.measured(&records[i]) || !records[i].Ours {
			n++
		}
	}
	return n
}

// joined measures what came to pass of a record before its ack told which one it was.
func (p *probe) joined(a *account, e *target.Entry, deliveries []measure.Joined, place measure.Place) {
	due := p.book.offset(e.Due)
	if at, ok := a.waits.arrival(place); ok {
		if s := p.streams[a.dest.Stream]; s != nil {
			s.arrival.Record(due, at-due)
		}
	}
	for _, j := range deliveries {
		if d := a.waits.take(j.At); j.Outcome == measure.First {
			d.sink.late(due, d)
		}
	}
}

// Trimmed counts records that were removed for want of room before every reader had seen them.
func (p *probe) Trimmed(stream string, shard int32, records int, bytes int64) {
	if at := p.at(p.now()); at >= 0 {
		p.rec.Counter("stream.trimmed", measure.Tags{"stream": stream, "shard": shardID(shard)}).Add(at, int64(records))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trimmed += int64(records)
	p.trimmedBytes += bytes
}

// Discarded counts records that a delivery stream or a mapping gave up.
func (p *probe) Discarded(_ time.Time, sink string, records []target.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.functions[sink] != nil {
		p.givenUp += int64(len(records))
		return
	}
	p.discarded += int64(len(records))
}

// notes are sentences for the report.
func (p *probe) notes() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var notes []string
	if p.trimmed > 0 {
		notes = append(notes, fmt.Sprintf("memory and disk were full: the oldest records were trimmed, %d of them, %.1f MiB, before every reader had seen them",
			p.trimmed, float64(p.trimmedBytes)/(1<<20)))
	}
	if p.discarded > 0 {
		notes = append(notes, fmt.Sprintf("delivery streams gave up %d records that they had accepted", p.discarded))
	}
	if p.givenUp > 0 {
		notes = append(notes, fmt.Sprintf("event source mappings gave up %d records that no invocation had succeeded with", p.givenUp))
	}
	return notes
}
