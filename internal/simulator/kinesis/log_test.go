package kinesis

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// TestLogAgainstASlice drives a log and a plain slice with the same random steps and compares them: records of bytes that are
// packed, and mixed ones of which from some position on none is.
func TestLogAgainstASlice(t *testing.T) {
	for name, packed := range map[string]int{"packed": 1 << 40, "mixed from the beginning": 0, "mixed later": 5000} {
		t.Run(name, func(t *testing.T) { logAgainstASlice(t, packed) })
	}
}

func logAgainstASlice(t *testing.T, packed int) {
	r := rand.New(rand.NewPCG(5, 6))
	l := log{plain: packed == 0, number: 4}
	var free freeList
	var all []record.Record // every record ever; position = index
	first := 0
	for step := range 3000 {
		switch r.IntN(4) {
		case 0, 1:
			for range r.IntN(200) {
				rec := record.Record{Key: "k", Size: int32(r.IntN(50)), Arrival: int64(len(all) / 3), Seq: l.next}
				if len(all) < packed || len(all) > packed && r.IntN(3) == 0 {
					rec.Data = []byte(fmt.Sprint(len(all)))
					rec.Size, rec.Shard = int32(len(rec.Data)), 4
					rec.Hash, rec.Lane, rec.Explicit = HashKey("k"), 7, len(all)%5 == 0
					if rec.Ours = len(all)%2 == 0; rec.Ours {
						rec.Number = uint64(len(all))
					} else {
						rec.Due = int64(len(all)) % 3
					}
				}
				l.add(&rec, &free)
				all = append(all, rec)
			}
		case 2:
			pos := first + r.IntN(len(all)-first+1)
			most := 1 + r.IntN(3000)
			got, _ := l.read(uint64(pos), most, 1<<40, nil)
			want := all[pos:min(len(all), pos+most)]
			if len(got) != len(want) {
				t.Fatalf("step %d: read %d from %d: got %d records, want %d", step, most, pos, len(got), len(want))
			}
			for i := range got {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Fatalf("step %d: record %d of a read from %d is %+v, want %+v", step, i, pos, got[i], want[i])
				}
			}
		case 3:
			if r.IntN(3) > 0 {
				pos := first + r.IntN(len(all)-first+1)
				l.drop(uint64(pos), &free)
				first = pos
			}
		}
		var held int64
		for i := range all[first:] {
			held += cost(&all[first+i])
			if first+i < packed {
				held -= recordCost - packedCost
			}
		}
		if l.held != held || l.first != uint64(first) || l.next != uint64(len(all)) {
			t.Fatalf("step %d: held %d first %d next %d, want %d %d %d", step, l.held, l.first, l.next, held, first, len(all))
		}
		if first < len(all) {
			at := r.Int64N(int64(len(all)/3) + 2)
			want := first
			for want < len(all) && all[want].Arrival < at {
				want++
			}
			if got := l.since(at); got != uint64(want) {
				t.Fatalf("step %d: since(%d) = %d, want %d", step, at, got, want)
			}
		}
	}
}

func TestLogReadStopsAtTheBytes(t *testing.T) {
	var l log
	var free freeList
	for range 10 {
		l.add(&record.Record{Key: "kk", Size: 98}, &free)
	}
	tests := []struct {
		name string
		room int64
		want int
	}{
		{"nothing fits: one is given all the same", 1, 1},
		{"exactly three", 300, 3},
		{"a byte short of three", 299, 2},
		{"all", 1000, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, bytes := l.read(0, 100, tt.room, nil)
			if len(got) != tt.want || bytes != int64(100*tt.want) {
				t.Errorf("got %d records, %d bytes, want %d", len(got), bytes, tt.want)
			}
		})
	}
}
