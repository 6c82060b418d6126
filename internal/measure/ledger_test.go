package measure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twoSinks is a ledger of one lane, ten keys and two sinks.
func twoSinks(t *testing.T) *Ledger {
	t.Helper()
	l, err := NewLedger(LedgerConfig{
		Sinks: []SinkConfig{{Name: "function", Kind: "lambda"}, {Name: "bucket", Kind: "firehose"}}, Lanes: 1, Keys: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// enter enters a batch.
func enter(l *Ledger, entries func(b *Batch)) {
	b := l.Begin()
	defer b.End()
	entries(b)
}

// at is a place in shard 0.
func at(position uint64) Place { return PlaceOf(0, position) }

// deliver enters one delivery at both sinks.
func deliver(b *Batch, number uint64, place Place) {
	b.Delivered(0, 0, number, place)
	b.Delivered(1, 0, number, place)
}

func TestDeliveredTellsWhenTheRecordWasDue(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.Offered(0, 0, 42, 0)
		b.Acked(0, 0, at(0))
		if due, outcome := b.Delivered(0, 0, 0, at(0)); due != 42 || outcome != First {
			t.Errorf("the first delivery is %d, %d", due, outcome)
		}
		if due, outcome := b.Delivered(0, 0, 0, at(0)); due != 42 || outcome != Again {
			t.Errorf("the second delivery is %d, %d", due, outcome)
		}
		if _, outcome := b.Delivered(0, 0, 1, at(1)); outcome != NotOurs {
			t.Errorf("a record that was not offered is %d", outcome)
		}
	})
}

func TestUnobservedSinksHoldNothing(t *testing.T) {
	l, err := NewLedger(LedgerConfig{Sinks: []SinkConfig{{Name: "dark", Unobserved: true}}, Lanes: 1, Keys: 1})
	if err != nil {
		t.Fatal(err)
	}
	enter(l, func(b *Batch) {
		for n := range uint64(3 * chunkSize) {
			b.Offered(0, n, 0, 0)
			b.Acked(0, n, at(n))
		}
	})
	got := l.Totals(nil)
	want := []SinkTotals{{Name: "dark"}}
	if diff := cmp.Diff(want, got.Sinks); diff != "" {
		t.Errorf("sinks (-want +got):\n%s", diff)
	}
	if n := liveChunks(l); n != 0 {
		t.Errorf("%d chunks are held", n)
	}
}

func TestMissingNamesRecords(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		for n := range uint64(5) {
			b.Offered(0, n, int64(n)*10, 0)
		}
		b.Acked(0, 0, at(0))
		b.Acked(0, 1, at(1))
		b.GivenUp(0, 2)
		b.Unknown(0, 3)
		b.Delivered(0, 0, 0, at(0))
	})
	want := []Missed{{0, 1, 10, true}, {0, 3, 30, false}}
	if diff := cmp.Diff(want, l.Missing(0, 2)); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

func TestLedgerRefusesWhatItCannotFollow(t *testing.T) {
	tests := map[string]struct {
		config LedgerConfig
		want   string
	}{
		"too many sinks": {LedgerConfig{Lanes: 1, Sinks: make([]SinkConfig, 13)}, "13 sinks: at most 12"},
		"no lane":        {LedgerConfig{}, "0 lanes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := NewLedger(test.config); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestTotalsMerge(t *testing.T) {
	a := LedgerTotals{Offered: 3, Acked: 3, Sinks: []SinkTotals{{Name: "b", Observed: true, Delivered: 3, Drops: []Drop{{"x", 1}}}}}
	b := LedgerTotals{Offered: 2, Acked: 1, GivenUp: 1, Sinks: []SinkTotals{
		{Name: "a", Observed: true, Delivered: 1}, {Name: "b", Observed: true, Delivered: 1, Drops: []Drop{{"x", 2}, {"w", 1}}},
	}}
	a.Merge(b)
	want := LedgerTotals{Offered: 5, Acked: 4, GivenUp: 1, Sinks: []SinkTotals{
		{Name: "a", Observed: true, Delivered: 1}, {Name: "b", Observed: true, Delivered: 4, Drops: []Drop{{"w", 1}, {"x", 3}}},
	}}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
}

func liveChunks(l *Ledger) (n int) {
	for i := range l.lanes {
		for _, c := range l.lanes[i].chunks {
			if c != nil {
				n++
			}
		}
	}
	return n
}
