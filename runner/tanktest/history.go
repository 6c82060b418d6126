package tanktest

import (
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// place is where a record is: its stream, its shard and its position there. It is how everything in a tank knows a record.
type place struct {
	shard int32
	seq   uint64
}

// history is what happened in a tank, kept as it happens in the fewest bytes: what an assertion asks is worked out from it
// when it asks. It observes the services, so that a client of the SDK and a producer of the tank's leave the same traces.
type history struct {
	tank *Tank

	mu          sync.Mutex
	streams     map[string]*streamHistory
	invocations list[invocation]
	untaken     []untaken
	answers     []answer
	drops       []drop
	deliveries  []delivery
	failingPuts map[lane]*failingPuts
	lanes       map[lane]int // of each lane that was refused an invocation, the last of untaken
}

// streamHistory is what was put to a stream.
type streamHistory struct {
	number    int   // of the streams of its name, from 0: those before it were deleted
	made      int64 // unix nanoseconds; 0 of the first, which has no record of another before it
	shards    map[int32]*shardHistory
	bundles   map[place]bundle // of the records that are aggregates; nil: none is one
	refusals  []refusal
	producers []*Producer
	poisoned  map[place]bool
}

// shardHistory is what a shard has taken, by position from 0, and how it is read.
type shardHistory struct {
	stored  list[stored]
	readers []reader
	failing failing
}

type stored struct {
	key     string
	due     int64 // unix nanoseconds; 0 where nobody said
	arrival int64
}

// refusal is a record that was not taken. It has no place, and is known by its key.
type refusal struct {
	key   string
	at    int64
	limit string // or the error that a fault has said
}

// places are those of some records, as runs: the records of a batch mostly follow each other.
type places []run

type run struct {
	shard int32
	count int32
	first uint64
}

func placesOf(recs []record.Record) places {
	var p places
	for i := range recs {
		if n := len(p); n > 0 && p[n-1].shard == recs[i].Shard && p[n-1].first+uint64(p[n-1].count) == recs[i].Seq {
			p[n-1].count++
			continue
		}
		p = append(p, run{recs[i].Shard, 1, recs[i].Seq})
	}
	return p
}

func (p places) each(visit func(place)) {
	for _, r := range p {
		for i := range uint64(r.count) {
			visit(place{r.shard, r.first + i})
		}
	}
}

func (p places) first() place { return place{p[0].shard, p[0].first} }

func (p places) last() place {
	r := p[len(p)-1]
	return place{r.shard, r.first + uint64(r.count) - 1}
}

func (r run) has(at place) bool {
	return r.shard == at.shard && at.seq >= r.first && at.seq < r.first+uint64(r.count)
}

func (p places) has(at place) bool {
	return slices.ContainsFunc(p, func(r run) bool { return r.has(at) })
}

// times is how many of them are one place's: the user records of an aggregate have that of their record.
func (p places) times(at place) (n int) {
	for _, r := range p {
		if r.has(at) {
			n++
		}
	}
	return n
}

// nth is the n-th of them, from 0.
func (p places) nth(n int) place {
	for _, r := range p {
		if n < int(r.count) {
			return place{r.shard, r.first + uint64(n)}
		}
		n -= int(r.count)
	}
	return place{}
}

func (p places) count() (n int) {
	for _, r := range p {
		n += int(r.count)
	}
	return n
}

type invocation struct {
	function, stream string
	places           places
	remaining        int // the last so many of them are tried again
	attempt          int
	sent, end        time.Time
	err              string // why all of it is tried again, or given up: an error, or where remaining is not 0 a report that is not understood
}

// lane is where a mapping's invocations follow each other.
type lane struct {
	function, stream string
	shard            int32
	number           int
}

// untaken is records that were sent to a function and did not reach it, so many times one after the other for the same reason.
type untaken struct {
	function, stream string
	places           places
	why              string
	times            int
	first, last      int64
}

// answer is what a transformation has answered of some records, where that has them fail.
type answer struct {
	invocation int
	places     places
	text       string
}

type drop struct {
	function, stream string
	places           places
	condition        string
	attempts         int
	at               time.Time
	destination      string
}

type delivery struct {
	deliveryStream string
	stream         string // of its records; "" of Direct PUT
	object         string // s3://bucket/key, or the endpoint's URL
	key            string
	places         places
	at             time.Time
	bytes          int64
}

func (h *history) stream(name string) *streamHistory {
	s := h.streams[name]
	if s == nil {
		if h.streams == nil {
			h.streams = map[string]*streamHistory{}
		}
		s = &streamHistory{shards: map[int32]*shardHistory{}}
		h.streams[name] = s
	}
	return s
}

// Put keeps what a stream took and what it refused.
func (h *history) Put(now time.Time, stream string, recs []record.Record, res []kinesis.Result) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.stream(stream)
	for i := range recs {
		r := &recs[i]
		if res[i].Limit != kinesis.LimitNone {
			s.refusals = append(s.refusals, refusal{r.Key, now.UnixNano(), refusedBy(&res[i])})
			continue
		}
		sh := s.shard(r.Shard)
		for uint64(sh.stored.len()) < r.Seq { // what was there before the history began
			sh.stored.add(stored{})
		}
		sh.stored.add(stored{r.Key, r.Due, r.Arrival})
		if b, ok := bundled(r.Data); ok {
			if s.bundles == nil {
				s.bundles = map[place]bundle{}
			}
			s.bundles[place{r.Shard, r.Seq}] = b
		}
	}
}

