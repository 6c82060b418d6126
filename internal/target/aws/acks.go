package aws

import (
	"math"
	"slices"
	"sync"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// acks remember when records were acknowledged until they come out of one delivery stream: outside a service that is all
// that is known of when they arrived. One that comes out before its acknowledgement came home, as from a service that
// delivers within the put, arrived after its request had left. It is safe for concurrent use.
//
// A lane's numbers count up, so instants are found by index in chunks; a chunk is freed when all of it came out, and the
// oldest ones when there are too many: what never comes out must not be kept for ever.
type acks struct {
	within bool // the service may deliver within the put

	mu     sync.Mutex
	chunks map[chunkID]*ackChunk
	order  []chunkID // as they were made
}

// remember makes room for what is known of when records arrive, for each delivery stream its own: it comes out of each.
func (t *Target) remember(s *scenarios.Scenario) {
	t.acks, t.delivers = map[string]*acks{}, map[target.Destination][]*acks{}
	if t.config.Inside != nil {
		return
	}
	for name, d := range s.Pipeline.DeliveryStreams {
		a, from := &acks{within: d.HTTP != nil}, sourceOrItself(name, d)
		t.acks[name], t.delivers[from] = a, append(t.delivers[from], a)
	}
}

const (
	chunkLen  = 1024
	maxChunks = 16384 // 16 million records on their way, 128 MiB
)

type chunkID struct {
	lane  uint32
	index uint64
}

type ackChunk struct {
	at   [chunkLen]int64 // unix nanoseconds; below 0: when it was sent, and no more is known; 0: not even that, or out already
	open int             // that are not 0
}

// early is a record that came out before it was acknowledged.
const early = math.MinInt64

func idOf(lane uint32, number uint64) (id chunkID, i int) {
	return chunkID{lane, number / chunkLen}, int(number % chunkLen)
}

// sent notes the records of a request that leaves.
func (a *acks) sent(r *target.Request) {
	if !a.within {
		return
	}
	at := -r.Began.UnixNano()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range r.Entries {
		for _, e := range r.UsersOf(i) {
			if c, n := a.chunk(idOf(e.Lane, e.Number)); c.at[n] != early {
				c.set(n, at)
			}
		}
	}
}

// answered notes what became of a request's records: when those were acknowledged that were stored, and that those do not
// come out that were not. One without an answer may come out or not.
func (a *acks) answered(r *target.Request) {
	at := r.Ended.UnixNano()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range r.Entries {
		if status := r.Outcomes[i].Status; status != target.Unanswered {
			for _, e := range r.UsersOf(i) {
				a.answer(e.Lane, e.Number, at, status == target.Acked)
			}
		}
	}
}

// answer notes what became of a record. The caller holds the lock.
func (a *acks) answer(lane uint32, number uint64, at int64, stored bool) {
	id, n := idOf(lane, number)
	switch {
	case stored && a.at(id, n) != early:
		c, _ := a.chunk(id, n)
		c.set(n, at)
	case stored || a.at(id, n) < 0 && a.at(id, n) != early:
		a.clear(id, n)
	}
}

// at is what is kept of a record.
func (a *acks) at(id chunkID, n int) int64 {
	if c := a.chunks[id]; c != nil {
		return c.at[n]
	}
	return 0
}

// chunk is where a record's instant is kept.
func (a *acks) chunk(id chunkID, i int) (c *ackChunk, n int) {
	if c = a.chunks[id]; c == nil {
		c = a.make(id)
	}
	return c, i
}

func (c *ackChunk) set(n int, at int64) {
	if c.at[n] == 0 {
		c.open++
	}
	c.at[n] = at
}

// make makes a chunk, and room for it.
func (a *acks) make(id chunkID) *ackChunk {
	if a.chunks == nil {
		a.chunks = map[chunkID]*ackChunk{}
	}
	for len(a.chunks) >= maxChunks {
		delete(a.chunks, a.order[0])
		a.order = a.order[1:]
	}
	if len(a.order) > 2*len(a.chunks)+64 {
		a.order = slices.DeleteFunc(a.order, func(id chunkID) bool { return a.chunks[id] == nil })
	}
	c := new(ackChunk)
	a.chunks[id] = c
	a.order = append(a.order, id)
	return c
}

// clear forgets an instant, and the chunk with its last.
func (a *acks) clear(id chunkID, n int) {
	c := a.chunks[id]
	c.at[n] = 0
	if c.open--; c.open == 0 {
		delete(a.chunks, id) // its place in order goes when that is tidied
	}
}

// arrival tells when a record was acknowledged, or else sent, once.
func (a *acks) arrival(lane uint32, number uint64) (at int64, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id, n := idOf(lane, number)
	switch at = a.at(id, n); {
	case at == 0 || at == early:
		return 0, false
	case at < 0:
		a.chunks[id].at[n] = early
		return -at, true
	}
	a.clear(id, n)
	return at, true
}
