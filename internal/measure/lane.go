package measure

const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
	chunkMask = chunkSize - 1
)

// lane holds the entries of one lane. Chunks whose records are all final are freed. A few records that never become final
// (lost, or unknown and never stored) must not hold a chunk for ever: once a chunk is old they move to rest.
type lane struct {
	began  bool
	base   uint64   // number of the first chunk's first entry, a multiple of chunkSize
	next   uint64   // the lowest number that was not offered
	chunks []*chunk // nil where freed
	rest   map[uint64]*entry
}

type chunk struct {
	unsettled int // entries that are not final, those not offered yet included
	entries   [chunkSize]entry
}

const (
	youngChunks = 4              // chunks of a lane that are never thinned out
	fewEntries  = chunkSize / 16 // left in a chunk that is
	maxChunks   = 16             // freed chunks that are kept for their memory
)

// find is the entry of a record. Where there is none, freed tells that the record was offered and became final.
func (l *Ledger) find(laneNumber uint32, number uint64) (e *entry, c *chunk, freed bool) {
	if int(laneNumber) >= len(l.lanes) {
		return nil, nil, false
	}
	n := &l.lanes[laneNumber]
	i := number - n.base
	if at := i >> chunkBits; at < uint64(len(n.chunks)) {
		if c = n.chunks[at]; c != nil {
			e = &c.entries[i&chunkMask]
			if e.meta&stateMask == absent {
				return nil, nil, false
			}
			return e, c, false
		}
	}
	if e = n.rest[number]; e != nil {
		return e, nil, false
	}
	return nil, nil, n.began && number < n.next
}

// settle is called once for each entry, when it has become final.
func (l *Ledger) settle(id recordID, e *entry, c *chunk) {
	n := &l.lanes[id.lane]
	if c == nil {
		l.forget(id, e)
		delete(n.rest, id.number)
		return
	}
	if c.unsettled--; c.unsettled == 0 {
		l.release(id.lane, int((id.number-n.base)>>chunkBits))
	}
}

// grow makes room for a lane's next number, which may leave some out.
func (l *Ledger) grow(laneNumber uint32, number uint64) {
	n := &l.lanes[laneNumber]
	if !n.began {
		n.began, n.base, n.next = true, number&^chunkMask, number&^chunkMask
	}
	for n.next < number || (n.next-n.base)>>chunkBits >= uint64(len(n.chunks)) {
		if at := int((n.next - n.base) >> chunkBits); at >= len(n.chunks) {
			if left := number&^chunkMask - n.next; left > 0 { // whole chunks are left out
				n.chunks = append(n.chunks, make([]*chunk, left>>chunkBits)...)
				n.next += left
				continue
			}
			l.thin(laneNumber)
			n.chunks = append(n.chunks, l.newChunk())
			continue
		}
		at := int((n.next - n.base) >> chunkBits)
		last := min(number, n.base+uint64(at+1)<<chunkBits)
		n.chunks[at].unsettled -= int(last - n.next)
		n.next = last
		if n.chunks[at].unsettled == 0 {
			l.release(laneNumber, at)
		}
	}
}

func (l *Ledger) newChunk() *chunk {
	if last := len(l.free) - 1; last >= 0 {
		c := l.free[last]
		l.free = l.free[:last]
		*c = chunk{unsettled: chunkSize}
		return c
	}
	return &chunk{unsettled: chunkSize}
}

// release frees a chunk of a lane.
func (l *Ledger) release(laneNumber uint32, at int) {
	n := &l.lanes[laneNumber]
	c := n.chunks[at]
	first := n.base + uint64(at)<<chunkBits
	if len(l.extra) > 0 || len(l.bound) > 0 {
		for i := range c.entries {
			l.forget(recordID{laneNumber, first + uint64(i)}, &c.entries[i])
		}
	}
	n.chunks[at] = nil
	if len(l.free) < maxChunks {
		l.free = append(l.free, c)
	}
	for len(n.chunks) > 0 && n.chunks[0] == nil {
		n.chunks = n.chunks[1:]
		n.base += chunkSize
	}
}

// forget drops what is kept of a record outside its entry.
func (l *Ledger) forget(id recordID, e *entry) {
	if e.meta&twiceMark != 0 {
		for _, x := range l.extra[id] {
			delete(l.bound, x.place)
		}
		delete(l.extra, id)
	}
	if e.place != 0 {
		delete(l.bound, e.place)
	}
}

// thin frees the old chunks of a lane that have few unsettled entries, and keeps these apart.
func (l *Ledger) thin(laneNumber uint32) {
	n := &l.lanes[laneNumber]
	base := n.base
	for at := len(n.chunks) - youngChunks - 1; at >= 0; at-- {
		c := n.chunks[at]
		if c == nil || c.unsettled > fewEntries {
			continue
		}
		if n.rest == nil {
			n.rest = make(map[uint64]*entry)
		}
		for i := range c.entries {
			e := &c.entries[i]
			if final(e.meta, l.all) {
				continue
			}
			kept := *e
			n.rest[base+uint64(at)<<chunkBits+uint64(i)] = &kept
			*e = entry{} // so that release does not forget it
		}
		l.release(laneNumber, at)
	}
}
