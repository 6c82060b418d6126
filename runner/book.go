package runner

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// book is the run's ledgers, one for each destination that the loads put to, and who is a sink of which. It is safe for
// concurrent use.
type book struct {
	start      atomic.Int64 // of the load, unix nanoseconds; never before it is known
	laneOf     []*account
	accounts   []*account
	byDest     map[target.Destination]*account
	cuts       []atomic.Uint64 // by lane: the number of its first cooldown record
	plannedN   atomic.Int64
	probe      *probe
	aggregates *aggregates     // nil where no load makes any
	untold     []target.Untold // what this run cannot tell though the target could
}

// account is the ledger of one destination.
type account struct {
	dest   target.Destination
	ledger *measure.Ledger
	sinks  map[string]int // the index of each sink by its name
	binds  bool           // bodies carry no identity: records are known by their place
	waits  *waits         // used where it binds

	aggregates bool // a load that puts to it does
}

func newBook(plan *loads, s *scenarios.Scenario, traits target.Traits) (*book, error) {
	b := &book{byDest: map[target.Destination]*account{}, cuts: make([]atomic.Uint64, plan.lanes), aggregates: plan.aggregates}
	b.start.Store(math.MaxInt64)
	for i := range b.cuts {
		b.cuts[i].Store(^uint64(0))
	}
	for _, l := range plan.loads {
		a := b.byDest[l.dest]
		if a == nil {
			a = &account{dest: l.dest, sinks: map[string]int{}, waits: newWaits()}
			b.byDest[l.dest] = a
			b.accounts = append(b.accounts, a)
		}
		a.binds = a.binds || traits.Bodies && !l.generator.Identified()
		for range l.generator.Lanes() {
			b.laneOf = append(b.laneOf, a)
		}
	}
	for _, a := range b.accounts {
		if err := b.openLedger(a, plan, s, traits); err != nil {
			return nil, err
		}
	}
	for _, l := range plan.loads {
		if l.shelf == nil {
			continue
		}
		a := b.byDest[l.dest]
		l.shelf.sinks, a.aggregates = len(a.sinks), true
		if a.binds {
			return nil, fmt.Errorf("load into %s: batch.aggregate: records of a template go there, which carry no identity and are known by their "+
				"place in the stream; user records of an aggregate share one. Simulate the scenario, or leave one of the two out", l.dest.Name())
		}
	}
	return b, nil
}

// openLedger makes an account's ledger.
func (b *book) openLedger(a *account, plan *loads, s *scenarios.Scenario, traits target.Traits) (err error) {
	c := measure.LedgerConfig{Sinks: sinksOf(s, a.dest), Lanes: plan.lanes, Keys: plan.keys}
	for i := range c.Sinks {
		sink := &c.Sinks[i]
		a.sinks[sink.Name] = i
		if reason, cannot := a.cannotObserve(sink, traits); cannot {
			sink.Unobserved = true
			b.untold = append(b.untold, target.Untold{Prefix: sink.Name + scenarios.EndToEnd, Reason: reason})
			if sink.Kind == "firehose" {
				b.untold = append(b.untold, target.Untold{Prefix: "firehose.lag", Reason: reason}, target.Untold{Prefix: "put.arrival", Reason: reason})
			}
		}
	}
	a.ledger, err = measure.NewLedger(c)
	return err
}

// cannotObserve tells that nothing can be known of what comes out at a sink, and why.
func (a *account) cannotObserve(sink *measure.SinkConfig, traits target.Traits) (reason string, cannot bool) {
	for _, u := range traits.Untold {
		if strings.HasPrefix(sink.Name+scenarios.EndToEnd, u.Prefix) && !u.Measured { // what is measured is seen
			return u.Reason, true
		}
	}
	switch {
	case sink.Kind == "lambda":
		return traits.Cannot("lambda.latency")
	case a.binds && a.dest.DeliveryStream != "":
		return "records of a template carry no identity, and Direct PUT tells no place that they could be known by", true
	}
	return "", false
}

// unobserved tells whether nothing can be known of what comes out at a sink that is loaded.
func (b *book) unobserved(sink string) bool {
	return slices.ContainsFunc(b.untold, func(u target.Untold) bool { return u.Prefix == sink+scenarios.EndToEnd })
}

// sinksOf are the places at which records of a destination come out.
func sinksOf(s *scenarios.Scenario, d target.Destination) []measure.SinkConfig {
	if d.DeliveryStream != "" {
		return []measure.SinkConfig{{Name: d.DeliveryStream, Kind: "firehose"}}
	}
	var sinks []measure.SinkConfig
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		reads := func(e scenarios.EventSource) bool { return e.Stream == d.Stream }
		if slices.ContainsFunc(s.Pipeline.Functions[name].EventSources, reads) {
			sinks = append(sinks, measure.SinkConfig{Name: name, Kind: "lambda", Stream: d.Stream})
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

// begin tells when the load starts.
func (b *book) begin(start time.Time) { b.start.Store(start.UnixNano()) }

// offset is an instant, in unix nanoseconds, as nanoseconds since the start of the load; negative before it.
func (b *book) offset(nano int64) int64 { return nano - b.start.Load() }

// cooldown notes the first record of each lane that is not measured.
func (b *book) cooldown(entries []target.Entry) {
	for i := range entries {
		cut := &b.cuts[entries[i].Lane]
		if entries[i].Number < cut.Load() {
			cut.Store(entries[i].Number)
		}
	}
}

// measured tells whether a record is in a ledger: not a marker and not of the cooldown.
func (b *book) measured(r *target.Record) bool {
	return r.Ours && !r.Marker && int(r.Lane) < len(b.cuts) && r.Number < b.cuts[r.Lane].Load()
}

// open is how many measured records can still come out somewhere.
func (b *book) open() (n int64) {
	for _, a := range b.accounts {
		n += a.ledger.Open()
	}
	return n
}
