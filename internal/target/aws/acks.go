package aws

import (
	"slices"
	"sync"

	"github.com/wavetank/wavetank/internal/target"
)

// acks remember when records were acknowledged until they come out of a delivery stream: outside a service that is all
// that is known of when they arrived. It is safe for concurrent use.
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
	at   [chunkLen]int64 // unix nanoseconds; 0: not acknowledged, or out already
	open int
}

func idOf(lane uint32, number uint64) (id chunkID, i int) {
	return chunkID{lane, number / chunkLen}, int(number % chunkLen)
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
		id, n := idOf(r.Entries[i].Lane, r.Entries[i].Number)
		c := a.chunks[id]
		if c == nil {
			c = a.make(id)
		}
		if c.at[n] == 0 {
			c.open++
		}
		c.at[n] = at
	}
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

// arrival tells when a record was acknowledged, once.
func (a *acks) arrival(lane uint32, number uint64) (at int64, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id, n := idOf(lane, number)
	c := a.chunks[id]
	if c == nil || c.at[n] == 0 {
		return 0, false
	}
	at, c.at[n] = c.at[n], 0
	if c.open--; c.open == 0 {
		delete(a.chunks, id) // its place in order goes when that is tidied
	}
	return at, true
}
