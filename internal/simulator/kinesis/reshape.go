package kinesis

import (
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// reshape is a change of which shards are open, to those of given ranges. It is every split and merge, one or many at once.
type reshape struct {
	to   ranges
	last bool // of one operation: it is over
}

func (c reshape) apply(s *Service, st *stream, at time.Time) {
	s.reshape(st, c.to, at)
	if c.last {
		st.reserved = 0
	}
}

// reshape makes the open shards those of given ranges, as of an instant, and tells the observer. The caller holds the lock.
func (s *Service) reshape(st *stream, to ranges, at time.Time) {
	st.reshape(to, s.limitsOf(st.settings.Load().recordSize), at.UnixNano())
	if s.cfg.Observer != nil {
		s.cfg.Observer.Reshaped(at, st.name, len(st.open))
	}
}

// ranges are those of the open shards.
func (st *stream) ranges() ranges {
	out := make(ranges, len(st.open))
	for i, sh := range st.open {
		out[i] = sh.start
	}
	return out
}

// reshape closes the open shards whose ranges are not among the given ones, as of an instant, and opens their children: each
// new range is a part of one open shard or made of two that are neighbours (what is more is done in steps). Until then the
// parents take records; from then on the children do ("records that would have been added to the parent are added to a child
// instead", developer guide "Resharding"). AWS documents nothing of what a new shard can take at first; here it is rested,
// as the shards of a new stream are.
func (st *stream) reshape(to ranges, l *Limits, at int64) {
	open := make([]*shard, 0, len(to))
	old := st.open
	for i, start := range to {
		end := to.end(i)
		for old[0].end.Less(start) {
			old = old[1:]
		}
		if old[0].start == start && old[0].end == end {
			open = append(open, old[0])
			continue
		}
		n := 1
		for n < len(old) && !end.Less(old[n].start) {
			n++
		}
		open = append(open, st.bear(old[:n], start, end, l, at))
	}
	for _, sh := range st.open {
		if len(sh.children) > 0 {
			sh.closed = at
			st.closed = append(st.closed, sh)
		}
	}
	st.open = open
}

// bear makes the child of one shard or two. Its number is the next one of the stream (kinesalite). Its time of creation, as
// sequence numbers tell it, is a second after its parents closed (kinesalite), and later than their own, so that the numbers
// of a key go on rising also where it is split twice in a second.
func (st *stream) bear(parents []*shard, start, end record.Hash, l *Limits, at int64) *shard {
	sh := st.newShard(int32(len(st.shards)), start, end, l, at)
	sh.arrived = at
	for _, p := range parents {
		sh.created = max(sh.created, p.created)
		sh.parents = append(sh.parents, p.number)
		p.children = append(p.children, sh.number)
	}
	sh.created++
	st.shards = append(st.shards, sh)
	return sh
}

// forget drops the records of the shards that closed before the horizon: with the retention period over they are expired
// (developer guide "Resharding") and no longer listed. What a request for one answers is not documented; here it is a shard
// without records that is read to its end, so that a reader that was late finds the children.
func (st *stream) forget(horizon int64) (freed int64) {
	n := 0
	for n < len(st.closed) && st.closed[n].closed < horizon {
		sh := st.closed[n]
		freed += sh.drop(sh.next, &st.free)
		sh.segs = nil
		n++
	}
	st.closed = slices.Delete(st.closed, 0, n)
	return freed
}
