package runner

import (
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// sink measures the records that come out at one place, each when it comes out for the first time: since it was due, since
// it arrived, and where a function is invoked with it, how long it waited for that.
type sink struct {
	probe    *probe
	account  *account // nil: nothing is offered there
	index    int      // of the sink in the account's ledger
	wait     *measure.Series
	latency  *measure.Series
	endToEnd *measure.Series
}

// newSink makes the sink of a name behind a destination. tags are those of its end_to_end.
func newSink(p *probe, name string, from target.Destination, tags measure.Tags, latency *measure.Series) *sink {
	s := &sink{
		probe: p, account: p.book.byDest[from], latency: latency,
		endToEnd: p.rec.Series(name+scenarios.EndToEnd, tags, population(from)),
	}
	if s.account != nil {
		s.index = s.account.sinks[name]
	}
	return s
}

// newConsumer makes the sink of a plain consumer.
func newConsumer(p *probe, name string, c scenarios.Consumer) *sink {
	from := target.Destination{Stream: c.Stream}
	latency := p.rec.Series("stream.propagation", measure.Tags{"consumer": name}, population(from))
	return newSink(p, name, from, nil, latency)
}

// Consumed measures the records of one read.
func (p *probe) Consumed(now time.Time, consumer string, records []target.Record) {
	if c, at := p.consumers[consumer], p.at(now); c != nil && at >= 0 {
		c.out(records, at, at)
	}
}

// out measures the records of one invocation, object or read, which is one unit. at is when they came out, begin when the
// invocation began.
func (s *sink) out(records []target.Record, at, begin int64) (n tally) {
	if s.account == nil {
		return tally{}
	}
	batch := s.account.ledger.Begin()
	defer batch.End()
	latency, endToEnd := s.latency.Unit(), s.endToEnd.Unit()
	defer latency.End()
	defer endToEnd.End()
	var wait *measure.Unit
	if s.wait != nil {
		wait = s.wait.Unit()
		defer wait.End()
	}
	start := s.probe.book.start.Load()
	var t together
	came := func() {
		if t.n == 0 {
			return
		}
		latency.AddTimes(t.second, at-t.arrival, t.n)
		if wait != nil {
			wait.AddTimes(t.second, begin-t.arrival, t.n)
		}
	}
	for i := range records {
		r := &records[i]
		due, outcome := s.enter(batch, r, at, begin)
		if outcome == measure.NotOurs && r.Ours {
			continue // a marker, or of the cooldown
		}
		n.records++
		n.bytes += int64(r.Size)
		if outcome != measure.First {
			continue
		}
		endToEnd.Add(due, at-due)
		if r.Arrival == 0 {
			continue // the observer does not know it
		}
		if arrival := r.Arrival - start; !t.with(due, arrival) {
			came()
			t = together{due - due%1e9, arrival, 1}
		}
	}
	came()
	return n
}

// together is how many records that follow each other are due in one second and arrived at one instant, in one request:
// they are measured at once. Instants are nanoseconds since the start of the load.
type together struct{ second, arrival, n int64 }

// with counts one more record, if it is one of these.
func (t *together) with(due, arrival int64) bool {
	if t.n == 0 || arrival != t.arrival || uint64(due-t.second) >= 1e9 {
		return false
	}
	t.n++
	return true
}

// tally is how many of a call's records are measured, and their bytes.
type tally struct{ records, bytes int64 }

// enter enters a delivery into the ledger and tells what it is and, where it is the record's first, since when that was
// due. A record whose place is not acknowledged yet waits for it.
func (s *sink) enter(batch *measure.Batch, r *target.Record, at, begin int64) (due int64, outcome measure.Outcome) {
	a := s.account
	switch {
	case s.probe.book.measured(r):
		return batch.Delivered(s.index, r.Lane, r.Number, a.placeOf(r))
	case a.binds && !r.Ours:
		place := a.placeOf(r)
		if place == 0 {
			return 0, measure.NotOurs
		}
		ticket := a.waits.ticket(waiting{s, at, begin, s.probe.book.offset(r.Arrival)})
		due, outcome := batch.DeliveredAt(s.index, place, ticket)
		if outcome != measure.Waiting {
			a.waits.take(ticket)
		}
		return due, outcome
	}
	return 0, measure.NotOurs
}

// dropped enters records that were put elsewhere on purpose, and tells how many are measured.
func (s *sink) dropped(records []target.Record, where string) (n int64) {
	a := s.account
	batch := a.ledger.Begin()
	defer batch.End()
	for i := range records {
		r := &records[i]
		switch {
		case s.probe.book.measured(r):
			batch.Dropped(s.index, r.Lane, r.Number, where)
			n++
		case a.binds && !r.Ours:
			batch.DroppedAt(s.index, a.placeOf(r), where)
			n++
		}
	}
	return n
}

// late measures a delivery that has waited, a unit of its own.
func (s *sink) late(due int64, d waiting) {
	s.endToEnd.Record(due, d.at-due)
	s.latency.Record(due, d.at-d.arrival)
	if s.wait != nil {
		s.wait.Record(due, d.begin-d.arrival)
	}
}

// placeOf is where a record is stored; 0 where the observer does not know.
func (a *account) placeOf(r *target.Record) measure.Place {
	if r.Arrival == 0 || r.Shard == target.NoPlace || r.Shard < 0 && a.dest.Stream != "" {
		return 0
	}
	return measure.PlaceOf(r.Shard, r.Seq)
}
