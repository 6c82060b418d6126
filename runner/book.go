package runner

import (
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// book is the run's ledgers, one for each destination that the loads put to, and who is a sink of which.
type book struct {
	start    int64 // of the load, unix nanoseconds
	laneOf   []*account
	accounts []*account
	byStream map[string]*account // by the destination's name
	cuts     []atomic.Uint64     // by lane: the number of its first cooldown record
	plannedN atomic.Int64
	probe    *probe
}

// account is the ledger of one destination.
type account struct {
	dest   target.Destination
	ledger *measure.Ledger
	sinks  map[string]int // the index of each sink by its name
	binds  bool           // bodies carry no identity: records are known by their place
	waits  *waits         // used where it binds
}

func newBook(plan *loads, s *scenarios.Scenario, traits target.Traits) (*book, error) {
	b := &book{byStream: map[string]*account{}, cuts: make([]atomic.Uint64, plan.lanes)}
	for i := range b.cuts {
		b.cuts[i].Store(^uint64(0))
	}
	for _, l := range plan.loads {
		a := b.byStream[l.dest.Name()]
		if a == nil {
			a = &account{dest: l.dest, sinks: map[string]int{}, waits: newWaits(&b.start)}
			c := measure.LedgerConfig{Sinks: sinksOf(s, l.dest, traits), Lanes: plan.lanes, Keys: plan.keys}
			for i, sink := range c.Sinks {
				a.sinks[sink.Name] = i
			}
			ledger, err := measure.NewLedger(c)
			if err != nil {
				return nil, err
			}
			a.ledger = ledger
			b.byStream[l.dest.Name()] = a
			b.accounts = append(b.accounts, a)
		}
		a.binds = a.binds || traits.Bodies && !l.generator.Identified()
		for range l.generator.Lanes() {
			b.laneOf = append(b.laneOf, a)
		}
	}
	return b, nil
}

// sinksOf are the places at which records of a destination come out.
func sinksOf(s *scenarios.Scenario, d target.Destination, traits target.Traits) []measure.SinkConfig {
	var sinks []measure.SinkConfig
	if d.DeliveryStream != "" {
		return append(sinks, measure.SinkConfig{Name: d.DeliveryStream, Kind: "firehose"})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		reads := func(e scenarios.EventSource) bool { return e.Stream == d.Stream }
		if slices.ContainsFunc(s.Pipeline.Functions[name].EventSources, reads) {
			_, untold := traits.Cannot("lambda.latency")
			sinks = append(sinks, measure.SinkConfig{Name: name, Kind: "lambda", Stream: d.Stream, Unobserved: untold})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		if s.Pipeline.DeliveryStreams[name].Source == d.Stream {
			sinks = append(sinks, measure.SinkConfig{Name: name, Kind: "firehose", Stream: d.Stream})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		if s.Pipeline.Consumers[name].Stream == d.Stream {
			sinks = append(sinks, measure.SinkConfig{Name: name, Kind: "consumer", Stream: d.Stream})
		}
	}
	return sinks
}

func (b *book) begin(start time.Time) { b.start = start.UnixNano() }

// cooldown notes the first record of each lane that is not measured.
func (b *book) cooldown(entries []target.Entry) {
	for i := range entries {
		cut := &b.cuts[entries[i].Lane]
		if entries[i].Number < cut.Load() {
			cut.Store(entries[i].Number)
		}
	}
}

// measured tells whether a record is in the ledger: not a marker and not of the cooldown.
func (b *book) measured(r *target.Record) bool {
	return r.Ours && !r.Marker && int(r.Lane) < len(b.cuts) && r.Number < b.cuts[r.Lane].Load()
}

// offered enters the records of a batch of the plan.
func (b *book) offered(entries []target.Entry) {
	batch := b.laneOf[entries[0].Lane].ledger.Begin()
	for i := range entries {
		e := &entries[i]
		batch.Offered(e.Lane, e.Number, e.Due-b.start, e.KeyIndex)
	}
	batch.End()
	b.plannedN.Add(int64(len(entries)))
}

// settled enters what an attempt came to.
func (b *book) settled(j *job) {
	a := b.laneOf[j.req.Entries[0].Lane]
	batch := a.ledger.Begin()
	defer batch.End()
	for i := range j.req.Entries {
		e, o := &j.req.Entries[i], &j.req.Outcomes[i]
		switch {
		case j.fates[i] == acked:
			var place measure.Place
			if o.Seq > 0 {
				place = measure.PlaceOf(o.Shard, o.Seq-1)
			}
			if a.binds && place != 0 {
				b.probe.joined(a, e, batch.Bind(e.Lane, e.Number, place), place)
			}
			batch.Acked(e.Lane, e.Number, place)
		case j.fates[i] == givenUp && j.uncertain(i):
			batch.Unanswered(e.Lane, e.Number)
			batch.Unknown(e.Lane, e.Number)
		case j.fates[i] == givenUp:
			batch.GivenUp(e.Lane, e.Number)
		case o.Status == target.Unanswered:
			batch.Unanswered(e.Lane, e.Number)
		}
	}
}

// abandoned settles the records of a job that will not be sent again.
func (b *book) abandoned(j *job) {
	batch := b.laneOf[j.req.Entries[0].Lane].ledger.Begin()
	defer batch.End()
	for i := range j.req.Entries {
		e := &j.req.Entries[i]
		if j.marks[i]&maybe != 0 {
			batch.Unknown(e.Lane, e.Number)
		} else {
			batch.GivenUp(e.Lane, e.Number)
		}
	}
}

// open is how many measured records can still come out somewhere.
func (b *book) open() (n int64) {
	for _, a := range b.accounts {
		n += a.ledger.Open()
	}
	return n
}

// totals adds the ledgers up.
func (b *book) totals() measure.LedgerTotals {
	var t measure.LedgerTotals
	for i, a := range b.accounts {
		if i == 0 {
			t = a.ledger.Totals(nil)
			continue
		}
		t.Merge(a.ledger.Totals(nil))
	}
	return t
}
