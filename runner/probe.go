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
type probe struct {
	rec  *measure.Recorder
	book *book

	streams         map[string]*streamProbe
	deliveryStreams map[string]*deliveryProbe
	functions       map[string]*functionProbe
	consumers       map[string]*consumerProbe

	mu        sync.Mutex
	trimmed   int64
	discarded int64
	scratch   sync.Pool // *[]int64: the due instants of a call's records
}

func newProbe(rec *measure.Recorder, b *book, s *scenarios.Scenario) *probe {
	p := &probe{
		rec: rec, book: b,
		streams:         map[string]*streamProbe{},
		deliveryStreams: map[string]*deliveryProbe{},
		functions:       map[string]*functionProbe{},
		consumers:       map[string]*consumerProbe{},
		scratch:         sync.Pool{New: func() any { return new([]int64) }},
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		p.streams[name] = newStreamProbe(p, name)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		p.functions[name] = newFunctionProbe(p, name, s.Pipeline.Functions[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		p.deliveryStreams[name] = newDeliveryProbe(p, name, s.Pipeline.DeliveryStreams[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		p.consumers[name] = newConsumerProbe(p, name, s.Pipeline.Consumers[name])
	}
	return p
}

// at is an instant as nanoseconds since the start of the load; negative before it.
func (p *probe) at(t time.Time) int64 { return t.UnixNano() - p.book.start }

// population is the counter of the records that should all get a value of a measurement on a destination's records.
func population(tags measure.Tags) measure.SeriesOptions {
	return measure.SeriesOptions{Of: measure.CounterRef{Name: "put.due", Tags: tags}}
}

// notDue marks a record of a call that has no value: a marker, a duplicate, one of the cooldown.
const notDue = -1

// dues is scratch for the due instants of n records, each set to notDue.
func (p *probe) dues(n int) *[]int64 {
	s := p.scratch.Get().(*[]int64)
	*s = slices.Grow((*s)[:0], n)[:n]
	for i := range *s {
		(*s)[i] = notDue
	}
	return s
}

// firsts enters deliveries at a sink into the ledger and tells for each record that came out for the first time when it
// was due; later gets those whose place is not acknowledged yet.
func (p *probe) firsts(sink string, stream string, records []target.Record, later waiter) *[]int64 {
	dues := p.dues(len(records))
	a := p.book.byStream[stream]
	if a == nil {
		return dues // nothing is offered there
	}
	index := a.sinks[sink]
	batch := a.ledger.Begin()
	defer batch.End()
	for i := range records {
		r := &records[i]
		switch {
		case p.book.measured(r):
			if due, outcome := batch.Delivered(index, r.Lane, r.Number, placeOf(r)); outcome == measure.First {
				(*dues)[i] = due
			}
		case a.binds && !r.Ours:
			ticket := a.waits.ticket(later, r)
			due, outcome := batch.DeliveredAt(index, placeOf(r), ticket)
			if outcome != measure.Waiting {
				a.waits.take(ticket)
			}
			if outcome == measure.First {
				(*dues)[i] = due
			}
		}
	}
	return dues
}

// joined measures what came to pass of a record before its ack told which one it was.
func (p *probe) joined(a *account, e *target.Entry, deliveries []measure.Joined, place measure.Place) {
	due := e.Due - p.book.start
	if at, ok := a.waits.arrival(place); ok {
		if s := p.streams[a.dest.Stream]; s != nil {
			s.arrival.Record(due, at-due)
		}
	}
	for _, j := range deliveries {
		if d := a.waits.take(j.At); j.Outcome == measure.First {
			d.then(due, d.arrival)
		}
	}
}

// placeOf is where a record is stored; 0 where the observer does not know.
func placeOf(r *target.Record) measure.Place {
	if r.Arrival == 0 {
		return 0
	}
	return measure.PlaceOf(r.Shard, r.Seq)
}

// Trimmed counts records that the memory cap took before every reader had seen them.
func (p *probe) Trimmed(stream string, shard int32, records int) {
	p.rec.Counter("stream.trimmed", measure.Tags{"stream": stream, "shard": shardID(shard)}).Add(0, int64(records))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trimmed += int64(records)
}

// Discarded counts accepted records that a delivery stream gave up.
func (p *probe) Discarded(_ time.Time, _ string, records []target.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.discarded += int64(len(records))
}

// notes are sentences for the report.
func (p *probe) notes() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var notes []string
	if p.trimmed > 0 {
		notes = append(notes, fmt.Sprintf("the memory cap took %d records before every reader had seen them", p.trimmed))
	}
	if p.discarded > 0 {
		notes = append(notes, fmt.Sprintf("delivery streams gave up %d records that they had accepted", p.discarded))
	}
	return notes
}
