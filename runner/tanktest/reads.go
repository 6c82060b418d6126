package tanktest

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// reader is how somebody reads a shard: a mapping or a delivery stream by its reader's name, a stream consumer by its own. What a
// mapping has received is kept by the name of its function, clients that poll are all "".
type reader struct {
	name    string
	next    uint64 // the position behind what it has got
	last    int64  // when it was answered last
	refused int    // of its reads since then, by a limit
	limit   kinesis.Limit
}

// failing is how many requests to read a shard have failed by a fault, since one was answered.
type failing struct {
	times     int
	last      int64
	operation string
	why       string
}

func (sh *shardHistory) find(name string) *reader {
	for i := range sh.readers {
		if sh.readers[i].name == name {
			return &sh.readers[i]
		}
	}
	return nil
}

// reads keeps how far somebody has read a shard, who got these records last.
func (h *history) reads(now time.Time, stream string, shard int32, name string, recs []record.Record, next uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(recs) > 0 {
		stream = h.took(stream, recs[0].Arrival)
	}
	sh := h.stream(stream).shard(shard)
	r := sh.reader(name)
	r.next, r.last, r.refused = max(r.next, next), now.UnixNano(), 0
	sh.failing.times = 0
}

func (sh *shardHistory) reader(name string) *reader {
	if r := sh.find(name); r != nil {
		return r
	}
	sh.readers = append(sh.readers, reader{name: name})
	return &sh.readers[len(sh.readers)-1]
}

// Read keeps how far a reader has come, and what a limit has refused it since.
func (h *history) Read(now time.Time, stream string, shard int32, name string, page record.Page, limit kinesis.Limit) {
	if limit == kinesis.LimitNone {
		h.reads(now, stream, shard, name, page.Records, page.Next)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.stream(stream).shard(shard).reader(name)
	r.refused++
	r.limit = limit
}

// Pushed keeps how far a stream consumer has come.
func (h *history) Pushed(now time.Time, stream string, shard int32, consumer string, page record.Page) {
	h.reads(now, stream, shard, consumer, page.Records, page.Next)
}

// Received keeps how far a mapping has come.
func (h *history) Received(now time.Time, function, stream string, shard int32, recs []record.Record) {
	h.reads(now, stream, shard, function, recs, recs[len(recs)-1].Seq+1)
}

// readFails keeps that a fault fails a request to read. The history is not locked while the request is asked what it touches.
func (h *history) readFails(now time.Time, r *fault.Request, a *fault.Action) {
	switch r.Operation {
	case "GetRecords", "GetShardIterator", "SubscribeToShard":
	default:
		return
	}
	if r.Touches == nil || a.Err == nil && !a.Cut && !a.Lost {
		return
	}
	for shard := range h.stored(r.Resource) {
		if r.Touches(shard) {
			h.failed(now, r, shard, a)
		}
	}
}

func (h *history) failed(now time.Time, r *fault.Request, shard int32, a *fault.Action) {
	why := "a connection that was cut"
	if a.Err != nil {
		why = a.Err.Code
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f := &h.stream(r.Resource).shard(shard).failing
	if f.operation != r.Operation {
		f.times = 0
	}
	f.times++
	f.last, f.operation, f.why = now.UnixNano(), r.Operation, why
}

// unread tells that somebody, who reads under a name and of whom it is known by another what has come, has not read a record, and
// what is known of that; "" where it has.
func (h *history) unread(stream string, at place, who, reads, received string) string {
	expired := h.expiry(stream, at)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.record(stream, at) == nil {
		return ""
	}
	sh := h.streams[stream].shards[at.shard]
	came, r := sh.find(received), sh.find(reads)
	if came != nil && came.next > at.seq {
		return expired
	}
	text := "not read by " + who + " yet"
	if expired != "" {
		text = expired + ", and was never read by " + who
	}
	switch {
	case r != nil && r.last != 0:
		text += ", which read this shard for the last time at " + clockTime(r.last)
	case came == nil:
		text += ", which has read nothing of this shard"
	}
	if r != nil && r.refused > 0 {
		text += fmt.Sprintf("; the last %d of its reads were refused, by the shard's limit of %s", r.refused, r.limit)
	}
	return text + sh.failing.String()
}

func (f *failing) String() string {
	if f.times == 0 {
		return ""
	}
	return fmt.Sprintf("; the last %d %s of this shard have failed, at %s with %s", f.times, f.operation, clockTime(f.last), f.why)
}

// failingReads tells that the requests to read a record's shard fail; "" where they do not.
func (h *history) failingReads(stream string, at place) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.record(stream, at) == nil {
		return ""
	}
	return h.streams[stream].shards[at.shard].failing.String()
}
