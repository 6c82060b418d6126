package measure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Three records of one key are offered; each row says what else happens, and what must be found.
func TestLedgerFindsFaults(t *testing.T) {
	ackAll := func(b *Batch) {
		for n := range uint64(3) {
			b.Acked(0, n, at(n))
		}
	}
	tests := map[string]struct {
		happens func(b *Batch)
		held    []int64
		ledger  LedgerTotals  // without sinks
		sinks   [2]SinkTotals // without name, kind and observed
	}{
		"nothing goes wrong": {
			happens: func(b *Batch) {
				ackAll(b)
				for n := range uint64(3) {
					deliver(b, n, at(n))
				}
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks:  [2]SinkTotals{{Delivered: 3}, {Delivered: 3}},
		},
		"a delivery is lost at one sink": {
			happens: func(b *Batch) {
				ackAll(b)
				deliver(b, 0, at(0))
				b.Delivered(0, 0, 1, at(1))
				deliver(b, 2, at(2))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks:  [2]SinkTotals{{Delivered: 3}, {Delivered: 2, Lost: 1, Missing: 1}},
		},
		"a delivery is still held": {
			happens: func(b *Batch) {
				ackAll(b)
				deliver(b, 0, at(0))
				b.Delivered(0, 0, 1, at(1))
				deliver(b, 2, at(2))
			},
			held:   []int64{0, 1},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks:  [2]SinkTotals{{Delivered: 3}, {Delivered: 2, Pending: 1, Missing: 1}},
		},
		"a delivery is doubled": {
			happens: func(b *Batch) {
				ackAll(b)
				deliver(b, 0, at(0))
				deliver(b, 1, at(1))
				b.Delivered(1, 0, 1, at(1))
				deliver(b, 2, at(2))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks:  [2]SinkTotals{{Delivered: 3}, {Delivered: 3, Duplicated: 1, DuplicatedByPipeline: 1}},
		},
		"two deliveries are swapped": {
			happens: func(b *Batch) {
				ackAll(b)
				deliver(b, 0, at(0))
				b.Delivered(0, 0, 1, at(1))
				deliver(b, 2, at(2))
				b.Delivered(1, 0, 1, at(1))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks:  [2]SinkTotals{{Delivered: 3}, {Delivered: 3, Reordered: 1}},
		},
		"an answer is cut off, and the retry stores the record again": {
			happens: func(b *Batch) {
				b.Acked(0, 0, at(0))
				b.Unanswered(0, 1) // stored at 1, and again at 2
				b.Acked(0, 1, at(2))
				b.Acked(0, 2, at(3))
				deliver(b, 0, at(0))
				deliver(b, 1, at(1))
				deliver(b, 1, at(2))
				deliver(b, 2, at(3))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3, StoredTwice: 1},
			sinks: [2]SinkTotals{
				{Delivered: 3, Duplicated: 1, DuplicatedByProducer: 1}, {Delivered: 3, Duplicated: 1, DuplicatedByProducer: 1},
			},
		},
		"stored twice, and one of the two delivered twice": {
			happens: func(b *Batch) {
				b.Arrived(0, 0, at(0))
				b.Unanswered(0, 0)
				b.Arrived(0, 0, at(1))
				b.Acked(0, 0, at(1))
				b.Acked(0, 1, at(2))
				b.Acked(0, 2, at(3))
				deliver(b, 0, at(0))
				deliver(b, 0, at(1))
				b.Delivered(0, 0, 0, at(0))
				b.Delivered(1, 0, 0, at(1))
				deliver(b, 1, at(2))
				deliver(b, 2, at(3))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3, StoredTwice: 1},
			sinks: [2]SinkTotals{
				{Delivered: 3, Duplicated: 2, DuplicatedByProducer: 1, DuplicatedByPipeline: 1},
				{Delivered: 3, Duplicated: 2, DuplicatedByProducer: 1, DuplicatedByPipeline: 1},
			},
		},
		"an answer is cut off and nothing is retried": {
			happens: func(b *Batch) {
				b.Acked(0, 0, at(0))
				b.Unanswered(0, 1)
				b.Unknown(0, 1)
				b.Acked(0, 2, at(2))
				for n := range uint64(3) {
					deliver(b, n, at(n))
				}
			},
			ledger: LedgerTotals{Offered: 3, Acked: 2, Unknown: 1},
			sinks:  [2]SinkTotals{{Delivered: 2, DeliveredUnacked: 1}, {Delivered: 2, DeliveredUnacked: 1}},
		},
		"an answer comes late": {
			happens: func(b *Batch) {
				b.Acked(0, 0, at(0))
				b.Unknown(0, 1)
				deliver(b, 0, at(0))
				deliver(b, 1, at(1))
				b.Acked(0, 1, at(1))
				b.Acked(0, 2, at(2))
				deliver(b, 2, at(2))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks:  [2]SinkTotals{{Delivered: 3}, {Delivered: 3}},
		},
		"a record is given up": {
			happens: func(b *Batch) {
				b.Acked(0, 0, at(0))
				b.GivenUp(0, 1)
				b.Acked(0, 2, at(1))
				deliver(b, 0, at(0))
				deliver(b, 2, at(1))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 2, GivenUp: 1},
			sinks:  [2]SinkTotals{{Delivered: 2, Missing: 1}, {Delivered: 2, Missing: 1}},
		},
		"a refusal was a lie": {
			happens: func(b *Batch) {
				b.Acked(0, 0, at(0))
				b.GivenUp(0, 1)
				b.Acked(0, 2, at(2))
				for n := range uint64(3) {
					deliver(b, n, at(n))
				}
			},
			ledger: LedgerTotals{Offered: 3, Acked: 2, GivenUp: 1},
			sinks:  [2]SinkTotals{{Delivered: 2, DeliveredUnacked: 1}, {Delivered: 2, DeliveredUnacked: 1}},
		},
		"a record is dropped on purpose": {
			happens: func(b *Batch) {
				ackAll(b)
				deliver(b, 0, at(0))
				b.Dropped(0, 0, 1, "dead-letters")
				b.Delivered(1, 0, 1, at(1))
				deliver(b, 2, at(2))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks: [2]SinkTotals{
				{Delivered: 2, Dropped: 1, Drops: []Drop{{"dead-letters", 1}}}, {Delivered: 3},
			},
		},
		"a retry stores a record behind the next one of its key": {
			happens: func(b *Batch) {
				b.Acked(0, 0, at(0))
				b.Acked(0, 2, at(1))
				b.Acked(0, 1, at(2))
				deliver(b, 0, at(0))
				deliver(b, 2, at(1))
				deliver(b, 1, at(2))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3, PutReordered: 1},
			sinks:  [2]SinkTotals{{Delivered: 3, Reordered: 1}, {Delivered: 3, Reordered: 1}},
		},
		"the run ends with a record in flight": {
			happens: func(b *Batch) {
				b.Acked(0, 0, at(0))
				b.Acked(0, 1, at(1))
				deliver(b, 0, at(0))
				deliver(b, 1, at(1))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 2, Unknown: 1},
			sinks:  [2]SinkTotals{{Delivered: 2, Missing: 1}, {Delivered: 2, Missing: 1}},
		},
		"deliveries without a place are doubled": {
			happens: func(b *Batch) {
				ackAll(b)
				b.Unanswered(0, 1)
				for range 2 {
					deliver(b, 0, 0) // was sent once
					deliver(b, 1, 0) // may have been stored twice
				}
				deliver(b, 2, 0)
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks: [2]SinkTotals{
				{Delivered: 3, Duplicated: 2, DuplicatedByPipeline: 1, Reordered: 0},
				{Delivered: 3, Duplicated: 2, DuplicatedByPipeline: 1, Reordered: 0},
			},
		},
		"somebody else's record is delivered": {
			happens: func(b *Batch) {
				ackAll(b)
				for n := range uint64(4) {
					deliver(b, n, at(n))
				}
				b.Delivered(0, 7, 0, at(9))
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3},
			sinks:  [2]SinkTotals{{Delivered: 3}, {Delivered: 3}},
		},
		"an answer comes for a record that was never offered": {
			happens: func(b *Batch) {
				ackAll(b)
				b.Acked(0, 3, at(3))
				b.GivenUp(0, 3)
				for n := range uint64(3) {
					deliver(b, n, at(n))
				}
			},
			ledger: LedgerTotals{Offered: 3, Acked: 3, Strays: 2},
			sinks:  [2]SinkTotals{{Delivered: 3}, {Delivered: 3}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := twoSinks(t)
			enter(l, func(b *Batch) {
				for n := range uint64(3) {
					b.Offered(0, n, int64(n), 1)
				}
				test.happens(b)
			})
			held := test.held
			if held == nil {
				held = []int64{0, 0}
			}
			got := l.Totals(held)
			want := test.ledger
			want.Sinks = []SinkTotals{test.sinks[1], test.sinks[0]} // by name
			for i, name := range []string{"bucket", "function"} {
				want.Sinks[i].Name, want.Sinks[i].Observed = name, true
				want.Sinks[i].Kind = map[string]string{"bucket": "firehose", "function": "lambda"}[name]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("totals (-want +got):\n%s", diff)
			}
			checkCloses(t, got)
		})
	}
}

// checkCloses checks the two sums that the ledger must keep.
func checkCloses(t *testing.T, l LedgerTotals) {
	t.Helper()
	if l.Offered != l.Acked+l.GivenUp+l.Unknown {
		t.Errorf("offered %d is not acked %d + given up %d + unknown %d", l.Offered, l.Acked, l.GivenUp, l.Unknown)
	}
	for _, s := range l.Sinks {
		if !s.Observed {
			continue
		}
		if l.Acked != s.Delivered+s.Dropped+s.Pending+s.Lost || min(s.Pending, s.Lost, s.Missing) < 0 {
			t.Errorf("%s: acked %d does not close: %+v", s.Name, l.Acked, s)
		}
		if s.Missing != l.Offered-s.Dropped-s.DroppedUnacked-s.Delivered-s.DeliveredUnacked {
			t.Errorf("%s: missing is wrong: %+v", s.Name, s)
		}
	}
}
