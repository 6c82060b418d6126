package lambda

import "github.com/wavetank/wavetank/internal/simulator/record"

// lineage decides which shards may be read: a child only after all its parents are read to the end and their last
// records have been processed, so that a partition key keeps its order over a split or a merge. AWS documents this order
// for the KCL and not for mappings; we keep it here too. It is a model.
type lineage struct {
	shards []*generation // in the order they were listed
	known  map[int32]*generation
}

type generation struct {
	record.Shard
	from    uint64
	started bool
	over    bool
}

// add takes a listing of the stream's shards. from says where a shard that was not there before is read from.
func (l *lineage) add(shards []record.Shard, from func(record.Shard) (uint64, error)) error {
	if l.known == nil {
		l.known = map[int32]*generation{}
	}
	for _, s := range shards {
		if l.known[s.Number] != nil {
			continue
		}
		at, err := from(s)
		if err != nil {
			return err
		}
		g := &generation{Shard: s, from: at}
		l.known[s.Number] = g
		l.shards = append(l.shards, g)
	}
	return nil
}

// start gives the shards whose turn has come, each once. A parent that is no longer listed is taken as processed.
func (l *lineage) start() (ready []*generation) {
	for _, g := range l.shards {
		if g.started || l.waits(g) {
			continue
		}
		g.started = true
		ready = append(ready, g)
	}
	return ready
}

func (l *lineage) waits(g *generation) bool {
	for _, n := range g.Parents {
		if p := l.known[n]; p != nil && !p.over {
			return true
		}
	}
	return false
}

// finish tells that a shard is processed to its end.
func (l *lineage) finish(shard int32) { l.known[shard].over = true }
