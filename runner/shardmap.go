package runner

import (
	"context"
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// shardMap is how a producer that aggregates by shard learns which shards there are: at the start, and again when a record
// was stored in another than it was made for. While they are listed it knows none, as the KPL, and each user record goes
// alone. All but stream and lister is guarded by the loader's mu.
type shardMap struct {
	stream string
	lister target.ShardLister // nil: there is no map

	listing bool
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

// listAgain is how long a producer waits after a listing that failed (KPL shard_map.h: min_backoff).
const listAgain = time.Second

// remap forgets the map and lists the shards, unless that is under way.
func (l *loader) remap() {
	m := &l.shards
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.listing {
		return
	}
	m.listing, m.changed, m.open = true, true, nil
	l.clk.Go("shard map", func(p *clock.Proc) {
		for {
			open, err := m.lister.OpenShards(context.Background(), m.stream)
			if err == nil {
				l.mu.Lock()
				defer l.mu.Unlock()
				m.listing, m.changed, m.open = false, true, open
				return
			}
			if !p.Sleep(listAgain) {
				return
			}
		}
	})
}

// gathered takes in what an answer says of a job's aggregates: which will not be put again, and whether the map is wrong.
func (l *loader) gathered(j *job) {
	l.shelve(j, func(i int) bool { return j.fates[i] != again })
	if l.shards.lister != nil && j.misled() {
		l.remap()
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
