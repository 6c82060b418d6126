package kinesis

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// TestUnread stores records over more than one segment, lets two readers pass some, and expects each reader's rest.
func TestUnread(t *testing.T) {
	s := newStream(t, Config{DropRead: true, Limits: generous()}, "s", 1)
	passed, _ := s.Register("s", "slow")
	ahead, leave := s.Register("s", "quick")
	const n = 3000
	recs := make([]record.Record, n)
	for i := range recs {
		recs[i] = record.Record{Key: "k", Number: uint64(i), Size: 10, Ours: true}
	}
	mustPut(t, s, clock.Epoch, recs)
	passed(0, 5)
	ahead(0, n-1)

	unread := func() map[string][]uint64 {
		got := map[string][]uint64{}
		s.Unread(func(stream, reader string, shard int32, recs []record.Record) {
			of := fmt.Sprint(stream, " ", reader, " ", shard)
			for i := range recs {
				got[of] = append(got[of], recs[i].Number)
			}
		})
		return got
	}
	got := unread()
	if len(got) != 2 || !slices.Equal(got["s quick 0"], []uint64{n - 1}) {
		t.Errorf("the quick reader's rest is %v of %d readers", got["s quick 0"], len(got))
	}
	if slow := got["s slow 0"]; len(slow) != n-5 || slow[0] != 5 || !slices.IsSorted(slow) {
		t.Errorf("the slow reader's rest is %d records", len(slow))
	}
	leave()
	passed(0, n)
	if got := unread(); len(got) != 0 {
		t.Errorf("unread by nobody: %v", got)
	}
}
