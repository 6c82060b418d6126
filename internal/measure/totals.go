package measure

import (
	"cmp"
	"slices"
)

// Totals adds the ledger up. held gives for each sink how many acked records its pipeline still holds: so many of those
// that are not delivered are pending, the rest is lost. Without held (nil) all of them are pending, as during a run.
func (l *Ledger) Totals(held []int64) LedgerTotals {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := LedgerTotals{
		Offered:      l.offered,
		Acked:        l.acked,
		GivenUp:      l.givenUp,
		Unknown:      l.offered - l.acked - l.givenUp,
		StoredTwice:  l.storedTwice,
		PutReordered: l.order.reordered,
		Unattributed: int64(l.waiting.count) + l.waiting.lost,
		Strays:       l.strays,
	}
	for i := range l.sinks {
		left := int64(-1)
		if i < len(held) {
			left = held[i]
		}
		t.Sinks = append(t.Sinks, l.sinkTotals(&l.sinks[i], left))
	}
	t.sort()
	return t
}

func (l *Ledger) sinkTotals(s *sink, held int64) SinkTotals {
	t := SinkTotals{Name: s.config.Name, Kind: s.config.Kind, Stream: s.config.Stream, Observed: !s.config.Unobserved}
	if !t.Observed {
		return t
	}
	t.Delivered, t.DeliveredUnacked = s.deliveredAcked, s.delivered-s.deliveredAcked
	t.Dropped, t.DroppedUnacked = s.droppedAcked, s.dropped-s.droppedAcked
	left := l.acked - t.Delivered - t.Dropped
	t.Pending = left
	if held >= 0 {
		t.Pending = min(left, held)
	}
	t.Lost = left - t.Pending
	t.Missing = l.offered - s.dropped - s.delivered
	t.DuplicatedByProducer, t.DuplicatedByPipeline = s.again[byProducer], s.again[byPipeline]
	t.Duplicated = s.again[byProducer] + s.again[byPipeline] + s.again[byUnknown]
	t.Reordered, t.ReorderedBounded = s.reordered, l.order.evicted
	for where, n := range s.drops {
		t.Drops = append(t.Drops, Drop{where, n})
	}
	return t
}

// Merge adds the totals of another ledger, such as another load's. Sinks of one kind and name are one sink.
func (t *LedgerTotals) Merge(o LedgerTotals) {
	t.Offered += o.Offered
	t.Acked += o.Acked
	t.GivenUp += o.GivenUp
	t.Unknown += o.Unknown
	t.StoredTwice += o.StoredTwice
	t.PutReordered += o.PutReordered
	t.Unattributed += o.Unattributed
	t.Strays += o.Strays
	for _, s := range o.Sinks {
		same := func(e SinkTotals) bool { return e.Name == s.Name && e.Kind == s.Kind }
		if i := slices.IndexFunc(t.Sinks, same); i >= 0 {
			t.Sinks[i].merge(s)
			continue
		}
		s.Drops = slices.Clone(s.Drops)
		t.Sinks = append(t.Sinks, s)
	}
	t.sort()
}

func (t *SinkTotals) merge(o SinkTotals) {
	t.Observed = t.Observed && o.Observed
	t.Delivered += o.Delivered
	t.DeliveredUnacked += o.DeliveredUnacked
	t.Dropped += o.Dropped
	t.DroppedUnacked += o.DroppedUnacked
	t.Pending += o.Pending
	t.Lost += o.Lost
	t.Missing += o.Missing
	t.Duplicated += o.Duplicated
	t.DuplicatedByProducer += o.DuplicatedByProducer
	t.DuplicatedByPipeline += o.DuplicatedByPipeline
	t.Reordered += o.Reordered
	t.ReorderedBounded = t.ReorderedBounded || o.ReorderedBounded
	for _, d := range o.Drops {
		if i := slices.IndexFunc(t.Drops, func(e Drop) bool { return e.Where == d.Where }); i >= 0 {
			t.Drops[i].Records += d.Records
			continue
		}
		t.Drops = append(t.Drops, d)
	}
}

func (t *LedgerTotals) sort() {
	slices.SortFunc(t.Sinks, func(a, b SinkTotals) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	for _, s := range t.Sinks {
		slices.SortFunc(s.Drops, func(a, b Drop) int { return cmp.Compare(a.Where, b.Where) })
	}
}
