package measure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A history is made at random: records are offered in small batches, attempts are refused, cut off, retried and answered
// late and out of order, and two sinks deliver what is stored, some of it lost, doubled, swapped or dropped on purpose.
// What happened is written down plainly beside the ledger, and added up in the end by searching it.

type modelRecord struct {
	lane     uint32
	number   uint64
	key      uint32
	attempts int
	places   []Place
	state    uint32
	late     bool // an attempt went unanswered
	sinks    [2][]Place
	dropped  [2]bool
}

type model struct {
	t        *testing.T
	rng      *rand.Rand
	l        *Ledger
	records  []*modelRecord
	next     []uint64 // by lane
	position [3]uint64
	log      []stored // in the order of storing
	read     [2]int   // of log, by sink
	order    [2][]*modelRecord
	events   map[int][]func(b *Batch)
	now      int
	quiet    bool // nothing goes wrong
}

type stored struct {
	r     *modelRecord
	place Place
}

func newModel(t *testing.T, seed uint64, keys int) *model {
	l, err := NewLedger(LedgerConfig{Sinks: []SinkConfig{{Name: "a"}, {Name: "b"}}, Lanes: 3, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return &model{
		t: t, l: l, rng: rand.New(rand.NewPCG(seed, 7)), next: make([]uint64, 3), events: map[int][]func(*Batch){},
	}
}

func (m *model) chance(p float64) bool { return !m.quiet && m.rng.Float64() < p }

func (m *model) later(most int, event func(b *Batch)) {
	at := m.now + 1 + m.rng.IntN(most)
	m.events[at] = append(m.events[at], event)
}

// step offers a batch, lets what was due happen, and lets the sinks read on.
func (m *model) step(offer bool) {
	b := m.l.Begin()
	defer b.End()
	m.now++
	for _, event := range m.events[m.now] {
		event(b)
	}
	delete(m.events, m.now)
	for range 20 {
		if !offer {
			break
		}
		lane := uint32(m.rng.IntN(3))
		if m.chance(0.001) {
			m.next[lane] += uint64(m.rng.IntN(3 * chunkSize)) // numbers are left out
		}
		r := &modelRecord{lane: lane, number: m.next[lane], key: lane*10 + uint32(m.rng.IntN(4)*m.rng.IntN(4)), state: open}
		m.next[lane]++
		m.records = append(m.records, r)
		b.Offered(lane, r.number, int64(len(m.records)), r.key)
		m.later(5, func(b *Batch) { m.attempt(b, r) })
	}
	for sink := range 2 {
		for n := m.rng.IntN(60); n > 0 && m.read[sink] < len(m.log); n-- {
			m.readOne(b, sink)
		}
	}
}

func (m *model) attempt(b *Batch, r *modelRecord) {
	r.attempts++
	last := r.attempts == 3
	if m.chance(0.05) { // refused
		if last {
			m.later(3, func(b *Batch) { m.fail(b, r) })
		} else {
			m.later(9, func(b *Batch) { m.attempt(b, r) })
		}
		return
	}
	cut := m.chance(0.02)
	if !cut || m.chance(0.5) {
		shard := r.key % 3
		place := PlaceOf(int32(shard), m.position[shard])
		m.position[shard]++
		r.places = append(r.places, place)
		m.log = append(m.log, stored{r, place})
		b.Arrived(r.lane, r.number, place)
		if !cut {
			m.later(9, func(b *Batch) {
				b.Acked(r.lane, r.number, place)
				r.state = acked
			})
			return
		}
	}
	m.later(3, func(b *Batch) { b.Unanswered(r.lane, r.number) })
	r.late = true
	if last {
		m.later(20, func(b *Batch) { m.fail(b, r) })
	} else {
		m.later(20, func(b *Batch) { m.attempt(b, r) })
	}
}

func (m *model) fail(b *Batch, r *modelRecord) {
	if r.late {
		r.state = unknown
		b.Unknown(r.lane, r.number)
		return
	}
	r.state = givenUp
	b.GivenUp(r.lane, r.number)
}

func (m *model) readOne(b *Batch, sink int) {
	at := m.read[sink]
	m.read[sink]++
	e := m.log[at]
	switch {
	case m.chance(0.002): // lost
	case m.chance(0.003):
		if len(e.r.sinks[sink]) == 0 {
			e.r.dropped[sink] = true
		}
		b.Dropped(sink, e.r.lane, e.r.number, "dead")
	case m.chance(0.003):
		m.deliver(b, sink, e)
		m.deliver(b, sink, e)
	case m.chance(0.003) && m.read[sink] < len(m.log):
		m.deliver(b, sink, m.log[at+1])
		m.read[sink]++
		m.deliver(b, sink, e)
	default:
		m.deliver(b, sink, e)
	}
}

func (m *model) deliver(b *Batch, sink int, e stored) {
	want := First
	if len(e.r.sinks[sink]) > 0 {
		want = Again
	}
	if _, got := b.Delivered(sink, e.r.lane, e.r.number, e.place); got != want {
		m.t.Fatalf("delivery of %d/%d at %d: outcome %d, want %d", e.r.lane, e.r.number, sink, got, want)
	}
	e.r.dropped[sink] = false
	if want == First {
		m.order[sink] = append(m.order[sink], e.r)
	}
	e.r.sinks[sink] = append(e.r.sinks[sink], e.place)
}

// totals adds the history up without any cleverness.
func (m *model) totals() LedgerTotals {
	t := LedgerTotals{Offered: int64(len(m.records)), Sinks: []SinkTotals{{Name: "a", Observed: true}, {Name: "b", Observed: true}}}
	for _, r := range m.records {
		switch r.state {
		case acked:
			t.Acked++
		case givenUp:
			t.GivenUp++
		default:
			t.Unknown++
		}
		if len(r.places) > 1 {
			t.StoredTwice++
		}
		for i := range t.Sinks {
			r.addTo(&t.Sinks[i], i)
		}
	}
	t.PutReordered = m.putReordered()
	for i := range t.Sinks {
		t.Sinks[i].Reordered = sinkReordered(m.order[i])
	}
	return t
}

func (r *modelRecord) addTo(s *SinkTotals, sink int) {
	isAcked := r.state == acked
	deliveries := r.sinks[sink]
	switch {
	case len(deliveries) > 0 && isAcked:
		s.Delivered++
	case len(deliveries) > 0:
		s.DeliveredUnacked++
	case r.dropped[sink] && isAcked:
		s.Dropped++
	case r.dropped[sink]:
		s.DroppedUnacked++
	case isAcked:
		s.Lost++
		s.Missing++
	default:
		s.Missing++
	}
	for i := 1; i < len(deliveries); i++ {
		s.Duplicated++
		if slices.Contains(deliveries[:i], deliveries[i]) {
			s.DuplicatedByPipeline++
		} else {
			s.DuplicatedByProducer++
		}
	}
}

// putReordered counts the acked records that are stored behind a record of their key with a higher number.
func (m *model) putReordered() (n int64) {
	byKey := map[uint32][]*modelRecord{}
	for _, r := range m.records {
		if r.state == acked {
			byKey[r.key] = append(byKey[r.key], r)
		}
	}
	for _, records := range byKey {
		first := ^Place(0) // of all with a higher number
		for _, r := range slices.Backward(records) {
			if r.places[0] > first {
				n++
			}
			first = min(first, r.places[0])
		}
	}
	return n
}

func sinkReordered(order []*modelRecord) (n int64) {
	highest := map[uint32]uint64{}
	for _, r := range order {
		if last, ok := highest[r.key]; ok && r.number < last {
			n++
			continue
		}
		highest[r.key] = r.number
	}
	return n
}

func (m *model) run(steps int) LedgerTotals {
	for range steps {
		m.step(true)
	}
	for len(m.events) > 0 || m.read[0] < len(m.log) || m.read[1] < len(m.log) {
		m.step(false)
	}
	got := m.l.Totals([]int64{0, 0})
	checkCloses(m.t, got)
	return got
}

func TestLedgerEqualsTheModel(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			m := newModel(t, seed, 30)
			m.quiet = seed == 0
			got := m.run(3000)
			want := m.totals()
			for i := range got.Sinks {
				got.Sinks[i].Drops = nil
				checkOrigins(t, &got.Sinks[i], &want.Sinks[i])
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got\n%+v, want\n%+v", got, want)
			}
		})
	}
}

