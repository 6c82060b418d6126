package runner

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// inTime is how late a first attempt may leave and still count as offered as planned.
const inTime = 5e6 // nanoseconds

// putMeter measures the puts of one load from the outside: what was due, what left when, what was answered. Everything of
// the cooldown passes it by. It is safe for concurrent use.
type putMeter struct {
	start int64 // of the load, unix nanoseconds
	book  *book
	keys  *measure.Keys
	base  uint32 // of the load's keys

	lag, blocked, response, service, latency *measure.Series

	due, offered, requests, attempts, acked, hit, givenUp, unanswered, unknown *measure.Counter

	rec  *measure.Recorder
	tags measure.Tags

	inTime atomic.Int64 // records offered as planned

	mu      sync.Mutex
	refused map[refusal]*measure.Counter
}

// refusal is what a counter of refused records is for.
type refusal struct {
	shard int32  // -1 unknown
	limit string // of a throttled record
	code  string // of a failed one
}

func newPutMeter(rec *measure.Recorder, l *load, b *book) *putMeter {
	tags := destinationTags(l.dest)
	records := measure.SeriesOptions{Of: measure.CounterRef{Name: "put.due", Tags: tags}}
	requests := measure.SeriesOptions{Of: measure.CounterRef{Name: "put.requests", Tags: tags}}
	return &putMeter{
		start: l.start.UnixNano(), book: b, rec: rec, tags: tags, refused: map[refusal]*measure.Counter{},
		keys: measure.NewKeys(measure.KeysConfig{Stream: l.dest.Name(), Keys: l.generator.Keys()}), base: l.keyBase,
		lag:        rec.Series("schedule.lag", tags, measure.SeriesOptions{}),
		blocked:    rec.Series("put.blocked", tags, measure.SeriesOptions{}),
		response:   rec.Series("put.response", tags, requests),
		service:    rec.Series("put.service", tags, requests),
		latency:    rec.Series("put.latency", tags, records),
		due:        rec.Counter("put.due", tags),
		offered:    rec.Counter("put.offered", tags),
		requests:   rec.Counter("put.requests", tags),
		attempts:   rec.Counter("put.attempts", tags),
		acked:      rec.Counter("put.acked", tags),
		hit:        rec.Counter("put.hit", tags),
		givenUp:    rec.Counter("put.givenUp", tags),
		unanswered: rec.Counter("put.unanswered", tags),
		unknown:    rec.Counter("put.unknown", tags),
	}
}

func destinationTags(d target.Destination) measure.Tags {
	if d.Stream != "" {
		return measure.Tags{"stream": d.Stream}
	}
	return measure.Tags{"deliveryStream": d.DeliveryStream}
}

// planned counts the records of a batch as due, before anything can be known of them.
func (m *putMeter) planned(b *batch) {
	if b.cooldown {
		m.book.cooldown(b.entries)
		return
	}
	m.each(m.due, b.entries, nil)
	m.book.offered(b.entries)
	keys := m.keys.Begin()
	for i := range b.entries {
		e := &b.entries[i]
		keys.Offered(e.KeyIndex-m.base, e.Key, e.Size+int32(len(e.Key)))
	}
	keys.End()
}

// leaves measures a request as it gets its sender. It could not have left before notBefore: its own instant, or the
// instant at which the target last let go of a request that was blocked. ready is when the harness was ready to send it,
// slot when there was a sender.
func (m *putMeter) leaves(j *job, notBefore, ready, slot int64) {
	if j.batch.cooldown {
		return
	}
	lag := max(ready-notBefore, 0)
	m.lag.Record(j.leave, lag)
	m.blocked.Record(j.leave, notBefore-j.leave+slot-ready)
	if j.attempt == 1 && lag <= inTime {
		m.each(m.offered, j.req.Entries, nil)
		m.inTime.Add(int64(len(j.req.Entries)))
	}
}

