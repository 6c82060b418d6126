package scenarios

import (
	"cmp"
	"fmt"
	"slices"
)

// mostReshards is how often AWS changes the number of a stream's shards in 24 hours. API reference, UpdateShardCount: no more
// than ten times in a rolling period of 24 hours.
const mostReshards = 10

// reshards wants each to be one that AWS does by default, of a stream that the run makes.
func (c *checker) reshards() {
	for i, r := range c.s.Reshards {
		c.reshard(r, fmt.Sprint(i))
	}
	for _, name := range sortedKeys(c.s.Pipeline.Streams) {
		c.shardCounts(name)
	}
}

// reshard wants its stream to be there, to be the run's own and PROVISIONED, and the load to be on.
func (c *checker) reshard(r Reshard, at string) {
	c.stream(r.Stream, "reshards", at, "stream")
	n := c.root.at("reshards", at, "stream")
	if _, there := c.s.Existing.Streams[r.Stream]; there {
		c.d.errorf(n, "found %q, which is there already and is left as it is; want a stream that is made for the run", r.Stream)
	}
	if c.s.Pipeline.Streams[r.Stream].StreamMode == OnDemand {
		c.d.errorf(n, "found %q, which is ON_DEMAND: AWS chooses how many shards it has; want a PROVISIONED stream", r.Stream)
	}
	if c.s.Duration > 0 && r.At >= c.s.Duration {
		c.d.errorf(c.root.at("reshards", at, "at"), "found %v, want less than the duration, %v", r.At, c.s.Duration)
	}
}

// shardCounts follows the shards of one stream from reshard to reshard. Counts that no stream can have were reported where
// they were decoded.
func (c *checker) shardCounts(stream string) {
	all := c.s.Reshards
	var order []int
	for i, r := range all {
		if r.Stream == stream && 0 < r.ShardCount && r.ShardCount <= mostShards {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[a].At, all[b].At) })
	open := c.s.Pipeline.Streams[stream].ShardCount
	if open == 0 {
		return
	}
	for n, i := range order {
		r, at := all[i], fmt.Sprint(i)
		c.shardCount(r.ShardCount, open, at)
		switch {
		case n > 0 && all[order[n-1]].At == r.At:
			c.d.errorf(c.root.at("reshards", at, "at"), "found %v, at which reshards.%d changes %q too; want an instant of its own",
				r.At, order[n-1], stream)
		case n >= mostReshards && r.At-all[order[n-mostReshards]].At < day:
			c.d.errorf(c.root.at("reshards", at), "found one more of %q, want at most %d in 24h: AWS does no more", stream, mostReshards)
		}
		open = r.ShardCount
	}
}

// shardCount wants a count that AWS allows where so many shards are open. API reference, UpdateShardCount: neither more than
// double nor less than half of the current count.
func (c *checker) shardCount(count, open int, at string) {
	n := c.root.at("reshards", at, "shardCount")
	switch least, most := (open+1)/2, 2*open; {
	case count < least:
		c.d.errorf(n, "found %d where %d are open, want %d or more: AWS goes down to half at once", count, open, least)
	case count > most:
		c.d.errorf(n, "found %d where %d are open, want %d or fewer: AWS goes up to double at once", count, open, most)
	}
}
