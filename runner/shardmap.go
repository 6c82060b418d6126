package runner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// shardMap is how a producer that aggregates by shard learns which shards there are: at the start, and again when a record
// was stored in another than it was made for. While they are listed it knows none, as the KPL, and each user record goes
// alone. All but stream and lister is guarded by the loader's mu.
//
// What was on its way when the map was listed, or was made by an older one, says nothing of it (KPL shard_map.cc, invalidate): else
// each of many requests in flight over a reshard would have the shards listed anew.
type shardMap struct {
	stream string
	lister target.ShardLister // nil: there is no map

	listing bool
	listed  time.Time      // when they were, last
	changed bool           // the gatherer has not been told yet
	open    []record.Shard // none while they are listed
}

// newShardMap makes the map of a load and lists the shards; the zero value where it needs none.
func newShardMap(ctx context.Context, t target.Target, l *scenarios.Load) (m shardMap, err error) {
	if a := l.Batch.Aggregate; a == nil || a.By != scenarios.ByShard {
		return shardMap{}, nil
	}
	lister, ok := t.(target.ShardLister)
	if !ok {
		return shardMap{}, fmt.Errorf("load into %s: the %s target cannot list shards, so batch.aggregate must be by: %s",
			l.Stream, t.Traits().Name, scenarios.ByKey)
	}
	m = shardMap{stream: l.Stream, lister: lister, changed: true}
	if m.open, err = lister.OpenShards(ctx, m.stream); err != nil {
		return m, fmt.Errorf("list the shards of %s: %w", m.stream, err)
	}
	return m, nil
}

// news are the shards that the gatherer has not been told of; ok is false where it knows them. The caller holds the loader's mu.
func (m *shardMap) news() (open []record.Shard, ok bool) {
	open, ok = m.open, m.changed
	m.changed = false
	return open, ok
}

// How long a producer waits after a listing that failed: half as long again each time (KPL shard_map.cc: kMinBackoff, kMaxBackoff).
const (
	listAgain    = time.Second
	listAgainCap = 30 * time.Second
)

// remap forgets the map and lists the shards, unless that is under way or the request that began then says nothing of this map. wrong
// are the shards that it had predicted and that were others.
func (l *loader) remap(began time.Time, wrong []int32) {
	m := &l.shards
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.listing || !began.After(m.listed) || !slices.ContainsFunc(m.open, func(s record.Shard) bool { return slices.Contains(wrong, s.Number) }) {
		return
	}
	m.listing, m.changed, m.open = true, true, nil
	l.clk.Go("shard map", func(p *clock.Proc) {
		for wait := listAgain; ; wait = min(wait*3/2, listAgainCap) {
			open, err := m.lister.OpenShards(context.Background(), m.stream)
			if err == nil {
				l.mu.Lock()
				defer l.mu.Unlock()
				m.listing, m.changed, m.open, m.listed = false, true, open, p.Now()
				return
			}
			if !p.Sleep(wait) {
				return
			}
		}
	})
}

// gathered takes in what an answer says of a job's aggregates: which will not be put again, and whether the map is wrong.
func (l *loader) gathered(j *job) {
	l.shelve(j, func(i int) bool { return j.fates[i] != again })
	if l.shards.lister == nil {
		return
	}
	if wrong := j.misled(); len(wrong) > 0 {
		l.remap(j.req.Began, wrong)
	}
}

// shelve tells the shelf of the aggregates of a job that will not be put again.
func (l *loader) shelve(j *job, final func(i int) bool) {
	g := l.plan.gather
	if g == nil || g.shelf == nil {
		return
	}
	for i := range j.req.Entries {
		if e := &j.req.Entries[i]; e.Lane == g.lane && final(i) {
			g.shelf.settled(e.Number)
		}
	}
}
