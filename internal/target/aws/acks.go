package aws

import (
	"math"
	"slices"
	"sync"

	"github.com/wavetank/wavetank/internal/target"
)

// acks remember when records were acknowledged until they come out of a delivery stream: outside a service that is all
// that is known of when they arrived. One that comes out before its acknowledgement came home, as from a service that
// delivers within the put, arrived after its request had left. It is safe for concurrent use.
//
// A lane's numbers count up, so instants are found by index in chunks; a chunk is freed when all of it came out, and the
// oldest ones when there are too many: what never comes out must not be kept for ever.
type acks struct {
	mu     sync.Mutex
	chunks map[chunkID]*ackChunk
	order  []chunkID // as they were made
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
	at := -r.Began.UnixNano()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range r.Entries {
		if c, n := a.chunk(r.Entries[i]); c.at[n] != early {
			c.set(n, at)
		}
	}
}

// acked notes the records of a request that were stored.
func (a *acks) acked(r *target.Request) {
	at := r.Ended.UnixNano()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range r.Entries {
		if r.Outcomes[i].Status != target.Acked {
			continue
		}
		c, n := a.chunk(r.Entries[i])
		if c.at[n] == early {
			id, _ := idOf(r.Entries[i].Lane, r.Entries[i].Number)
			a.clear(id, c, n)
			continue
		}
		c.set(n, at)
	}
}

// chunk is where a record's instant is kept.
func (a *acks) chunk(e target.Entry) (c *ackChunk, n int) {
	id, n := idOf(e.Lane, e.Number)
	if c = a.chunks[id]; c == nil {
		c = a.make(id)
	}
	return c, n
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
func (a *acks) clear(id chunkID, c *ackChunk, n int) {
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
	c := a.chunks[id]
	if c == nil || c.at[n] == 0 || c.at[n] == early {
		return 0, false
	}
	if at = c.at[n]; at < 0 {
		c.at[n] = early
		return -at, true
	}
	a.clear(id, c, n)
	return at, true
}
