package record_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// began gives the shards whose turn has come, with where they begin.
func began(l *record.Lineage) (turns []string) {
	for _, t := range l.Ready() {
		turns = append(turns, fmt.Sprint(t.Number, " ", t.At.Type))
	}
	return turns
}

func expect(t *testing.T, l *record.Lineage, when string, want ...string) {
	t.Helper()
	if got := began(l); !slices.Equal(got, want) {
		t.Fatalf("%s: %q begin, want %q", when, got, want)
	}
}

func TestLineageReadsParentsBeforeChildren(t *testing.T) {
	// 0 was split into 2 and 3; 1 and 3 were merged into 4. Shard 9, a parent of 1, is no longer listed.
	shards := []record.Shard{
		{Number: 4, Parents: []int32{1, 3}}, // the order of a listing is nobody's promise
		{Number: 0, Closed: true},
		{Number: 1, Parents: []int32{9}, Closed: true},
		{Number: 2, Parents: []int32{0}},
		{Number: 3, Parents: []int32{0}, Closed: true},
	}
	l := record.NewLineage(record.Position{Type: record.TrimHorizon})
	if over := l.Add(shards); over != nil {
		t.Errorf("%v passed over", over)
	}
	expect(t, l, "at first", "0 TRIM_HORIZON", "1 TRIM_HORIZON")
	expect(t, l, "asked again")
	if l.Finish(1, []int32{4}) {
		t.Error("all that follows 1 is known, and is to be listed")
	}
	expect(t, l, "one of two parents is over")
	l.Finish(1, []int32{4})
	expect(t, l, "the same parent is over again")
	l.Finish(0, []int32{2, 3})
	expect(t, l, "the split shard is over", "2 TRIM_HORIZON", "3 TRIM_HORIZON")
	l.Finish(3, []int32{4})
	expect(t, l, "both parents are over", "4 TRIM_HORIZON")
	if !l.Finish(2, []int32{5, 6}) || !l.Finish(4, nil) {
		t.Error("shards that are not known, or not named, need not be listed")
	}
	l.Add(append(shards, record.Shard{Number: 5, Parents: []int32{2}}))
	expect(t, l, "the parent was over before", "5 TRIM_HORIZON")
}

