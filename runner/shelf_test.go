package runner

import (
	"testing"

	"github.com/wavetank/wavetank/internal/target"
)

// TestAnAggregateLeavesTheShelfInTheEnd follows aggregates until nobody waits for them: they stay for another thousand, and are
// forgotten.
func TestAnAggregateLeavesTheShelfInTheEnd(t *testing.T) {
	const sinks = 2
	times := func(n int, f func(uint64)) func(uint64) {
		return func(number uint64) {
			for range n {
				f(number)
			}
		}
	}
	tests := []struct {
		name string
		life func(s *shelf) []func(uint64)
		goes bool
	}{
		{"stored once and taken", func(s *shelf) []func(uint64) { return []func(uint64){s.stored, s.settled, times(sinks, s.taken)} }, true},
		{"taken before the answer", func(s *shelf) []func(uint64) { return []func(uint64){s.stored, times(sinks, s.taken), s.settled} }, true},
		{"refused", func(s *shelf) []func(uint64) { return []func(uint64){s.settled} }, true},
		{"stored twice and taken twice", func(s *shelf) []func(uint64) {
			return []func(uint64){times(2, s.stored), s.settled, times(2*sinks, s.taken)}
		}, true},
		{"one sink waits", func(s *shelf) []func(uint64) { return []func(uint64){s.stored, s.settled, s.taken} }, false},
		{"one copy is on its way", func(s *shelf) []func(uint64) {
			return []func(uint64){times(2, s.stored), s.settled, times(sinks, s.taken)}
		}, false},
		{"it may be put again", func(s *shelf) []func(uint64) { return []func(uint64){s.stored, times(sinks, s.taken)} }, false},
	}
	for _, test := range tests {
		s := newShelf(7)
		s.sinks = sinks
		holds := func(number uint64) bool {
			return len(s.open(nil, &target.Record{Lane: 7, Number: number})) > 0
		}
		for number := range uint64(doneKept + 1) {
			s.put(number, []target.Entry{{Number: number}, {Number: number + 1}})
			for _, f := range test.life(s) {
				f(number)
			}
		}
		if !holds(1) || !holds(doneKept) {
			t.Errorf("%s: it is gone while others may still ask", test.name)
		}
		if gone := !holds(0); gone != test.goes {
			t.Errorf("%s: gone %t", test.name, gone)
		}
	}
}

// TestTheShelfKnowsThePlace opens an aggregate as it came out.
func TestTheShelfKnowsThePlace(t *testing.T) {
	s := newShelf(7)
	s.put(3, []target.Entry{{Lane: 1, Number: 10, Size: 100}, {Lane: 0, Number: 20, Size: 200}})
	got := s.open(nil, &target.Record{Lane: 7, Number: 3, Arrival: 4, Seq: 5, Shard: 6})
	want := []target.Record{
		{Lane: 1, Number: 10, Size: 100, Arrival: 4, Seq: 5, Shard: 6, Ours: true}, {Number: 20, Size: 200, Arrival: 4, Seq: 5, Shard: 6, Ours: true},
	}
	for i := range want {
		if len(got) != len(want) || got[i].Lane != want[i].Lane || got[i].Number != want[i].Number || got[i].Size != want[i].Size ||
			got[i].Arrival != 4 || got[i].Seq != 5 || got[i].Shard != 6 || !got[i].Ours {
			t.Fatalf("opened %+v, want %+v", got, want)
		}
	}
}
