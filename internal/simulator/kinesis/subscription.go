package kinesis

import (
	"math"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// ErrSubscriptionOver is a subscription that has ended as it should: its five minutes are over, its shard is closed and
// read to its end, or its subscriber has closed it.
var ErrSubscriptionOver = record.ErrSubscriptionOver

// Subscription is one consumer's open subscription to one shard. It waits for nothing: its subscriber asks it for the
// next event, on a goroutine or as a process of either clock, and waits in its own way. It is used by one subscriber at a
// time; Close may be called from anywhere.
type Subscription struct {
	service  *Service
	stream   *stream
	consumer *consumer
	shard    *shard
	pipe     *pipe
	wake     func()

	// The rest is guarded by the stream's lock. Instants are unix nanoseconds.
	pos   uint64        // of the next record to push
	ends  int64         // when its life is over
	quiet int64         // when an event is due, with records or without
	delay time.Duration // of the next records on their way (Model.Push); negative: not drawn
	over  error         // why it has ended; nil: it is open
	recs  []record.Record
}

// Next is the event that is due. Where none is, it is nil, and again is when to ask again, unless wake comes first. An
// error ends the subscription: [ErrSubscriptionOver] where it has ended as it should, and otherwise AWS's error, such as
// that of a subscription that another has taken over.
//
// The event's records are valid until the next call; their Data is shared and must not be changed.
func (sub *Subscription) Next(now time.Time) (e *SubscribeToShardEvent, again time.Time, err error) {
	sub.stream.mu.Lock()
	defer sub.stream.mu.Unlock()
	page, again, err := sub.next(now)
	if err != nil || !again.IsZero() {
		return nil, again, err
	}
	return sub.event(&page, now.UnixNano()), time.Time{}, nil
}

// Page is Next for a reader in this process, which knows places by their positions: see [record.Subscription].
func (sub *Subscription) Page(now time.Time) (page record.Page, again time.Time, err error) {
	sub.stream.mu.Lock()
	defer sub.stream.mu.Unlock()
	return sub.next(now)
}

// next is what is pushed now, or when to ask again. The caller holds the stream's lock.
func (sub *Subscription) next(now time.Time) (page record.Page, again time.Time, err error) {
	if sub.over == nil {
		sub.look(now)
	}
	if sub.over != nil {
		return page, time.Time{}, sub.over
	}
	nano := now.UnixNano()
	push := sub.pushAt(nano)
	if due := min(push, sub.quiet); due > nano {
		due = min(due, sub.ends)
		if change := sub.stream.due; change != 0 { // it may close the shard
			due = min(due, change)
		}
		return page, time.Unix(0, due).UTC(), nil
	}
	return sub.page(now, push <= nano), time.Time{}, nil
}

// Close ends the subscription. It may be called more than once.
func (sub *Subscription) Close() {
	sub.stream.mu.Lock()
	defer sub.stream.mu.Unlock()
	sub.end(ErrSubscriptionOver)
}

// end ends the subscription, for the first reason that is given. The caller holds the stream's lock.
func (sub *Subscription) end(why error) {
	if sub.over != nil {
		return
	}
	sub.over = why
	if sub.pipe.open == sub {
		sub.pipe.open = nil
	}
	sh := sub.shard
	sh.subscriptions = slices.DeleteFunc(sh.subscriptions, func(o *Subscription) bool { return o == sub })
	if len(sh.subscriptions) == 0 {
		sh.subscriptions = nil
	}
	sub.wake()
}

// look brings the stream up to an instant and ends the subscription where it may not go on. What a new call would be
// answered with is what an open one ends with.
func (sub *Subscription) look(now time.Time) {
	s, st := sub.service, sub.stream
	if _, there := st.status(now); !there {
		sub.end(s.noStream(st.name))
		return
	}
	s.settle(st, now)
	s.freed(st, st.expire(sub.shard, now.UnixNano()))
	switch status, there := sub.consumer.status(now); {
	case !there:
		sub.end(s.noConsumer(sub.consumer.arn))
	case status != statusActive:
		sub.end(s.notActive(st.name, sub.consumer))
	case now.UnixNano() >= sub.ends:
		sub.end(ErrSubscriptionOver)
	}
}

// pushAt is when the next records, or the end of the shard, are to be pushed.
func (sub *Subscription) pushAt(now int64) int64 {
	sh := sub.shard
	sub.pos = max(sub.pos, sh.first)
	switch {
	case sub.pos < sh.tip():
		if sub.delay < 0 {
			sub.delay = sub.service.cfg.Model.Push.Draw(sub.pipe.rand)
		}
		return max(sh.arrival(sub.pos)+int64(sub.delay), sub.pipe.ready(now))
	case sh.ended():
		return now
	}
	return math.MaxInt64
}

// page makes the page of an instant, with records where push is set. One that reaches the end of a closed shard is the
// last.
func (sub *Subscription) page(now time.Time, push bool) record.Page {
	s, sh, nano := sub.service, sub.shard, now.UnixNano()
	if push && sub.pos < sh.tip() {
		sub.read(nano)
	} else {
		sub.recs = sub.recs[:0]
	}
	sub.quiet = nano + int64(s.cfg.Model.KeepAlive)
	page := record.Page{Records: sub.recs, Next: sub.pos}
	if sub.pos == sh.next && sh.ended() {
		page.End, page.Children = true, sh.children
		sub.end(ErrSubscriptionOver)
	} else {
		page.Behind = sub.behind(nano)
	}
	if s.cfg.Observer != nil && len(sub.recs) > 0 {
		s.cfg.Observer.Pushed(now, sub.stream.name, sh.number, sub.consumer.name, page)
	}
	return page
}

// event is a page as an event of the wire.
func (sub *Subscription) event(page *record.Page, now int64) *SubscribeToShardEvent {
	e := &SubscribeToShardEvent{
		Records: page.Records, shard: sub.shard, render: sub.service.cfg.Render, encrypted: sub.stream.encrypted(page.Records),
	}
	if page.End {
		e.ChildShards = sub.stream.childShards(page.Children)
	} else {
		e.MillisBehindLatest = int64((page.Behind + time.Millisecond - 1) / time.Millisecond)
		e.ContinuationSequenceNumber = sub.continuation(now)
	}
	return e
}

// read reads the records of the next event, and takes their bytes out of the pipe.
func (sub *Subscription) read(now int64) {
	sh, m := sub.shard, &sub.service.cfg.Model
	most := m.EventRecords
	if sub.delay > 0 {
		until := now - int64(sub.delay) + int64(pushWindow)
		most = min(most, int(sh.since(until+1)-sub.pos))
	}
	recs, from, bytes, err := sub.service.fetch(sub.stream, sh, sub.pos, most, m.EventBytes, sub.recs[:0])
	if err != nil {
		sub.recs = sub.recs[:0]
		sub.end(errInternal())
		return
	}
	sub.pipe.out.take(bytes)
	sub.recs, sub.delay = recs, -1
	sub.pos = from + uint64(len(recs))
	sh.readTo = max(sh.readTo, sub.pos)
}

// behind is how far the subscriber is behind the tip, as GetRecords counts it.
func (sub *Subscription) behind(now int64) time.Duration {
	sh := sub.shard
	return sh.behind(now, sub.pos, sub.recs)
}

// continuation is the sequence number to go on from: that of the last record pushed with this event, or, without one, a
// number of this second that comes after every record so far and before the next.
func (sub *Subscription) continuation(now int64) SequenceNumber {
	sh := sub.shard
	if n := len(sub.recs); n > 0 {
		return sh.sequence(sub.recs[n-1].Seq, sub.recs[n-1].Arrival)
	}
	return NewSequenceNumber(sh.created, sh.number, sub.pos, now/1e9)
}

// SubscribeToShardEvent is one event of a subscription. Its JSON is appended.
type SubscribeToShardEvent struct {
	Records                    []record.Record
	ContinuationSequenceNumber SequenceNumber // zero in the last event of a closed shard
	MillisBehindLatest         int64
	ChildShards                []ChildShard // in the last event of a closed shard only

	shard     *shard // for the sequence numbers: what is read of it never changes
	render    record.Render
	encrypted []bool // by record; nil: none
}

// AppendJSON appends the event as it goes over the wire. The last event of a shard has no ContinuationSequenceNumber: with
// one, the Kinesis Client Library subscribes to the shard for ever.
func (e *SubscribeToShardEvent) AppendJSON(dst []byte) []byte {
	page := GetRecordsOutput{
		Records: e.Records, ChildShards: e.ChildShards, MillisBehindLatest: e.MillisBehindLatest,
		shard: e.shard, render: e.render, encrypted: e.encrypted,
	}
	dst = page.AppendJSON(dst)
	if e.ContinuationSequenceNumber.IsZero() {
		return dst
	}
	dst = append(dst[:len(dst)-1], `,"ContinuationSequenceNumber":"`...)
	return append(e.ContinuationSequenceNumber.Append(dst), `"}`...)
}
