package firehose

import (
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// lane is one buffer of a delivery stream, what it has cut and the courier that delivers that: one for each shard of a
// source stream ("hints apply per shard", developer guide, "Configure destination settings"), one for Direct PUT.
type lane struct {
	stream *deliveryStream
	shard  int32 // -1: Direct PUT
	seed   uint64
	wake   *clock.Signal // the courier's: an object is cut, a buffer has got a deadline, or it is over

	mu      sync.Mutex
	buffer  Buffer
	pending []object // cut and not delivered, oldest first
	waiting int64    // cost of what is pending
	spare   [][]record.Record
	seq     uint64 // Direct PUT: the next record's
	last    int64  // the last arrival or read; time does not go back in a lane
	ended   bool   // no more records will come
	closed  bool   // the delivery stream is deleted
	busy    bool   // the courier has pending[0] in hand
}

// object is what will be one.
type object struct {
	records []record.Record
	bytes   int64
}

// recordCost is what a record costs in memory beside its data, about.
const recordCost = 128

func (o object) cost() int64 { return o.bytes + int64(len(o.records))*recordCost }

// maxSpare is how many emptied buffers a lane keeps to fill again.
const maxSpare = 2

func newLane(d *deliveryStream, shard int32) *lane {
	s := d.service
	hints := *d.config.Buffering
	if hints.Interval == 0 {
		hints.Interval = s.config.Model.ZeroInterval
	}
	return &lane{
		stream: d,
		shard:  shard,
		seed:   mix(s.config.Seed ^ digest(s.config.Account, s.config.Region, d.config.Name) + uint64(uint32(shard))<<32),
		wake:   s.config.Clock.NewSignal(),
		buffer: NewBuffer(hints),
	}
}

// accept buffers records that all came at one instant, cutting objects where they end, and wakes the courier where it has
// something new to do. The caller holds the lock.
func (l *lane) accept(now int64, recs []record.Record) {
	if l.closed || len(recs) == 0 {
		return
	}
	now = max(now, l.last)
	l.last = now
	due, had := l.buffer.Due()
	for len(recs) > 0 {
		if l.buffer.Full(now) {
			l.cut()
		}
		recs = recs[l.buffer.Add(now, recs):]
	}
	if l.buffer.Full(now) {
		l.cut()
	}
	if next, has := l.buffer.Due(); len(l.pending) > 0 || has && (!had || next != due) {
		l.wake.Notify()
	}
}

// offer is accept for a caller that does not hold the lock.
func (l *lane) offer(now time.Time, recs []record.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accept(now.UnixNano(), recs)
}

// cut ends the object that is buffered. The caller holds the lock.
func (l *lane) cut() {
	var spare []record.Record
	if n := len(l.spare); n > 0 {
		spare, l.spare = l.spare[n-1], l.spare[:n-1]
	}
	var o object
	o.records, o.bytes = l.buffer.Cut(spare)
	l.pending = append(l.pending, o)
	l.waiting += o.cost()
}

// crowded tells whether so much waits for delivery that nothing more may come in. The caller holds the lock.
func (l *lane) crowded() bool {
	return len(l.pending) > 1 && l.waiting >= l.stream.service.config.Model.MaxPending
}

// oldest is the first arrival that is not delivered.
func (l *lane) oldest() (nano int64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) > 0 {
		return l.pending[0].records[0].Arrival, true
	}
	return l.buffer.Oldest()
}

// end says that no more records will come: the courier returns when the rest is delivered.
func (l *lane) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.wake.Notify()
}

// close discards what is in the lane and ends its courier, which itself discards what it has in hand and cannot deliver.
func (l *lane) close() {
	l.mu.Lock()
	var lost [][]record.Record
	for i, o := range l.pending {
		if i > 0 || !l.busy {
			lost = append(lost, o.records)
		}
	}
	if recs, _ := l.buffer.Cut(nil); len(recs) > 0 {
		lost = append(lost, recs)
	}
	l.pending, l.spare, l.closed = nil, nil, true
	l.mu.Unlock()
	for _, recs := range lost {
		l.stream.discarded(recs)
	}
	l.wake.Notify()
}