// refusedBy is what has refused a record: a limit, or the code of a fault.
func refusedBy(r *kinesis.Result) string {
	if r.Err != nil && r.Err.Code != "" {
		return r.Err.Code
	}
	return r.Limit.String()
}

func (s *streamHistory) shard(number int32) *shardHistory {
	sh := s.shards[number]
	if sh == nil {
		sh = new(shardHistory)
		s.shards[number] = sh
	}
	return sh
}

// produces keeps who puts a load to a stream.
func (h *history) produces(stream string, p *Producer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.stream(stream)
	s.producers = append(s.producers, p)
}

// Invoked keeps an invocation.
func (h *history) Invoked(i lambda.Invocation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	behind := len(i.Records)
	h.byStream(i.Stream, i.Records, func(stream string, recs []record.Record) {
		behind -= len(recs)
		remaining := min(max(i.Remaining-behind, 0), len(recs))
		h.invocations.add(invocation{i.Function, stream, placesOf(recs), remaining, i.Attempt, i.Sent, i.End, failureText(&i)})
	})
}

func failureText(i *lambda.Invocation) string {
	switch {
	case i.Err == "":
		return i.Report
	case i.Error != nil:
		return i.Error.Text()
	}
	return i.Err
}

// Refused keeps an invocation that did not reach its function. A function that is down refuses the same records again and again:
// that is one entry.
func (h *history) Refused(r lambda.Refusal) {
	why := r.Code
	if r.Message != "" {
		why += ": " + r.Message
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byStream(r.Stream, r.Records, func(stream string, recs []record.Record) {
		h.refused(lane{r.Function, stream, r.Shard, r.Lane}, placesOf(recs), why, r.At.UnixNano())
	})
}

// refused keeps that records of a lane did not reach its function. The history is locked.
func (h *history) refused(of lane, p places, why string, at int64) {
	if i, ok := h.lanes[of]; ok && h.untaken[i].why == why && slices.Equal(h.untaken[i].places, p) {
		h.untaken[i].times++
		h.untaken[i].last = at
		return
	}
	if h.lanes == nil {
		h.lanes = map[lane]int{}
	}
	h.lanes[of] = len(h.untaken)
	h.untaken = append(h.untaken, untaken{of.function, of.stream, p, why, 1, at, at})
}

// Dropped keeps records that a mapping gave up.
func (h *history) Dropped(d lambda.Drop) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byStream(d.Stream, d.Records, func(stream string, recs []record.Record) {
		h.drops = append(h.drops, drop{d.Function, stream, placesOf(recs), d.Condition, d.Attempts, d.At, d.Destination})
	})
}

// The events that leave no trace of a record.
func (*history) Reshaped(time.Time, string, int)   {}
func (*history) Trimmed(string, int32, int, int64) {}

// deliveryHistory is the history as a delivery stream sees it: Firehose's Put is another than that of a stream.
type deliveryHistory struct{ *history }

// Put leaves no trace: what a delivery stream takes by itself is known when it is delivered.
func (deliveryHistory) Put(time.Time, string, []record.Record, []bool) {}

// Delivered keeps an object or a request.
func (h deliveryHistory) Delivered(d firehose.Delivery) {
	source := h.tank.source(d.DeliveryStream)
	h.mu.Lock()
	defer h.mu.Unlock()
	object := d.URL
	if d.Bucket != "" {
		object = "s3://" + d.Bucket + "/" + d.Key
	}
	h.storing(d.DeliveryStream, d.Records)
	h.byStream(source, d.Records, func(stream string, recs []record.Record) {
		h.deliveries = append(h.deliveries, delivery{d.DeliveryStream, stream, object, d.Key, placesOf(recs), d.At, d.Bytes})
	})
}

// record is a record that a stream has taken; nil where it has taken none there. The history is locked.
func (h *history) record(stream string, at place) *stored {
	s := h.streams[stream]
	if s == nil || s.shards[at.shard] == nil || at.seq >= uint64(s.shards[at.shard].stored.len()) {
		return nil
	}
	return s.shards[at.shard].stored.at(int(at.seq))
}

// ofPlace is what a sequence number is made of: the place and the arrival. The history is locked.
func (h *history) ofPlace(stream string, at place) record.Record {
	r := record.Record{Shard: at.shard, Seq: at.seq}
	if stored := h.record(stream, at); stored != nil {
		r.Arrival = stored.arrival
	}
	return r
}

// has tells whether a stream has taken a record there, and which of the streams of its name it is.
func (h *history) has(stream string, at place) (number int, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.number(stream), h.record(stream, at) != nil
}

// done tells whether an invocation has succeeded with a record, which is one of its own.
func (v *invocation) done(at place) bool {
	if v.err != "" {
		return false
	}
	good, seen := v.places.count()-v.remaining, 0
	for _, r := range v.places {
		if r.has(at) {
			return seen+int(at.seq-r.first) < good
		}
		seen += int(r.count)
	}
	return false
}
