package measure

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// One key of which many records are always in flight: they are stored in a shuffled order and acked in another.
func TestOrderOfABusyKey(t *testing.T) {
	for _, window := range []int{1, 2, 10, 300} {
		t.Run(fmt.Sprint(window, " in flight"), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(window), 3))
			o := newOrder(1)
			places := make(map[uint64]Place)
			var inFlight, toAck []uint64
			var next, position uint64
			highestSteps := 0
			for len(places) < 20_000 {
				for len(inFlight)+len(toAck) < window {
					inFlight = append(inFlight, next)
					o.keys[0].open++
					o.keys[0].offered = next
					next++
				}
				if len(inFlight) > 0 && rng.IntN(2) == 0 {
					n := takeAny(rng, &inFlight)
					places[n] = Place(position + 1)
					position++
					toAck = append(toAck, n)
				} else if len(toAck) > 0 {
					n := takeAny(rng, &toAck)
					o.settle(0, n, places[n])
				}
				if s := o.keys[0].stair; s != nil {
					highestSteps = max(highestSteps, len(s.steps))
				}
			}
			for _, n := range toAck {
				o.settle(0, n, places[n])
			}
			if want := behind(places, next); o.reordered != want {
				t.Errorf("reordered is %d, want %d", o.reordered, want)
			}
			if limit := 4*window + 2*closeSteps; highestSteps > limit {
				t.Errorf("%d steps were kept, want at most %d", highestSteps, limit)
			}
		})
	}
}

// behind counts the records that are stored behind one with a higher number.
func behind(places map[uint64]Place, next uint64) (n int64) {
	first := ^Place(0)
	for number := int64(next) - 1; number >= 0; number-- {
		place, ok := places[uint64(number)]
		if !ok {
			continue
		}
		if place > first {
			n++
		}
		first = min(first, place)
	}
	return n
}

func takeAny(rng *rand.Rand, from *[]uint64) uint64 {
	i := rng.IntN(len(*from))
	n := (*from)[i]
	*from = append((*from)[:i], (*from)[i+1:]...)
	return n
}

// Unbounded keys share slots: what is counted is then a lower bound, and says so.
func TestOrderOfUnboundedKeys(t *testing.T) {
	l, err := NewLedger(LedgerConfig{Sinks: []SinkConfig{{Name: "a"}}, Lanes: 1})
	if err != nil {
		t.Fatal(err)
	}
	swap := func(first uint64, key uint32) {
		enter(l, func(b *Batch) {
			b.Offered(0, first, 0, key)
			b.Offered(0, first+1, 0, key)
			b.Acked(0, first+1, at(first))
			b.Acked(0, first, at(first+1))
			b.Delivered(0, 0, first+1, at(first))
			b.Delivered(0, 0, first, at(first+1))
		})
	}
	swap(0, 5)
	if got := l.Totals(nil); got.PutReordered != 1 || got.Sinks[0].Reordered != 1 || got.Sinks[0].ReorderedBounded {
		t.Errorf("after one key: %+v", got)
	}
	for i := range uint32(2 * hashedSlots) {
		swap(2+2*uint64(i), i*2654435761)
	}
	got := l.Totals(nil)
	if n := int64(1 + 2*hashedSlots); got.PutReordered != n || got.Sinks[0].Reordered != n || !got.Sinks[0].ReorderedBounded {
		t.Errorf("after %d keys: %+v", n, got)
	}
	checkCloses(t, got)
}

// A key moves to a shard with a higher number when its own is split or merged: its order goes on there, and what is stored
// in the old shard after all, or in the new one too late, is still seen.
func TestOrderOfAKeyOverAReshard(t *testing.T) {
	tests := []struct {
		name   string
		places []Place // of the records, by number
		want   int64
	}{
		{"split", []Place{PlaceOf(1, 100), PlaceOf(1, 101), PlaceOf(3, 0), PlaceOf(3, 1)}, 0},
		{"split and merged", []Place{PlaceOf(1, 100), PlaceOf(3, 0), PlaceOf(4, 0), PlaceOf(4, 1)}, 0},
		{"overtaken in the child", []Place{PlaceOf(1, 100), PlaceOf(3, 1), PlaceOf(3, 0), PlaceOf(3, 2)}, 1},
		{"the later one was in the parent", []Place{PlaceOf(1, 100), PlaceOf(3, 0), PlaceOf(1, 101), PlaceOf(3, 1)}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := newOrder(1)
			o.keys[0].open, o.keys[0].offered = int32(len(test.places)), uint64(len(test.places)-1)
			for _, number := range []int{2, 0, 3, 1} { // acks come in any order
				o.settle(0, uint64(number), test.places[number])
			}
			if o.reordered != test.want {
				t.Errorf("reordered is %d, want %d", o.reordered, test.want)
			}
		})
	}
}
