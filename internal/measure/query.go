package measure

// What callers ask of a ledger while they enter a batch.

// Arrives is [Batch.Arrived] for a caller that measures arrivals: it tells since when the record is due, and whether this
// is the first place at which it is stored. A record that a retry stores again is not first; one that the ledger does not
// know, or no longer, is neither.
func (b *Batch) Arrives(lane uint32, number uint64, place Place) (due int64, first bool) {
	e, _, freed := b.l.find(lane, number)
	if e == nil {
		if !freed {
			b.l.strays++
		}
		return 0, false
	}
	if first = e.place == 0; first {
		e.place = place
	} else {
		b.l.seen(recordID{lane, number}, e, place)
	}
	return e.due, first
}

// Awaited tells whether a record was acked and has not come out of a sink, be it delivered or dropped.
func (b *Batch) Awaited(sink int, lane uint32, number uint64) bool {
	e, _, _ := b.l.find(lane, number)
	s := &b.l.sinks[sink]
	return e != nil && e.state() == acked && e.meta&(s.deliveredBit|s.atPlaceBit) == 0
}

// AwaitedAt is Awaited of a record that is known by its place, and tells which one it is.
func (b *Batch) AwaitedAt(sink int, place Place) (lane uint32, number uint64, awaited bool) {
	id, ok := b.l.bound[place]
	if !ok || id == ignored {
		return 0, 0, false
	}
	return id.lane, id.number, b.Awaited(sink, id.lane, id.number)
}

// Reordered is how many records are known by now to be stored behind a later one of their key.
func (b *Batch) Reordered() int64 { return b.l.order.reordered }
