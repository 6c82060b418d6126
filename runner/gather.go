package runner

import (
	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// gatherer stands before a planner whose load aggregates: drawn records are user records, and what it gives on are records of
// the stream. Like the planner it goes by due instants alone. It belongs to the loader's process.
type gatherer struct {
	planner  *planner
	router   *aggregate.Router[target.Entry]
	buffered int64 // how long a user record may wait for others
	lane     uint32
	shelf    *shelf // nil where bodies are rendered

	offer func(drawn []target.Entry, seconds []dueIn, cooldown bool) // is told of user records in the order in which they are drawn

	next    target.Entry // drawn, and not with the router
	body    []byte       // of it
	have    bool
	drawn   []target.Entry // and not offered; all of the cooldown or none
	seconds []dueIn        // in which they are due
	late    bool           // the last one drawn is of the cooldown
	over    bool           // the load has no more
	cool    bool           // what is with the router is of the cooldown
	now     int64          // offset at which the router is called
	timed   bool           // the router is called because the time of some is over
	numbers uint64         // of aggregates

	out  []gathered // complete, in the order in which they became so
	head gathered   // the last one taken
}

// gathered is one record of the stream: an aggregate, or a user record alone.
type gathered struct {
	entry     target.Entry
	users     []target.Entry
	predicted int32 // the shard it was made for; aggregate.UnknownShard without a map
	ready     int64 // when it was complete, since the start of the load
	cooldown  bool
}

// newGatherer makes the gatherer of a load into a stream that takes records of largest bytes, with their partition keys.
func newGatherer(p *planner, spec *scenarios.Aggregate, largest int, kept *shelf, offer func([]target.Entry, []dueIn, bool)) *gatherer {
	g := &gatherer{planner: p, offer: offer, buffered: int64(spec.MaxBufferedTime), lane: kept.lane}
	if !p.bodies {
		g.shelf = kept
	}
	by := aggregate.ByShard
	if spec.By == scenarios.ByKey {
		by = aggregate.ByKey
	}
	limits := aggregate.Limits{Size: min(int(spec.Size), largest-len(aggregate.OuterKey)), Count: spec.Count}
	g.router = aggregate.NewRouter(limits, by, p.bodies, g.send)
	return g
}

// pull makes sure that a record of the stream is at hand; false when the load has no more.
func (g *gatherer) pull() bool {
	for len(g.out) == 0 {
		if g.over {
			return false
		}
		g.step()
	}
	g.tell()
	g.head = g.out[0]
	g.out[0] = gathered{}
	if g.out = g.out[1:]; len(g.out) == 0 {
		g.out = nil
	}
	return true
}

// step gives the router one more user record, or what time does to it.
func (g *gatherer) step() {
	if !g.have && !g.draw() {
		g.flush(noOffset)
		g.over = true
		return
	}
	due := g.next.Due - g.planner.start
	if g.late != g.cool { // nothing holds both what is measured and what is not
		g.flush(due)
		g.now = due
		g.router.Flush(due)
		g.cool = g.late
	}
	if g.flush(due); len(g.out) > 0 {
		return
	}
	g.now = due
	g.router.Add(due, &aggregate.UserRecord{Key: g.next.Key, Hash: g.next.Hash, Size: int(g.next.Size), Data: g.data()}, g.next)
	g.have = false
}

// draw draws the next user record; false when the load has no more.
func (g *gatherer) draw() bool {
	p := g.planner
	r := p.draws.next()
	if r == nil {
		return false
	}
	g.next, g.have = p.entry(r), true
	if p.bodies {
		g.body = p.draws.source.Append(g.body[:0])
	}
	if late := g.next.Due-p.start >= p.end.Load(); late != g.late {
		g.tell()
		g.late = late
	}
	g.drawn, g.seconds = append(g.drawn, g.next), count(g.seconds, g.next.Due-p.start)
	return true
}

// tell offers what was drawn.
func (g *gatherer) tell() {
	if len(g.drawn) > 0 {
		g.offer(g.drawn, g.seconds, g.late)
		g.drawn, g.seconds = g.drawn[:0], g.seconds[:0]
	}
}

// noOffset is after everything.
const noOffset = int64(1) << 62

// flush sends what has waited for its time at an offset.
func (g *gatherer) flush(at int64) {
	g.timed = true
	g.router.Flush(at - g.buffered)
	g.timed = false
}

func (g *gatherer) data() []byte {
	if !g.planner.bodies {
		return nil
	}
	return g.body
}

// send takes a record of the stream from the router.
func (g *gatherer) send(b *aggregate.Batch[target.Entry]) {
	out := gathered{users: append([]target.Entry(nil), b.Users...), predicted: b.Shard, ready: g.now, cooldown: g.cool}
	if g.timed {
		out.ready = b.Since + g.buffered
	}
	out.entry = out.users[0]
	e := &out.entry
	e.Explicit = true // as the KPL sends it, also what is alone
	if b.Aggregated() {
		e.Lane, e.Number, e.Ours = g.lane, g.numbers, !g.planner.bodies
		e.Key, e.Hash, e.Size = b.Key, b.Hash, int32(b.Size)
		g.numbers++
		if g.shelf != nil {
			g.shelf.put(e.Number, out.users)
		}
	}
	if g.planner.bodies {
		e.Body = append([]byte(nil), b.Data...)
	}
	g.out = append(g.out, out)
}

// remap gives the router the open shards of the stream; none while they are listed, when each user record goes alone. A
// listing whose shards overlap, which no stream has, leaves the map as it was.
func (g *gatherer) remap(shards []record.Shard) {
	list := make([]aggregate.Shard, 0, len(shards))
	for i := range shards {
		s := &shards[i]
		list = append(list, aggregate.Shard{Number: s.Number, Range: aggregate.Range{Start: s.Start, End: s.End}})
	}
	_ = g.router.Update(list)
}
