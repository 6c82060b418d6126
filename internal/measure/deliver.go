package measure

// Outcome is what a delivery turned out to be.
type Outcome uint8

// The outcomes of a delivery.
const (
	NotOurs Outcome = iota // the ledger knows no such record: a marker's, a cooldown's, somebody else's
	First                  // the record's first delivery at this sink
	Again                  // a duplicate
	Waiting                // its place is not acknowledged yet; Bind or Acked tells later
)

// origin is where a duplicate came from.
type origin int

const (
	byUnknown  origin = iota
	byProducer        // the record was stored more than once
	byPipeline        // one stored record was delivered more than once
	origins
)

// extraPlace is one more place of a record, beside its entry's.
type extraPlace struct {
	place     Place
	delivered uint32 // the sinks that had it from here, by their delivered bit
}

// Delivered enters that a sink got a record, stored at a place (0 where that is not known), and tells since when it was
// due. Deliveries of one key are entered in the order in which the sink got them.
func (b *Batch) Delivered(sink int, lane uint32, number uint64, place Place) (due int64, outcome Outcome) {
	l := b.l
	e, c, freed := l.find(lane, number)
	s := &l.sinks[sink]
	if e == nil {
		if !freed {
			return 0, NotOurs
		}
		s.again[l.originOfFreed()]++
		return 0, Again
	}
	if e.meta&s.deliveredBit != 0 {
		s.again[l.origin(recordID{lane, number}, e, s, place)]++
		return e.due, Again
	}
	was := final(e.meta, l.all)
	s.delivered++
	if e.state() == acked {
		s.deliveredAcked++
	}
	if e.meta&s.atPlaceBit != 0 { // it was dropped, and came after all
		s.takeBackDrop(e)
	}
	e.meta |= s.deliveredBit
	switch place {
	case 0:
	case e.place:
		e.meta |= s.atPlaceBit
	default:
		l.deliveredAt(recordID{lane, number}, e, s, place)
	}
	if slot := l.order.slot(e.key); slot >= 0 && s.lastNumberPlus1 != nil {
		if last := &s.lastNumberPlus1[slot]; number < *last {
			s.reordered++
		} else {
			*last = number + 1
		}
	}
	if !was && final(e.meta, l.all) {
		due = e.due
		l.settle(recordID{lane, number}, e, c)
		return due, First
	}
	return e.due, First
}

// Dropped enters that the pipeline dropped a record on purpose before it reached a sink, and where it went: a filter, an
// on-failure destination.
func (b *Batch) Dropped(sink int, lane uint32, number uint64, where string) {
	l := b.l
	e, c, _ := l.find(lane, number)
	s := &l.sinks[sink]
	if e == nil || e.meta&(s.deliveredBit|s.atPlaceBit) != 0 {
		return // not ours, delivered before, or dropped before
	}
	was := final(e.meta, l.all)
	e.meta |= s.atPlaceBit
	s.dropped++
	if e.state() == acked {
		s.droppedAcked++
	}
	if s.drops == nil {
		s.drops = make(map[string]int64)
	}
	s.drops[where]++
	if !was && final(e.meta, l.all) {
		l.settle(recordID{lane, number}, e, c)
	}
}

func (s *sink) takeBackDrop(e *entry) {
	s.dropped--
	if e.state() == acked {
		s.droppedAcked--
	}
	e.meta &^= s.atPlaceBit
}

// seen notes that a record is stored at a place.
func (l *Ledger) seen(id recordID, e *entry, place Place) *extraPlace {
	if e.place == 0 {
		e.place = place
	}
	if place == 0 || e.place == place {
		return nil
	}
	places := l.extra[id]
	for i := range places {
		if places[i].place == place {
			return &places[i]
		}
	}
	if e.meta&twiceMark == 0 {
		e.meta |= twiceMark
		l.storedTwice++
	}
	places = append(places, extraPlace{place: place})
	l.extra[id] = places
	return &places[len(places)-1]
}

// deliveredAt notes that a sink had the record from a place.
func (l *Ledger) deliveredAt(id recordID, e *entry, s *sink, place Place) {
	if x := l.seen(id, e, place); x != nil {
		x.delivered |= s.deliveredBit
		return
	}
	e.meta |= s.atPlaceBit
}

// origin tells where a duplicate came from, and notes the place it was delivered from.
func (l *Ledger) origin(id recordID, e *entry, s *sink, place Place) origin {
	if place == 0 || e.place == 0 || !l.knowsFirst(id, e, s) {
		if place != 0 {
			l.deliveredAt(id, e, s, place)
		}
		if e.meta&(unansweredMark|twiceMark) == 0 {
			return byPipeline // it was sent once for sure, so it is stored once
		}
		return byUnknown
	}
	if x := l.seen(id, e, place); x != nil {
		if x.delivered&s.deliveredBit != 0 {
			return byPipeline
		}
		x.delivered |= s.deliveredBit
		return byProducer
	}
	if e.meta&s.atPlaceBit != 0 {
		return byPipeline
	}
	e.meta |= s.atPlaceBit
	return byProducer
}

// knowsFirst tells whether the place of the sink's first delivery is known.
func (l *Ledger) knowsFirst(id recordID, e *entry, s *sink) bool {
	if e.meta&s.atPlaceBit != 0 {
		return true
	}
	for _, x := range l.extra[id] {
		if x.delivered&s.deliveredBit != 0 {
			return true
		}
	}
	return false
}

// originOfFreed is the origin of a duplicate of a record whose entry is gone.
func (l *Ledger) originOfFreed() origin {
	if l.unanswered == 0 && l.storedTwice == 0 {
		return byPipeline
	}
	return byUnknown
}
