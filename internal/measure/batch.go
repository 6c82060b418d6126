package measure

// Batch is a batch of entries into a ledger. It holds the ledger's lock from [Ledger.Begin] to [Batch.End], so it is
// short-lived and never held over a wait. A ledger has one batch at a time.
type Batch struct {
	l      *Ledger
	joined []Joined
}

// Begin begins a batch. It waits for the end of another.
func (l *Ledger) Begin() *Batch {
	l.mu.Lock()
	return &l.batch
}

// End ends the batch.
func (b *Batch) End() { b.l.mu.Unlock() }

// Offered enters a record that the load offers, before it is sent. The numbers of a lane rise; the first may be any and
// some may be left out. key is the partition key's index.
func (b *Batch) Offered(lane uint32, number uint64, due int64, key uint32) {
	l := b.l
	if int(lane) >= len(l.lanes) {
		l.strays++
		return
	}
	n := &l.lanes[lane]
	if !n.began || number != n.next || (number-n.base)>>chunkBits >= uint64(len(n.chunks)) {
		if n.began && number < n.next {
			l.strays++
			return
		}
		l.grow(lane, number)
	}
	n.next++
	l.offered++
	i := number - n.base
	n.chunks[i>>chunkBits].entries[i&chunkMask] = entry{due: due, key: key, meta: open}
	slot := l.order.slot(key)
	if l.order.hashed {
		slot = b.claim(key)
	}
	if slot >= 0 {
		k := &l.order.keys[slot]
		k.open++
		k.offered = number
	}
}

// claim is the slot in which a key of a hashed order is followed, or -1.
func (b *Batch) claim(key uint32) int {
	slot, taken := b.l.order.claim(key)
	if taken {
		for i := range b.l.sinks {
			if last := b.l.sinks[i].lastNumberPlus1; last != nil {
				last[slot] = 0
			}
		}
	}
	return slot
}

// Unanswered enters that an attempt to put the record got no answer: it may be stored, and a retry may store it twice.
func (b *Batch) Unanswered(lane uint32, number uint64) {
	e, _, _ := b.l.find(lane, number)
	if e == nil {
		b.l.strays++
		return
	}
	if e.meta&unansweredMark == 0 {
		e.meta |= unansweredMark
		b.l.unanswered++
	}
}

// Arrived enters that the record is stored at a place. Only an embedded target tells; elsewhere the ack does. A second
// place means that a retry stored it again.
func (b *Batch) Arrived(lane uint32, number uint64, place Place) {
	e, _, freed := b.l.find(lane, number)
	if e == nil {
		if !freed {
			b.l.strays++
		}
		return
	}
	b.l.seen(recordID{lane, number}, e, place)
}

// Acked enters that the record's put succeeded, and where it is stored (0 where the target does not tell). After Unknown
// it is a late answer.
func (b *Batch) Acked(lane uint32, number uint64, place Place) {
	l := b.l
	e, c, freed := l.find(lane, number)
	if e == nil {
		if !freed {
			l.strays++
		}
		return
	}
	state := e.state()
	switch state {
	case unknown:
		l.unknown--
	case open:
	default:
		l.strays++
		return
	}
	l.acked++
	was := final(e.meta, l.all)
	e.setState(acked)
	if place != 0 && place != e.place {
		l.seen(recordID{lane, number}, e, place)
	}
	if state == open {
		if slot := l.order.slot(e.key); slot >= 0 {
			l.order.settle(slot, number, e.place)
		}
	}
	if e.reached() {
		l.countAcked(e)
	}
	if !was && final(e.meta, l.all) {
		l.settle(recordID{lane, number}, e, c)
	}
}

// countAcked counts, for a record that was just acked, the sinks that it reached before.
func (l *Ledger) countAcked(e *entry) {
	for i := range l.sinks {
		s := &l.sinks[i]
		switch {
		case e.meta&s.deliveredBit != 0:
			s.deliveredAcked++
		case e.meta&s.atPlaceBit != 0:
			s.droppedAcked++
		}
	}
}

// GivenUp enters that every attempt was answered and the last was refused: the record is stored nowhere.
func (b *Batch) GivenUp(lane uint32, number uint64) {
	if b.fail(lane, number, givenUp) {
		b.l.givenUp++
	}
}

// Unknown enters that the record's last attempt failed, none was acknowledged and at least one got no answer: it may be
// stored or not. A record that is open when the totals are taken counts as unknown too.
func (b *Batch) Unknown(lane uint32, number uint64) {
	if b.fail(lane, number, unknown) {
		b.l.unknown++
	}
}

func (b *Batch) fail(lane uint32, number uint64, state uint32) bool {
	l := b.l
	e, c, _ := l.find(lane, number)
	if e == nil || e.state() != open {
		l.strays++
		return false
	}
	e.setState(state)
	if slot := l.order.slot(e.key); slot >= 0 {
		l.order.settle(slot, number, 0)
	}
	if final(e.meta, l.all) {
		l.settle(recordID{lane, number}, e, c)
	}
	return true
}
