package lambda

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// batcher holds the records of one lane and closes its batches. It is a model: time is an argument, and one caller at a
// time is its owner's business.
//
// A batch is closed by the first of three (DG invocation-eventsourcemapping): it holds BatchSize records; the next
// record's bytes would not fit the event; its batching window is over. A window of zero is always over: records are sent
// as soon as they are there. A window opens when the previous invocation completes; if it ends with no record waiting it
// is gone, and the next opens with the first record. A record received at the very instant its window ends belongs to it.
//
// One batch is in flight at a time. What is left of it stays the same, byte for byte, until done is called: that is what a
// retry sends.
type batcher struct {
	size     int           // BatchSize
	window   time.Duration // MaximumBatchingWindowInSeconds
	payload  int64         // the most bytes of an event
	overhead int64         // bytes of a record's JSON beside its data and its key

	queue   []record.Record // from head on: in flight, then waiting
	head    int
	flight  int       // records in flight
	opened  time.Time // when the window opened that is open or was last
	counted int       // of the waiting records, how many are known to fit the next batch
	bytes   int64     // of the event with these, at most
	exact   bool      // bytes is what it has
}

// roomy is the capacity a queue keeps when it runs empty. A shard takes 1,000 records a second; what grew beyond is from
// a backlog and is given back.
const roomy = 4096

func (b *batcher) waiting() int { return len(b.queue) - b.head - b.flight }

// offer adds records that were received now.
func (b *batcher) offer(now time.Time, recs []record.Record) {
	b.open(now)
	b.queue = append(b.queue, recs...)
}

// open opens a window for records that are received now, where there is none.
func (b *batcher) open(now time.Time) {
	if b.window > 0 && b.flight == 0 && b.waiting() == 0 && now.After(b.closes()) {
		b.opened = now
	}
}

func (b *batcher) closes() time.Time { return b.opened.Add(b.window) }

// take closes a batch if one is due and puts it in flight. If none is, it tells when the window ends; the zero time is
// for no waiting record or a batch in flight.
func (b *batcher) take(now time.Time) (batch []record.Record, due time.Time) {
	if b.flight > 0 || b.waiting() == 0 {
		return nil, time.Time{}
	}
	if full := b.count(); !full && b.window > 0 && now.Before(b.closes()) {
		return nil, b.closes()
	}
	b.flight = b.counted
	return b.queue[b.head : b.head+b.flight], time.Time{}
}

// count goes on counting what fits the next batch and tells whether it is full. A single record is always taken,
// whatever it weighs. Keys are looked at only where they might matter: most batches are far from a full event.
func (b *batcher) count() (full bool) {
	first := b.head + b.counted
	last := min(len(b.queue), b.head+b.size)
	for i := first; i < last; i++ {
		bytes := b.bytes + b.weight(&b.queue[i])
		if bytes > b.payload && !b.exact {
			b.exact, b.bytes = true, 0
			for j := b.head; j < i; j++ {
				b.bytes += b.weight(&b.queue[j])
			}
			bytes = b.bytes + b.weight(&b.queue[i])
		}
		if bytes > b.payload && b.counted > 0 {
			return true
		}
		b.bytes = bytes
		b.counted++
	}
	return b.counted == b.size
}

// weight is how many bytes a record adds to an event: at most, or exactly.
func (b *batcher) weight(r *record.Record) int64 {
	key := longestEscape * len(r.Key)
	if b.exact {
		key = textBytes(r.Key)
	}
	return eventBytes(r.Size) + b.overhead + int64(key)
}

// eventBytes is the length of size bytes in base64, as an event carries data.
func eventBytes(size int32) int64 { return (int64(size) + 2) / 3 * 4 }

// settle lets the first records of the batch in flight go.
func (b *batcher) settle(records int) {
	clear(b.queue[b.head : b.head+records])
	b.head += records
	b.flight -= records
}

// done tells that all that is in flight is done with now: its records go and the next window opens.
func (b *batcher) done(now time.Time) {
	clear(b.queue[b.head : b.head+b.flight])
	b.head += b.flight
	b.flight, b.counted, b.bytes, b.exact = 0, 0, 0, false
	b.opened = now
	b.compact()
}

// compact moves the waiting records down once that costs no more than what has gone, so that a record is moved once or
// so on average. It is called with nothing in flight, because a batch in flight is a part of the queue.
func (b *batcher) compact() {
	waiting := len(b.queue) - b.head
	if waiting > b.head {
		return
	}
	copy(b.queue, b.queue[b.head:])
	clear(b.queue[max(waiting, b.head):])
	b.queue, b.head = b.queue[:waiting], 0
	if waiting == 0 && cap(b.queue) > roomy {
		b.queue = nil
	}
}
