package tanktest

import (
	"maps"
	"math"
	"sort"
	"time"
)

// tally counts something of a stream's records: by shard, by position.
type tally map[int32][]uint16

// add counts a record, and tells how often that is now.
func (c tally) add(at place) (times int) {
	n := c[at.shard]
	for uint64(len(n)) <= at.seq {
		n = append(n, 0)
	}
	if n[at.seq] < math.MaxUint16 {
		n[at.seq]++
	}
	c[at.shard] = n
	return int(n[at.seq])
}

func (c tally) of(at place) int {
	if n := c[at.shard]; at.seq < uint64(len(n)) {
		return int(n[at.seq])
	}
	return 0
}

// distinct is how many records were counted at least once.
func (c tally) distinct() (n int) {
	for _, shard := range c {
		for _, times := range shard {
			if times > 0 {
				n++
			}
		}
	}
	return n
}

// succeeded visits what a function has succeeded with, invocation by invocation in the order in which they ended, from the from-th
// of the tank's on. The history is locked.
func (h *history) succeeded(function, stream string, from int, visit func(at place, when int64)) (next int) {
	for i := from; i < h.invocations.len(); i++ {
		if v := h.invocations.at(i); v.function == function && v.stream == stream {
			v.eachDone(visit)
		}
	}
	return h.invocations.len()
}

// eachDone visits the records that an invocation has succeeded with.
func (v *invocation) eachDone(visit func(at place, when int64)) {
	if v.err != "" {
		return
	}
	left, end := v.places.count()-v.remaining, v.end.UnixNano()
	v.places.each(func(at place) {
		if left > 0 {
			visit(at, end)
		}
		left--
	})
}

// stored is how many records each shard of a stream has taken so far.
func (h *history) stored(stream string) map[int32]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := map[int32]int{}
	if s := h.streams[stream]; s != nil {
		for shard := range maps.Keys(s.shards) {
			n[shard] = s.shards[shard].stored.len()
		}
	}
	return n
}

// beginning is where a sink begins, behind some records of each shard.
func (h *history) beginning(stream string, behind map[int32]int) beginning {
	h.mu.Lock()
	defer h.mu.Unlock()
	return beginning{h.number(stream), behind}
}

// span is from where to where in each shard of a stream the records of a sink are.
func (h *history) span(stream string, begins *beginning) (from, to map[int32]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	to = map[int32]int{}
	s := h.streams[stream]
	if s == nil {
		return nil, to
	}
	for shard := range maps.Keys(s.shards) {
		to[shard] = s.shards[shard].stored.len()
	}
	return begins.of(s), to
}

// before is how many records each shard of a stream had taken before an instant.
func (h *history) before(stream string, at time.Time) map[int32]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := map[int32]int{}
	if s := h.streams[stream]; s != nil {
		for number, shard := range s.shards {
			n[number] = sort.Search(shard.stored.len(), func(i int) bool { return shard.stored.at(i).arrival >= at.UnixNano() })
		}
	}
	return n
}