// checkOrigins allows that the origin of a duplicate is not known any more because its record's chunk is freed, and
// takes those out; one that is told must be right.
func checkOrigins(t *testing.T, got, want *SinkTotals) {
	t.Helper()
	forgotten := got.Duplicated - got.DuplicatedByProducer - got.DuplicatedByPipeline
	producer, pipeline := want.DuplicatedByProducer-got.DuplicatedByProducer, want.DuplicatedByPipeline-got.DuplicatedByPipeline
	if producer < 0 || pipeline < 0 || producer+pipeline != forgotten || forgotten > got.Duplicated/20 {
		t.Errorf("duplicates by producer %d, pipeline %d, forgotten %d; want %d, %d",
			got.DuplicatedByProducer, got.DuplicatedByPipeline, forgotten, want.DuplicatedByProducer, want.DuplicatedByPipeline)
	}
	got.DuplicatedByProducer, got.DuplicatedByPipeline = want.DuplicatedByProducer, want.DuplicatedByPipeline
}

// What is kept is what something can still happen to, however long the run.
func TestLedgerMemoryIsFlat(t *testing.T) {
	m := newModel(t, 99, 30)
	for range 10 {
		for range 1500 {
			m.step(true)
		}
		rest, unfinished := 0, 0
		for i := range m.l.lanes {
			rest += len(m.l.lanes[i].rest)
		}
		for _, r := range m.records {
			if r.state != givenUp && (len(r.sinks[0]) == 0 && !r.dropped[0] || len(r.sinks[1]) == 0 && !r.dropped[1]) {
				unfinished++
			}
		}
		if live := liveChunks(m.l); live > 3*(youngChunks+2) {
			t.Fatalf("after %d records %d chunks are held", len(m.records), live)
		}
		if rest > unfinished {
			t.Fatalf("after %d records %d are kept apart, and %d are not finished", len(m.records), rest, unfinished)
		}
	}
}