// settled measures a request that has come to an end.
func (m *putMeter) settled(j *job) {
	if j.batch.cooldown {
		return
	}
	began, ended := j.req.Began.UnixNano()-m.start, j.req.Ended.UnixNano()-m.start
	m.requests.Add(j.leave, 1)
	if answered(j.req.Outcomes) {
		m.response.Record(j.leave, ended-j.leave)
		m.service.Record(j.leave, ended-began)
	}
	m.each(m.attempts, j.req.Entries, nil)
	m.each(m.acked, j.req.Entries, func(i int) bool { return j.fates[i] == acked })
	m.latencies(j, ended)
	if anyRefused(j.req.Outcomes) {
		m.refusals(j)
	}
	keys := m.keys.Begin()
	for i := range j.req.Outcomes {
		e, o := &j.req.Entries[i], &j.req.Outcomes[i]
		keys.Answered(e.KeyIndex-m.base, e.Key, o.Shard, o.Status == target.Throttled)
	}
	keys.End()
	m.book.settled(j)
}

// latencies records due to acknowledged for each record that was stored.
func (m *putMeter) latencies(j *job, ended int64) {
	u := m.latency.Unit()
	defer u.End()
	for i := range j.req.Entries {
		if j.fates[i] == acked {
			due := j.req.Entries[i].Due - m.start
			u.Add(due, ended-due)
		}
	}
}

// refusals counts what was not stored, by what refused it.
func (m *putMeter) refusals(j *job) {
	status := func(i int) target.Status { return j.req.Outcomes[i].Status }
	m.each(m.unanswered, j.req.Entries, func(i int) bool { return status(i) == target.Unanswered })
	m.each(m.hit, j.req.Entries, func(i int) bool {
		return (status(i) == target.Throttled || status(i) == target.Failed) && j.marks[i]&refused == 0
	})
	m.each(m.givenUp, j.req.Entries, func(i int) bool { return j.fates[i] == givenUp && !j.uncertain(i) })
	m.each(m.unknown, j.req.Entries, func(i int) bool { return j.fates[i] == givenUp && j.uncertain(i) })
	for i := range j.req.Outcomes {
		o := &j.req.Outcomes[i]
		switch o.Status {
		case target.Throttled:
			m.counter(refusal{shard: o.Shard, limit: o.Limit}).Add(j.req.Entries[i].Due-m.start, 1)
		case target.Failed:
			m.counter(refusal{code: o.Code}).Add(j.req.Entries[i].Due-m.start, 1)
		}
	}
}

// abandoned settles the records of a job that will not be sent again.
func (m *putMeter) abandoned(j *job) {
	if j.batch.cooldown {
		return
	}
	m.each(m.givenUp, j.req.Entries, func(i int) bool { return j.marks[i]&maybe == 0 })
	m.each(m.unknown, j.req.Entries, func(i int) bool { return j.marks[i]&maybe != 0 })
	m.book.abandoned(j)
}

// uncertain tells whether record i may be stored although no ack came.
func (j *job) uncertain(i int) bool {
	return j.marks[i]&maybe != 0 || j.req.Outcomes[i].Status == target.Unanswered
}

// counter is put.throttled of a shard and limit, or put.failed of a code.
func (m *putMeter) counter(r refusal) *measure.Counter {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.refused[r]
	if c != nil {
		return c
	}
	tags := measure.Tags{}
	for name, value := range m.tags {
		tags[name] = value
	}
	name := "put.failed"
	if r.code != "" {
		tags["code"] = r.code
	} else {
		name = "put.throttled"
		tags["limit"] = r.limit
		if r.shard >= 0 {
			tags["shard"] = shardID(r.shard)
		}
	}
	c = m.rec.Counter(name, tags)
	m.refused[r] = c
	return c
}

// each adds the entries that pass to a counter, by due second: runs of one second at once. A nil test passes all.
func (m *putMeter) each(c *measure.Counter, entries []target.Entry, test func(i int) bool) {
	const second = int64(1e9)
	var n, at int64
	for i := range entries {
		if test != nil && !test(i) {
			continue
		}
		due := entries[i].Due - m.start
		if n > 0 && due/second != at/second {
			c.Add(at, n)
			n = 0
		}
		at = due
		n++
	}
	if n > 0 {
		c.Add(at, n)
	}
}

func answered(outcomes []target.Outcome) bool {
	for i := range outcomes {
		if outcomes[i].Status != target.Unanswered {
			return true
		}
	}
	return false
}

func anyRefused(outcomes []target.Outcome) bool {
	for i := range outcomes {
		if outcomes[i].Status != target.Acked {
			return true
		}
	}
	return false
}

// shardID is AWS's name of a shard.
func shardID(n int32) string { return fmt.Sprintf("shardId-%012d", n) }
