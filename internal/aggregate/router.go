package aggregate

import (
	"fmt"
	"slices"
	"sort"
)

// Grouping decides which user records go together.
type Grouping int

// The groupings.
const (
	// ByShard puts together what goes to the same shard by the producer's map, as the KPL does. An aggregate that was gathered
	// by a map that is no longer true arrives at one shard and is lost to the KCL.
	ByShard Grouping = iota
	// ByKey puts together what has the same hash key. Such an aggregate goes where each of its user records would, by any map.
	ByKey
)

// UnknownShard is the shard of what the router has no map for.
const UnknownShard = -1

// Shard is an open shard in a producer's map.
type Shard struct {
	Number int32
	Range
}

// Batch is one record of the stream that a router has gathered.
type Batch[T any] struct {
	Outer
	Shard int32  // where it goes by the map there was when its first user record came; UnknownShard without one
	Since int64  // when its first user record came
	Data  []byte // nil without bodies
	Users []T    // what was said of its user records, in order
}

// Router predicts the shard of a user record and gathers what goes together, a [Writer] for each group. T is what a load wants to
// know of a user record when it has been sent.
//
// Time is the caller's, in nanoseconds since any instant, and does not go back.
type Router[T any] struct {
	limits Limits
	by     Grouping
	bodies bool
	send   func(*Batch[T])

	shards []Shard // by their ranges
	groups map[groupKey]*group[T]
	open   list[T]     // the groups, the oldest first
	free   []*group[T] // to be used again
}

// NewRouter makes a router without a map. send is given each record of the stream when it is complete; what it is given is
// valid during the call only, and it must not call the router.
func NewRouter[T any](limits Limits, by Grouping, bodies bool, send func(*Batch[T])) *Router[T] {
	return &Router[T]{limits: limits, by: by, bodies: bodies, send: send, groups: map[groupKey]*group[T]{}}
}

// Update replaces the map by the open shards of a listing; none forgets it. What is gathered stays together as it was gathered, as in the KPL:
// after a split or a merge it may arrive at a shard that is not the one of all its user records. An error leaves the map as it was.
func (r *Router[T]) Update(shards []Shard) error {
	sorted := slices.Clone(shards)
	slices.SortFunc(sorted, func(a, b Shard) int {
		switch {
		case a.Start.Less(b.Start):
			return -1
		case b.Start.Less(a.Start):
			return 1
		}
		return 0
	})
	for i, s := range sorted {
		if s.End.Less(s.Start) {
			return fmt.Errorf("the hash keys of shard %d end before they start", s.Number)
		}
		if i > 0 && !sorted[i-1].End.Less(s.Start) {
			return fmt.Errorf("shards %d and %d share hash keys", sorted[i-1].Number, s.Number)
		}
	}
	r.shards = sorted
	return nil
}

// Shard is the shard of a user record by the map, or UnknownShard. The KPL's map has no gaps, and it looks at the ends of the
// ranges only; here a hash key in a gap has no shard.
func (r *Router[T]) Shard(u *UserRecord) int32 {
	i := sort.Search(len(r.shards), func(i int) bool { return !r.shards[i].End.Less(u.Hash) })
	if i == len(r.shards) || !r.shards[i].Contains(u.Hash) {
		return UnknownShard
	}
	return r.shards[i].Number
}

// Add gathers a user record. It sends what was gathered before where this one has no room there, and sends this one
// with the others where they are full then. Grouped by shard, a user record without a known shard is sent at once and alone, as by the
// KPL while it lists the shards: it may overtake what is gathered.
func (r *Router[T]) Add(now int64, u *UserRecord, user T) {
	shard := r.Shard(u)
	key := groupKey{hash: u.Hash}
	if r.by == ByShard {
		key = groupKey{shard: shard}
	}
	g := r.groups[key]
	if g != nil && !g.writer.Fits(u) {
		r.close(g)
		g = nil
	}
	if g == nil {
		g = r.begin(key, shard, now)
	}
	g.writer.Add(u)
	g.batch.Users = append(g.batch.Users, user)
	if g.writer.Full() || r.by == ByShard && shard == UnknownShard {
		r.close(g)
	}
}

// Oldest is when the first user record came of what has waited longest; false where nothing waits.
func (r *Router[T]) Oldest() (since int64, waits bool) {
	if r.open.first == nil {
		return 0, false
	}
	return r.open.first.batch.Since, true
}

// Flush sends what has waited since an instant or longer, the oldest first.
func (r *Router[T]) Flush(since int64) {
	for g := r.open.first; g != nil && g.batch.Since <= since; g = r.open.first {
		r.close(g)
	}
}

// begin opens a group.
func (r *Router[T]) begin(key groupKey, shard int32, now int64) *group[T] {
	var g *group[T]
	if n := len(r.free); n > 0 {
		g, r.free = r.free[n-1], r.free[:n-1]
	} else {
		g = &group[T]{writer: NewWriter(r.limits, r.bodies)}
	}
	g.key, g.batch.Shard, g.batch.Since = key, shard, now
	r.groups[key] = g
	r.open.push(g)
	return g
}

// close sends what a group has gathered and puts the group away.
func (r *Router[T]) close(g *group[T]) {
	delete(r.groups, g.key)
	r.open.remove(g)
	b := &g.batch
	b.Data, b.Outer = g.writer.Flush(b.Data[:0])
	r.send(b)
	clear(b.Users)
	b.Users = b.Users[:0]
	r.free = append(r.free, g)
}
