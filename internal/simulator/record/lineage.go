package record

import "errors"

// Lineage decides the order in which a reader reads the shards of a stream, and where it begins in each.
//
// A shard's turn comes when all its parents are over: read to their end, and where the reader hands records on, handed
// on. So a partition key keeps its order over a split or a merge. AWS's developer guide asks this of whoever reads a stream
// (the pages on resharding) and does not say what its own readers do; here they keep it too. A parent that is not known
// has expired, and is not waited for.
//
// A Lineage is a model: it asks no stream and is not safe for concurrent use.
type Lineage struct {
	start    Position
	listed   bool // the first listing was added
	known    map[int32]*generation
	children map[int32][]*generation // that wait, by a parent that is not over
	ready    []Turn
}

// generation is a shard in its lineage.
type generation struct {
	Shard
	at    Position
	waits int // parents that are not over
	over  bool
}

// Turn is a shard whose turn to be read has come, and where to begin.
type Turn struct {
	Shard
	At Position
}

// NewLineage makes the lineage of a reader that starts at a position.
func NewLineage(start Position) *Lineage {
	return &Lineage{start: start, known: map[int32]*generation{}, children: map[int32][]*generation{}}
}

// Add takes a listing of the stream's shards: a whole one, or shards whose parents are all known. Those that are known
// already are passed by.
//
// The shards of the first listing begin at the reader's starting position, those that come later with their oldest
// record: whatever is in them came after the start. A shard that was closed before a reader started at LATEST has nothing
// for it: these are over, and returned so that the reader can say that it does not need them. (One that was closed before
// an AT_TIMESTAMP is at its end there, which its first read tells.)
func (l *Lineage) Add(shards []Shard) (passedOver []Shard) {
	at := Position{Type: TrimHorizon}
	if !l.listed {
		at = l.start
	}
	var added []*generation
	for _, s := range shards {
		if l.known[s.Number] != nil {
			continue
		}
		g := &generation{Shard: s, at: at}
		if g.over = at.Type == Latest && s.Closed; g.over {
			passedOver = append(passedOver, s)
		}
		l.known[s.Number] = g
		added = append(added, g)
	}
	for _, g := range added { // parents need not be listed first
		if !g.over {
			l.wait(g)
		}
	}
	l.listed = true
	return passedOver
}

// wait lets a shard wait for those of its parents that are not over.
func (l *Lineage) wait(g *generation) {
	for _, n := range g.Parents {
		if p := l.known[n]; p != nil && !p.over {
			g.waits++
			l.children[n] = append(l.children[n], g)
		}
	}
	if g.waits == 0 {
		l.ready = append(l.ready, Turn{g.Shard, g.at})
	}
}

// Knows tells whether a shard was added.
func (l *Lineage) Knows(shard int32) bool { return l.known[shard] != nil }

// Ready gives the shards whose turn has come, each once.
func (l *Lineage) Ready() []Turn {
	ready := l.ready
	l.ready = nil
	return ready
}

// Start begins to read the shards whose turn has come: place tells where each begins, and begin starts to read it from there.
// A shard that has expired since it was listed is over. After another error of place those that are left keep their turn.
func (l *Lineage) Start(place func(shard int32, at Position) (from uint64, err error), begin func(shard int32, from uint64)) error {
	for len(l.ready) > 0 {
		turn := l.ready[0]
		from, err := place(turn.Number, turn.At)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		l.ready = l.ready[1:]
		if err != nil {
			l.Finish(turn.Number, nil)
			continue
		}
		begin(turn.Number, from)
	}
	return nil
}

// Finish tells that a shard is over, and which shards the stream says follow it. It returns whether the stream's shards
// must be listed: none was named, or not all of them are known.
func (l *Lineage) Finish(shard int32, children []int32) (list bool) {
	if g := l.known[shard]; g != nil && !g.over {
		g.over = true
		for _, child := range l.children[shard] {
			if child.waits--; child.waits == 0 {
				l.ready = append(l.ready, Turn{child.Shard, child.at})
			}
		}
		delete(l.children, shard)
	}
	for _, n := range children {
		if !l.Knows(n) {
			return true
		}
	}
	return len(children) == 0
}
