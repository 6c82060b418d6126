package runner

import (
	"sync/atomic"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
)

// batch is the records of one request of the plan and the instant it should leave. Offsets count from the start of the
// load, in nanoseconds.
type batch struct {
	leave     int64 // the due of the record that filled it, or the first due + linger
	seconds   []dueIn
	bodies    []byte           // what the entries' bodies alias, in every attempt
	users     [][]target.Entry // where the load aggregates, of each entry
	predicted []int32          // likewise: the shard that it was made for
	cooldown  bool             // offered after the load's end: in no table and not in the ledger
	open      int              // records without a final outcome; guarded by the loader's mu
}

// dueIn is how many records that follow each other are due in one second.
type dueIn struct {
	second int64 // its beginning
	n      int64
}

// count counts one more record. It is short where they come in the order in which they are due.
func count(seconds []dueIn, due int64) []dueIn {
	if last := len(seconds) - 1; last >= 0 && uint64(due-seconds[last].second) < 1e9 {
		seconds[last].n++
		return seconds
	}
	return append(seconds, dueIn{due - due%1e9, 1})
}

// planner cuts the merged records of a load into batches. It is pure: the cut depends on due instants alone, never on
// when anybody was awake, so that both clocks send the same sequence of batches.
type planner struct {
	draws    draws
	records  int
	bytes    int
	linger   int64
	bodies   bool
	end      atomic.Int64 // of the load; what is due from then on is cooldown
	past     atomic.Bool  // every record of the load has been planned
	start    int64        // of the load, unix nanoseconds
	laneBase uint32
	keyBase  uint32
	ours     bool
	gather   *gatherer // nil where the load does not aggregate

	ahead     *generators.Record // drawn and not yet in a batch
	aheadBody []byte
	whole     generators.Record // what is ahead where the load aggregates
}

// next fills b with the next batch and returns its entries, in the memory of spare; none when the load has no more
// records: its last rate is 0.
func (p *planner) next(b *batch, spare []target.Entry) []target.Entry {
	entries := spare[:0]
	if !p.draw() {
		p.past.Store(true)
		return nil
	}
	first, end := int64(p.ahead.Due), p.end.Load()
	*b = batch{
		leave: first + p.linger, seconds: b.seconds[:0], bodies: b.bodies[:0], users: b.users[:0], predicted: b.predicted[:0],
		cooldown: p.cool(end),
	}
	if b.cooldown {
		p.past.Store(true)
	}
	size := 0
	for p.draw() {
		due := int64(p.ahead.Due)
		if due > first+p.linger || p.cool(end) != b.cooldown {
			break
		}
		grown := size + int(p.ahead.Size) + len(p.ahead.Key)
		if len(entries) > 0 && grown > p.bytes {
			b.leave = due
			break
		}
		size = grown
		entries = p.take(b, entries)
		if len(entries) == p.records {
			b.leave = due
			break
		}
	}
	b.open = len(entries)
	if p.bodies {
		alias(b.bodies, entries)
	}
	return entries
}

// draw makes sure that a record is at hand.
func (p *planner) draw() bool {
	if p.ahead != nil {
		return true
	}
	if p.gather != nil {
		return p.gathered()
	}
	if p.ahead = p.draws.next(); p.ahead == nil {
		return false
	}
	if p.bodies {
		p.aheadBody = p.draws.source.Append(p.aheadBody[:0])
	}
	return true
}

// gathered makes sure that a record of the stream is at hand, which is due when it is complete.
func (p *planner) gathered() bool {
	if !p.gather.pull() {
		return false
	}
	h := &p.gather.head
	p.whole = generators.Record{Due: time.Duration(h.ready), Key: h.entry.Key, Size: h.entry.Size}
	p.ahead, p.aheadBody = &p.whole, h.entry.Body
	return true
}

// cool tells whether the record at hand is of the cooldown.
func (p *planner) cool(end int64) bool {
	if p.gather != nil {
		return p.gather.head.cooldown
	}
	return int64(p.ahead.Due) >= end
}

// take moves the record at hand into the batch.
func (p *planner) take(b *batch, entries []target.Entry) []target.Entry {
	r := p.ahead
	p.ahead = nil
	if p.bodies {
		b.bodies = append(b.bodies, p.aheadBody...)
	}
	if g := p.gather; g != nil {
		b.seconds = count(b.seconds, g.head.entry.Due-p.start)
		b.users, b.predicted = append(b.users, g.head.users), append(b.predicted, g.head.predicted)
		return append(entries, g.head.entry)
	}
	b.seconds = count(b.seconds, int64(r.Due))
	return append(entries, p.entry(r))
}

// entry is a drawn record without its body.
func (p *planner) entry(r *generators.Record) target.Entry {
	return target.Entry{
		Lane:     p.laneBase + r.Lane,
		KeyIndex: p.keyBase + r.KeyIndex,
		Number:   r.Number,
		Due:      p.start + int64(r.Due),
		Key:      r.Key,
		Hash:     record.Hash{Hi: r.Hash[0], Lo: r.Hash[1]},
		Size:     r.Size,
		Ours:     p.ours,
	}
}

// patience is how long a record may wait before it leaves.
func (p *planner) patience() time.Duration {
	if p.gather != nil {
		return time.Duration(p.linger + p.gather.buffered)
	}
	return time.Duration(p.linger)
}

// alias points each entry at its body, once the batch's bytes no longer move.
func alias(bodies []byte, entries []target.Entry) {
	at := 0
	for i := range entries {
		e := &entries[i]
		e.Body = bodies[at : at+int(e.Size) : at+int(e.Size)]
		at += int(e.Size)
	}
}

// offset is an instant as nanoseconds since the start of the load.
func (p *planner) offset(t time.Time) int64 { return t.UnixNano() - p.start }
