package runner

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// shardCounts is how many shards of each stream were open, from instant to instant. It is safe for concurrent use.
type shardCounts struct {
	first map[string]int // what each stream begins with

	mu   sync.Mutex
	list []measure.ShardCount
}

// newShardCounts begins with the streams that the scenario reshards: that nothing came of it is to be told too.
func newShardCounts(s *scenarios.Scenario) *shardCounts {
	c := &shardCounts{first: map[string]int{}}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		c.first[name] = s.Pipeline.Streams[name].Shards()
		if len(s.ReshardsOf(name)) > 0 {
			c.list = append(c.list, measure.ShardCount{Stream: name, Open: c.first[name]})
		}
	}
	return c
}

// Resharded notes that another number of a stream's shards is open.
func (p *probe) Resharded(at time.Time, stream string, open int) {
	c := p.counts
	first, known := c.first[stream]
	if !known {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	next, last := measure.ShardCount{Stream: stream, At: max(0, float64(p.at(at))/1e9), Open: open}, -1
	for i := range c.list {
		if c.list[i].Stream == stream {
			last = i
		}
	}
	switch {
	case last < 0:
		c.list = append(c.list, measure.ShardCount{Stream: stream, Open: first}, next)
	case c.list[last].At == next.At: // one of several steps that take no time
		c.list[last] = next
	default:
		c.list = append(c.list, next)
	}
}

// shards are the counts of the streams whose number of shards changed, or was to.
func (p *probe) shards() []measure.ShardCount {
	p.counts.mu.Lock()
	defer p.counts.mu.Unlock()
	return slices.Clone(p.counts.list)
}
