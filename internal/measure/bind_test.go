package measure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBindBeforeDelivery(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.Offered(0, 0, 42, 1)
		if joined := b.Bind(0, 0, at(5)); joined != nil {
			t.Errorf("joined %v, want none", joined)
		}
		b.Acked(0, 0, at(5))
		if due, outcome := b.DeliveredAt(0, at(5), 100); due != 42 || outcome != First {
			t.Errorf("first delivery: %d, %d", due, outcome)
		}
		if _, outcome := b.DeliveredAt(0, at(5), 101); outcome != Again {
			t.Errorf("second delivery: %d", outcome)
		}
	})
	got := l.Totals([]int64{0, 0})
	want := SinkTotals{
		Name: "function", Kind: "lambda", Observed: true, Delivered: 1, Duplicated: 1, DuplicatedByPipeline: 1,
	}
	if diff := cmp.Diff(want, got.Sinks[1]); diff != "" {
		t.Errorf("function (-want +got):\n%s", diff)
	}
}

func TestDeliveryBeforeBind(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.Offered(0, 0, 42, 1)
		b.DeliveredAt(0, at(5), 100)
		b.DeliveredAt(1, at(5), 101)
		if _, outcome := b.DeliveredAt(1, at(5), 102); outcome != Waiting {
			t.Errorf("a delivery before its ack is %d", outcome)
		}
	})
	if got := l.Totals(nil).Unattributed; got != 3 {
		t.Errorf("%d deliveries are unattributed, want 3", got)
	}
	enter(l, func(b *Batch) {
		want := []Joined{{0, 100, First}, {1, 101, First}, {1, 102, Again}}
		if diff := cmp.Diff(want, b.Bind(0, 0, at(5))); diff != "" {
			t.Errorf("joined (-want +got):\n%s", diff)
		}
		b.Acked(0, 0, at(5))
	})
	got := l.Totals([]int64{0, 0})
	if got.Unattributed != 0 || got.Sinks[0].Delivered != 1 || got.Sinks[0].DuplicatedByPipeline != 1 || got.Sinks[1].Delivered != 1 {
		t.Errorf("totals are %+v", got)
	}
	checkCloses(t, got)
}

func TestMarkersAreIgnored(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.DeliveredAt(0, at(0), 1) // a marker that came out before its ack
		b.Ignore(at(0))
		if _, outcome := b.DeliveredAt(1, at(0), 2); outcome != NotOurs {
			t.Errorf("a marker's delivery is %d", outcome)
		}
	})
	if got := l.Totals([]int64{0, 0}); got.Unattributed != 0 || got.Sinks[0].Duplicated != 0 {
		t.Errorf("totals are %+v", got)
	}
}

// A retry after a cut-off answer stores the record at two places, and only the second is ever acknowledged: what comes
// from the first cannot be told from somebody else's record, so it is counted as unattributed.
func TestUnacknowledgedPlacesAreUnattributed(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.Offered(0, 0, 42, 1)
		b.Unanswered(0, 0) // stored at 0
		b.Bind(0, 0, at(1))
		b.Acked(0, 0, at(1))
		for sink := range 2 {
			b.DeliveredAt(sink, at(0), 100)
			b.DeliveredAt(sink, at(1), 101)
		}
	})
	if got := l.Totals([]int64{0, 0}); got.Unattributed != 2 || got.Sinks[0].Delivered != 1 || got.Sinks[0].Duplicated != 0 {
		t.Errorf("totals are %+v", got)
	}
}

func TestPlacesAreForgottenWithTheirRecords(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		for n := range uint64(3 * chunkSize) {
			b.Offered(0, n, 0, 1)
			b.Bind(0, n, at(n))
			b.Acked(0, n, at(n))
			b.DeliveredAt(0, at(n), 0)
			b.DeliveredAt(1, at(n), 0)
		}
	})
	if len(l.bound) != 0 || liveChunks(l) != 0 {
		t.Errorf("%d places and %d chunks are held", len(l.bound), liveChunks(l))
	}
}

func TestPlacesOrderAsTheirShards(t *testing.T) {
	ordered := []Place{0, PlaceOf(-1, 0), PlaceOf(-1, 1), PlaceOf(0, 0), PlaceOf(0, 1<<44-1), PlaceOf(1, 0), PlaceOf(1<<20-3, 7)}
	for i := 1; i < len(ordered); i++ {
		if ordered[i-1] >= ordered[i] {
			t.Errorf("place %d is not below place %d", i-1, i)
		}
	}
}

// A drop is known by its place as a delivery is, once that is bound.
func TestDroppedAtAPlace(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.Offered(0, 0, 42, 1)
		b.DroppedAt(0, at(5), "too early")
		b.Bind(0, 0, at(5))
		b.Acked(0, 0, at(5))
		b.Ignore(at(6))
		b.DroppedAt(0, at(5), "the backup")
		b.DroppedAt(0, at(6), "a marker")
	})
	s := l.Totals(nil).Sinks[1] // by name
	if diff := cmp.Diff([]Drop{{"the backup", 1}}, s.Drops); diff != "" || s.Dropped != 1 {
		t.Errorf("%d dropped (-want +got):\n%s", s.Dropped, diff)
	}
}