func TestLineageBeginsByItsStartingPosition(t *testing.T) {
	first := []record.Shard{{Number: 0, Closed: true}, {Number: 1, Parents: []int32{0}}, {Number: 2}}
	later := append(slices.Clone(first), record.Shard{Number: 3, Parents: []int32{1}, Closed: true}, record.Shard{Number: 4, Parents: []int32{3}})
	tests := []struct {
		start             string
		first, next, over []string
	}{
		{record.Latest, []string{"1 LATEST", "2 LATEST"}, nil, []string{"0"}},
		{record.TrimHorizon, []string{"0 TRIM_HORIZON", "2 TRIM_HORIZON"}, []string{"1 TRIM_HORIZON"}, nil},
		{record.AtTimestamp, []string{"0 AT_TIMESTAMP", "2 AT_TIMESTAMP"}, []string{"1 AT_TIMESTAMP"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.start, func(t *testing.T) {
			l := record.NewLineage(record.Position{Type: tt.start})
			var over []string
			for _, s := range l.Add(first) {
				over = append(over, fmt.Sprint(s.Number))
			}
			if !slices.Equal(over, tt.over) {
				t.Errorf("%q passed over, want %q", over, tt.over)
			}
			expect(t, l, "first", tt.first...)
			l.Finish(0, []int32{1})
			expect(t, l, "then", tt.next...)
			l.Finish(1, []int32{3})
			if over := l.Add(later); over != nil {
				t.Errorf("%v passed over, which came after the start", over)
			}
			expect(t, l, "what came later, closed or not", "3 TRIM_HORIZON")
			l.Finish(3, []int32{4})
			expect(t, l, "and what follows that", "4 TRIM_HORIZON")
		})
	}
}

// world is a stream of shards over a hash space of 64 keys, each its own hash, that splits and merges by chance.
type world struct {
	rand    *rand.Rand
	shards  []*worldShard // by number
	expired int           // the first so many are not listed
	next    [64]int       // by key: the number of its next record
	now     int64
}

type worldShard struct {
	record.Shard
	from, to int // keys [from, to)
	log      []entry
	children []int32
}

type entry struct {
	key, number int
	at          int64
}

func newWorld(r *rand.Rand) *world {
	w := &world{rand: r}
	w.open(0, 32)
	w.open(32, 64)
	return w
}

func (w *world) open(from, to int, parents ...*worldShard) {
	s := &worldShard{Shard: record.Shard{Number: int32(len(w.shards))}, from: from, to: to}
	for _, p := range parents {
		p.Closed = true
		p.children = append(p.children, s.Number)
		s.Parents = append(s.Parents, p.Number)
	}
	w.shards = append(w.shards, s)
}

func (w *world) opened() (open []*worldShard) {
	for _, s := range w.shards {
		if !s.Closed {
			open = append(open, s)
		}
	}
	slices.SortFunc(open, func(a, b *worldShard) int { return a.from - b.from })
	return open
}

// step puts a few records, or now and then reshards.
func (w *world) step() {
	w.now++
	open := w.opened()
	i := w.rand.IntN(len(open))
	s := open[i]
	switch {
	case w.rand.IntN(4) > 0:
		for range w.rand.IntN(20) {
			key := w.rand.IntN(64)
			for _, s := range open {
				if s.from <= key && key < s.to {
					s.log = append(s.log, entry{key, w.next[key], w.now})
				}
			}
			w.next[key]++
		}
	case w.rand.IntN(2) == 0 && s.to-s.from > 1:
		middle := s.from + 1 + w.rand.IntN(s.to-s.from-1)
		w.open(s.from, middle, s)
		w.open(middle, s.to, s)
	case i > 0:
		w.open(open[i-1].from, s.to, open[i-1], s)
	}
}

func (w *world) list() (shards []record.Shard) {
	for _, s := range w.shards[w.expired:] {
		shards = append(shards, s.Shard)
	}
	w.rand.Shuffle(len(shards), func(i, j int) { shards[i], shards[j] = shards[j], shards[i] })
	return shards
}

func (w *world) position(shard int32, at record.Position) int {
	s := w.shards[shard]
	switch at.Type {
	case record.Latest:
		return len(s.log)
	case record.AtTimestamp:
		i, _ := slices.BinarySearchFunc(s.log, at.At.UnixNano(), func(e entry, at int64) int { return int(e.at - at) })
		return i
	}
	return 0
}

// reading is a reader of a world: its shards in any order, as far as the lineage lets it.
type reading struct {
	w       *world
	lineage *record.Lineage
	at      map[int32]int // of the shards that are being read
	got     map[[2]int]int
	last    [64]int // by key: the next number that may come
}

func (r *reading) begin() {
	for _, t := range r.lineage.Ready() {
		r.at[t.Number] = r.w.position(t.Number, t.At)
	}
}

// step reads a little of one shard. It returns an error where a key comes out of order.
func (r *reading) step() error {
	var numbers []int32
	for n := range r.at {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	n := numbers[r.w.rand.IntN(len(numbers))]
	s := r.w.shards[n]
	from := r.at[n]
	to := min(len(s.log), from+r.w.rand.IntN(30))
	for _, e := range s.log[from:to] {
		r.got[[2]int{e.key, e.number}]++
		if e.number < r.last[e.key] {
			return fmt.Errorf("record %d of key %d from shard %d after record %d", e.number, e.key, n, r.last[e.key]-1)
		}
		r.last[e.key] = e.number + 1
	}
	r.at[n] = to
	if to == len(s.log) && s.Closed {
		delete(r.at, n)
		if r.lineage.Finish(n, s.children) {
			r.lineage.Add(r.w.list())
		}
		r.begin()
	}
	return nil
}

// wanted are the records that a reader has to get which begins now.
func (w *world) wanted(start record.Position, first [64]int) map[[2]int]int {
	all := map[[2]int]int{}
	for _, s := range w.shards[w.expired:] {
		for _, e := range s.log {
			if start.Type == record.TrimHorizon || start.Type == record.AtTimestamp && e.at >= start.At.UnixNano() || start.Type == record.Latest && e.number >= first[e.key] {
				all[[2]int{e.key, e.number}]++
			}
		}
	}
	return all
}

// TestLineageReadsEachRecordOnceAndEachKeyInOrder reads streams of random histories, from random places on, in random order.
func TestLineageReadsEachRecordOnceAndEachKeyInOrder(t *testing.T) {
	for seed := range uint64(300) {
		w := newWorld(rand.New(rand.NewPCG(seed, 1)))
		for range w.rand.IntN(60) {
			w.step()
		}
		for w.rand.IntN(2) == 0 && w.expired < len(w.shards) && w.shards[w.expired].Closed {
			w.expired++
		}
		start := record.Position{Type: []string{record.TrimHorizon, record.Latest, record.AtTimestamp}[seed%3], At: time.Unix(0, w.now/2)}
		first := w.next
		r := &reading{w: w, lineage: record.NewLineage(start), at: map[int32]int{}, got: map[[2]int]int{}}
		r.lineage.Add(w.list())
		r.begin()
		for i := range 4000 {
			if i < 200 && w.rand.IntN(3) == 0 {
				w.step()
			}
			if err := r.step(); err != nil {
				t.Fatalf("seed %d, %s: %v", seed, start.Type, err)
			}
		}
		want := w.wanted(start, first)
		for id := range want {
			if n := r.got[id]; n != 1 {
				t.Fatalf("seed %d, %s: record %d of key %d came %d times", seed, start.Type, id[1], id[0], n)
			}
		}
		if len(r.got) != len(want) {
			t.Fatalf("seed %d, %s: %d records came, want %d", seed, start.Type, len(r.got), len(want))
		}
	}
}

// A shard that has expired since it was listed is over, and one whose place could not be found keeps its turn.
func TestLineageStartsWhatHasAPlace(t *testing.T) {
	l := record.NewLineage(record.Position{Type: record.TrimHorizon})
	l.Add([]record.Shard{{Number: 0, Closed: true}, {Number: 1}, {Number: 2}, {Number: 3, Parents: []int32{0}}})
	failing, broken := true, errors.New("broken")
	var begun []int32
	start := func() error {
		return l.Start(func(shard int32, _ record.Position) (uint64, error) {
			switch {
			case shard == 0:
				return 0, fmt.Errorf("shard 0: %w", record.ErrNotFound)
			case shard == 1 && failing:
				return 0, broken
			}
			return uint64(shard) * 10, nil
		}, func(shard int32, from uint64) {
			if from != uint64(shard)*10 {
				t.Errorf("shard %d begins at %d", shard, from)
			}
			begun = append(begun, shard)
		})
	}
	if err := start(); !errors.Is(err, broken) || len(begun) > 0 {
		t.Errorf("begun %d, %v", begun, err)
	}
	failing = false
	if err := start(); err != nil || !slices.Equal(begun, []int32{1, 2, 3}) {
		t.Errorf("begun %d, %v", begun, err)
	}
}
