package runner

import (
	"sync"

	"github.com/wavetank/wavetank/internal/target"
)

// shelf keeps the user records of one load's aggregates that are on their way, where bodies are not rendered: a record of
// the stream has a lane of its own and a number there, by which its user records are found. It is safe for concurrent use.
//
// An aggregate leaves the shelf when its put is settled and every sink has taken every copy of it that was stored. One that
// is lost stays: what a run holds is what is on its way and what went missing.
type shelf struct {
	lane  uint32
	sinks int // that read the stream

	mu      sync.Mutex
	bundles map[uint64]*bundle
	done    []uint64 // nobody waits for them; the oldest leave
}

// bundle is one aggregate.
type bundle struct {
	users         []target.Record
	copies, taken int
	settled       bool
	done          bool
}

// doneKept is how many aggregates stay on the shelf when nobody waits for them: a pipeline may deliver one again.
const doneKept = 1024

func newShelf(lane uint32) *shelf { return &shelf{lane: lane, bundles: map[uint64]*bundle{}} }

// put puts an aggregate on the shelf.
func (s *shelf) put(number uint64, users []target.Entry) {
	b := &bundle{users: make([]target.Record, len(users))}
	for i := range users {
		e := &users[i]
		b.users[i] = target.Record{
			Lane: e.Lane, KeyIndex: e.KeyIndex, Number: e.Number, Due: e.Due, Key: e.Key, Hash: e.Hash, Size: e.Size, Ours: true,
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bundles[number] = b
}

// open appends the user records of an aggregate, with the place and the arrival of that.
func (s *shelf) open(dst []target.Record, r *target.Record) []target.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bundles[r.Number]
	if b == nil {
		return dst
	}
	n := len(dst)
	dst = append(dst, b.users...)
	for i := n; i < len(dst); i++ {
		dst[i].Arrival, dst[i].Seq, dst[i].Shard = r.Arrival, r.Seq, r.Shard
	}
	return dst
}

// stored notes that an aggregate was stored, once more.
func (s *shelf) stored(number uint64) { s.note(number, func(b *bundle) { b.copies++ }) }

// taken notes that a sink has taken a stored aggregate.
func (s *shelf) taken(number uint64) { s.note(number, func(b *bundle) { b.taken++ }) }

// settled notes that an aggregate will not be put again.
func (s *shelf) settled(number uint64) { s.note(number, func(b *bundle) { b.settled = true }) }

func (s *shelf) note(number uint64, change func(*bundle)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bundles[number]
	if b == nil {
		return
	}
	change(b)
	if b.done || !b.settled || b.taken < b.copies*s.sinks {
		return
	}
	b.done = true
	if s.done = append(s.done, number); len(s.done) > doneKept {
		delete(s.bundles, s.done[0])
		s.done = s.done[1:]
	}
}
