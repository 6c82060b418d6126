package firehose

import (
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// lane is one buffer of a delivery stream, what it has cut and the courier that delivers that: one for each shard of a
// source stream ("hints apply per shard", developer guide, "Configure destination settings"), one for Direct PUT. Where all
// data are backed up, each has a second one behind it; and where a function transforms the records, one before it.
type lane struct {
	stream *deliveryStream
	shard  int32 // -1: Direct PUT
	seed   uint64
	posts  bool              // it delivers to the HTTP endpoint
	copies bool              // it holds copies of another lane's records, for the backup bucket
	into   *lane             // gets what the function makes of the records, in their order; nil: there is no function. Its lock is taken under this one's
	backup *lane             // gets a copy of what comes in; nil: nobody does. Its lock is taken under this one's
	after  func(*clock.Proc) // called when no more records will come and all that came are delivered; nil: nobody asks
	wake   *clock.Signal     // the courier's: an object is cut, a buffer has got a deadline, or it is over

	sequence func(dst []byte, r *record.Record) []byte // of the shard's records, where there is a function

	mu      sync.Mutex
	buffer  Buffer
	pending []object  // cut and not delivered, oldest first
	flights []*flight // taken from there, and with the function
	waiting int64     // cost of what is pending and in flight
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

// newLane makes a lane, and the one for its backup where there is one.
func newLane(d *deliveryStream, shard int32) *lane {
	h := d.config.HTTP
	if h == nil {
		return newBuffered(d, shard, *d.config.Buffering).transformed()
	}
	limits := d.service.config.Limits
	hints := *h.Buffering
	hints.Size = min(hints.Size, limits.RequestSize())
	l := newBuffered(d, shard, hints)
	l.posts, l.buffer.most = true, limits.RequestRecords
	if h.BackupMode == AllData {
		l.backup = newBuffered(d, shard, *d.config.Buffering)
		l.backup.copies = true
		l.backup.seed = mix(^l.seed)
	}
	return l
}

// RequestSize is the size that ends a buffer so that the body of its request, in base64 and with the record that went over
// the size, stays below the limit. With AWS's limits it is about 47 MiB: a larger hint is never met.
func (l Limits) RequestSize() int64 {
	const envelope, around = 128, 16 // bytes of the body, and of each record beside its data and a third of them
	room := l.RequestBytes - envelope - around*int64(l.RequestRecords)
	return max(1, room/4*3-max(l.RecordBytes, mib)) // a record of a stream may have a MiB
}

func newBuffered(d *deliveryStream, shard int32, hints BufferingHints) *lane {
	s := d.service
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
	if l.backup != nil {
		l.backup.offer(time.Unix(0, now), recs)
	}
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
	if l.backup != nil && l.backup.full() || l.into != nil && l.into.full() {
		return true
	}
	return len(l.pending)+len(l.flights) > 1 && l.waiting >= l.stream.service.config.Model.MaxPending
}

// oldest is the first arrival that is not delivered.
func (l *lane) oldest() (nano int64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.into != nil {
		if nano, ok = l.into.oldest(); ok {
			return nano, true
		}
	}
	for _, f := range l.flights {
		if recs := f.held(); len(recs) > 0 {
			return recs[0].Arrival, true
		}
	}
	if len(l.pending) > 0 {
		return l.pending[0].records[0].Arrival, true
	}
	return l.buffer.Oldest()
}

// end says that no more records will come: what is buffered is delivered at once, as nothing can join it, and then the
// courier returns. (AWS says nothing of a buffer whose shard has ended. What follows the shard waits for its last object,
// and would wait for the whole interval.)
func (l *lane) end() {
	l.mu.Lock()
	l.ended = true
	if _, buffered := l.buffer.Oldest(); buffered {
		l.cut()
	}
	l.mu.Unlock()
	if l.backup != nil {
		l.backup.end()
	}
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
	for _, f := range l.flights {
		if f.landed && len(f.kept) > 0 {
			lost = append(lost, f.kept)
		}
		f.wake.Notify() // those with the function discard what it makes of them
	}
	l.pending, l.flights, l.spare, l.closed = nil, nil, nil, true
	l.mu.Unlock()
	for _, recs := range lost {
		l.discarded(recs)
	}
	l.wake.Notify()
	if l.backup != nil {
		l.backup.close()
	}
	if l.into != nil {
		l.into.close()
	}
}
