package tanktest

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// shown is how many records a failed assertion tells the history of.
const shown = 3

// tally counts something of a stream's records: by shard, by position.
type tally map[int32][]uint16

func (c tally) add(at place) {
	n := c[at.shard]
	for uint64(len(n)) <= at.seq {
		n = append(n, 0)
	}
	n[at.seq]++
	c[at.shard] = n
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

// succeeded visits what a function has succeeded with, invocation by invocation in the order in which they ended. The history is
// locked.
func (h *history) succeeded(function, stream string, visit func(place)) {
	for i := range h.invocations {
		if v := &h.invocations[i]; v.function == function && v.stream == stream {
			v.eachDone(visit)
		}
	}
}

// eachDone visits the records that an invocation has succeeded with.
func (v *invocation) eachDone(visit func(place)) {
	if v.err != "" {
		return
	}
	left := v.places.count() - v.remaining
	v.places.each(func(at place) {
		if left > 0 {
			visit(at)
		}
		left--
	})
}

// stories tells the history of some records, the first of them in the order of their places; "" where there are none.
func (k *Tank) stories(stream, what string, at []place) string {
	if len(at) == 0 {
		return ""
	}
	slices.SortFunc(at, func(a, b place) int {
		if a.shard != b.shard {
			return int(a.shard - b.shard)
		}
		return int(int64(a.seq) - int64(b.seq))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d of them %s", len(at), what)
	if len(at) > shown {
		fmt.Fprintf(&b, ", here the first %d", shown)
	}
	b.WriteString(":\n")
	for _, p := range at[:min(len(at), shown)] {
		fmt.Fprintf(&b, " record %d of %s\n%s", p.seq, kinesis.ShardID(p.shard), k.history.story(stream, p))
	}
	return b.String()
}

// stored is how many records each shard of a stream has taken so far.
func (h *history) stored(stream string) map[int32]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := map[int32]int{}
	if s := h.streams[stream]; s != nil {
		for shard := range maps.Keys(s.shards) {
			n[shard] = len(s.shards[shard].stored)
		}
	}
	return n
}

// before is how many records each shard of a stream had taken before an instant.
func (h *history) before(stream string, at time.Time) map[int32]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := map[int32]int{}
	if s := h.streams[stream]; s != nil {
		for number, shard := range s.shards {
			n[number] = sort.Search(len(shard.stored), func(i int) bool { return shard.stored[i].arrival >= at.UnixNano() })
		}
	}
	return n
}

// droppedTo tells what was given up and told to a destination.
func (h *history) droppedTo(arn string) (lines []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.drops {
		if d.destination == arn {
			lines = append(lines, fmt.Sprintf("%s: %d records of %s given up, %d attempts", d.condition, d.places.count(), d.stream, d.attempts))
		}
	}
	return lines
}
