package measure

// Where bodies carry no identity, a record is known by its place: the ack tells it, and a consumer meets it there. Either
// may come first.

// maxWaiting bounds the deliveries that wait for their place to be acknowledged; what comes above is unattributed at once.
const maxWaiting = 1 << 20

// waiting is deliveries at places that are not known yet.
type waiting struct {
	at    map[Place][]Joined
	count int
	lost  int64 // over maxWaiting
}

// Joined is a delivery that had waited for its record's ack.
type Joined struct {
	Sink    int
	At      int64 // as given to DeliveredAt
	Outcome Outcome
}

// Bind enters the place of a record that has no identity in its body, at its ack and before Acked. It returns the
// deliveries that came before, now entered as delivered; the slice is valid until the next Bind.
func (b *Batch) Bind(lane uint32, number uint64, place Place) []Joined {
	l := b.l
	e, _, _ := l.find(lane, number)
	if e == nil || place == 0 {
		l.strays++
		return nil
	}
	id := recordID{lane, number}
	l.seen(id, e, place)
	l.bound[place] = id
	waited := l.waiting.at[place]
	if waited == nil {
		return nil
	}
	delete(l.waiting.at, place)
	l.waiting.count -= len(waited)
	b.joined = append(b.joined[:0], waited...)
	for i := range b.joined {
		j := &b.joined[i]
		_, j.Outcome = b.Delivered(j.Sink, lane, number, place)
	}
	return b.joined
}

// DeliveredAt enters that a sink got the record stored at a place. Where the place is not bound yet the delivery waits
// for it, and Bind returns it with its instant at.
func (b *Batch) DeliveredAt(sink int, place Place, at int64) (due int64, outcome Outcome) {
	l := b.l
	if id, ok := l.bound[place]; ok {
		if id == ignored {
			return 0, NotOurs
		}
		return b.Delivered(sink, id.lane, id.number, place)
	}
	if l.waiting.count >= maxWaiting {
		l.waiting.lost++
		return 0, NotOurs
	}
	if l.waiting.at == nil {
		l.waiting.at = make(map[Place][]Joined)
	}
	l.waiting.at[place] = append(l.waiting.at[place], Joined{Sink: sink, At: at})
	l.waiting.count++
	return 0, Waiting
}

// DroppedAt is Dropped for the record stored at a place. One whose place is not bound yet is nobody's.
func (b *Batch) DroppedAt(sink int, place Place, where string) {
	if id, ok := b.l.bound[place]; ok && id != ignored {
		b.Dropped(sink, id.lane, id.number, where)
	}
}

// ignored is the record of places that are not the ledger's.
var ignored = recordID{lane: ^uint32(0)}

// Ignore enters that what is stored at a place is a marker or a cooldown record, which no ledger holds.
func (b *Batch) Ignore(place Place) {
	l := b.l
	l.bound[place] = ignored
	l.waiting.count -= len(l.waiting.at[place])
	delete(l.waiting.at, place)
}
