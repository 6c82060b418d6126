package measure

const (
	maxDenseKeys = 1 << 20 // each key has a slot of its own up to here
	hashedSlots  = 1 << 16 // where keys are more, or unbounded; a busy key keeps its slot, others take it from each other
)

// order follows, for each partition key, whether its records were stored in the order of their numbers.
type order struct {
	keys      []keyOrder // a slot for each key, or hashed
	hashed    bool
	evicted   bool // a key lost its slot, so what is counted is a lower bound
	reordered int64
	stairs    []*stair // to be used again
}

// keyOrder is one key's slot.
type keyOrder struct {
	tag     uint32 // the key that has the slot
	open    int32  // records offered and not settled
	offered uint64 // the highest number offered
	stair   *stair // acked records that an open one may still turn out to have overtaken
}

// newOrder makes an order of so many distinct keys; 0 is unbounded.
func newOrder(keys int) order {
	if keys > 0 && keys <= maxDenseKeys {
		return order{keys: make([]keyOrder, keys)}
	}
	return order{keys: make([]keyOrder, hashedSlots), hashed: true}
}

// slot is where a key is followed, or -1 where it is not.
func (o *order) slot(key uint32) int {
	if !o.hashed {
		if uint(key) < uint(len(o.keys)) {
			return int(key)
		}
		return -1
	}
	i := hashedSlot(key)
	if o.keys[i].tag != key {
		return -1
	}
	return i
}

// claim gives a key of a hashed order a slot; taken is that another lost it.
func (o *order) claim(key uint32) (slot int, taken bool) {
	i := hashedSlot(key)
	k := &o.keys[i]
	if k.tag == key {
		return i, false
	}
	if k.open > 0 {
		o.evicted = true
		return -1, false
	}
	if *k != (keyOrder{}) {
		o.evicted = true
	}
	*k = keyOrder{tag: key}
	return i, true
}

func hashedSlot(key uint32) int { return int(key * 0x9E3779B1 >> 16) }

// settle takes a record of a key as settled: stored at a place, or nowhere that is known (0).
func (o *order) settle(slot int, number uint64, place Place) {
	k := &o.keys[slot]
	k.open = max(k.open-1, 0) // a key that got its slot late has records that were never counted
	if place != 0 && (k.stair != nil || k.open > 0) {
		if k.stair == nil {
			k.stair = o.newStair()
		}
		o.reordered += k.stair.store(number, place)
	}
	if k.stair == nil {
		return
	}
	if k.open == 0 { // nothing that was sent before can still be stored before
		o.stairs = append(o.stairs, k.stair) // as many as there ever were at once
		k.stair = nil
		return
	}
	k.stair.settle(number, k.offered, int(k.open))
}

func (o *order) newStair() *stair {
	n := len(o.stairs) - 1
	if n < 0 {
		return new(stair)
	}
	s := o.stairs[n]
	o.stairs = o.stairs[:n]
	*s = stair{steps: s.steps[:0]}
	return s
}

// stair counts, of one key, the records that are stored behind a record with a higher number, in whatever order their
// acks come. It keeps those that are not known to be so: in the order of their numbers their places rise too, as a stair.
type stair struct {
	steps []step
	// A step can only be overtaken by a record that was open when it was acked. So from time to time a generation of
	// steps is closed, and dropped when all records that were open then are settled.
	generation uint8
	mark       uint64 // the highest number offered when the last generation was closed
	left       int    // records up to mark that are still open; 0 is that no generation is closed
}

type step struct {
	number     uint64
	place      Place
	generation uint8
}

const closeSteps = 64 // steps at which a generation is closed

// store takes a stored record and returns how many more are now known to be reordered: it, or those it overtook.
func (s *stair) store(number uint64, place Place) (reordered int64) {
	at := len(s.steps)
	if at == 0 || s.steps[at-1].number < number && s.steps[at-1].place <= place { // in order, as acks nearly always are
		s.steps = append(s.steps, step{number, place, s.generation})
		return 0
	}
	for at > 0 && s.steps[at-1].number > number {
		at--
	}
	if at < len(s.steps) && s.steps[at].place < place {
		return 1
	}
	from := at
	for from > 0 && s.steps[from-1].place > place {
		from--
	}
	added := step{number, place, s.generation}
	if from == at {
		s.steps = append(s.steps, step{})
		copy(s.steps[at+1:], s.steps[at:])
		s.steps[at] = added
		return 0
	}
	s.steps[from] = added
	s.steps = append(s.steps[:from+1], s.steps[at:]...)
	return int64(at - from)
}

// settle takes a record as settled, and drops or closes generations. offered is the highest number offered, open how many
// are not settled.
func (s *stair) settle(number, offered uint64, open int) {
	if s.left > 0 && number <= s.mark {
		if s.left--; s.left == 0 {
			kept := s.steps[:0]
			for _, e := range s.steps {
				if e.generation == s.generation {
					kept = append(kept, e)
				}
			}
			s.steps = kept
		}
	}
	if s.left == 0 && len(s.steps) >= closeSteps {
		s.generation++
		s.mark, s.left = offered, open
	}
}
