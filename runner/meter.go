package runner

import (
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

	due, offered, requests, attempts, acked, hit, givenUp, unanswered, unknown, reordered *measure.Counter

	stored *measure.Counter // records of the stream that were acknowledged, where a load into it aggregates; else nil

	rec  *measure.Recorder
	tags measure.Tags

	inTime atomic.Int64 // records offered as planned

	mu      sync.Mutex
	refused map[refusal]*measure.Counter
}

func newPutMeter(rec *measure.Recorder, l *load, b *book) *putMeter {
	tags := destinationTags(l.dest)
	of := func(counter string) measure.SeriesOptions {
		return measure.SeriesOptions{Of: measure.CounterRef{Name: counter, Tags: tags}}
	}
	m := &putMeter{
		start: l.start.UnixNano(), book: b, rec: rec, tags: tags, refused: map[refusal]*measure.Counter{},
		keys: measure.NewKeys(measure.KeysConfig{Stream: l.dest.Name(), Keys: l.generator.Keys()}), base: l.keyBase,
		lag:        rec.Series("schedule.lag", tags, measure.SeriesOptions{}),
		blocked:    rec.Series("put.blocked", tags, of("put.requests")),
		response:   rec.Series("put.response", tags, of("put.requests")),
		service:    rec.Series("put.service", tags, of("put.requests")),
		latency:    rec.Series("put.latency", tags, of("put.due")),
		due:        rec.Counter("put.due", tags),
		offered:    rec.Counter("put.offered", tags),
		requests:   rec.Counter("put.requests", tags),
		attempts:   rec.Counter("put.attempts", tags),
		acked:      rec.Counter("put.acked", tags),
		hit:        rec.Counter("put.hit", tags),
		givenUp:    rec.Counter("put.givenUp", tags),
		unanswered: rec.Counter("put.unanswered", tags),
		unknown:    rec.Counter("put.unknown", tags),
		reordered:  rec.Counter("put.reordered", tags),
	}
	if b.byDest[l.dest].aggregates {
		m.stored = rec.Counter(kinesisRecordsAcked, tags)
	}
	return m
}

// kinesisRecordsAcked counts what put.acked counts by user records. Attempts and refusals are those of records of the
// stream, always.
const kinesisRecordsAcked = "put.kinesisRecords"

func destinationTags(d target.Destination) measure.Tags {
	if d.Stream != "" {
		return measure.Tags{"stream": d.Stream}
	}
	return measure.Tags{"deliveryStream": d.DeliveryStream}
}

// planned counts records as due, in the order in which they were drawn and before anything can be known of them.
func (m *putMeter) planned(entries []target.Entry, seconds []dueIn, cooldown bool) {
	if cooldown {
		m.book.cooldown(entries)
		return
	}
	countIn(seconds, m.due)
	keys := m.keys.Begin()
	defer keys.End()
	m.book.offered(entries, keys, m.base)
}

// leaves measures a request as its sender sends it. What it waited for the loader or for the sender to wake is the
// harness's fault, what it waited for a sender is the target's.
func (m *putMeter) leaves(j *job, sent int64) {
	if j.batch.cooldown {
		return
	}
	lag := j.lag(j.leave) + sent - j.slot
	m.requests.Add(j.leave, 1)
	m.lag.Record(j.leave, lag)
	m.blocked.Record(j.leave, j.held+j.slot-j.ready)
	if j.attempt == 1 && lag <= inTime {
		m.offers(j)
	}
}

// unsent measures a request that never got a sender.
func (m *putMeter) unsent(j *job, onTime bool) {
	if j.batch.cooldown {
		return
	}
	m.requests.Add(j.leave, 1)
	if j.attempt == 1 && onTime {
		m.offers(j)
	}
}

func (m *putMeter) offers(j *job) {
	j = j.perUser()
	m.countAll(j, m.offered)
	m.inTime.Add(int64(len(j.req.Entries)))
}

// settled measures a request that has come to an end.
func (m *putMeter) settled(j *job) {
	if j.batch.cooldown {
		m.book.ignored(j.perUser())
		return
	}
	began, ended := j.req.Began.UnixNano()-m.start, j.req.Ended.UnixNano()-m.start
	answered, failed := false, false
	for i := range j.req.Outcomes {
		status := j.req.Outcomes[i].Status
		answered = answered || status != target.Unanswered
		failed = failed || status != target.Acked
	}
	if answered {
		m.response.Record(j.leave, ended-j.leave)
		m.service.Record(j.leave, ended-began)
	}
	users := j.perUser()
	m.countAll(j, m.attempts)
	var reordered int64
	if a := m.book.laneOf[users.req.Entries[0].Lane]; failed || a.binds || m.stored != nil {
		m.ackedAmong(j, users)
		m.refusals(j, users)
		m.latencies(users, ended)
		m.answers(users)
		reordered = m.book.settled(users)
	} else {
		m.countAll(j, m.acked)
		reordered = m.storedAll(j, a.ledger, ended)
	}
	if reordered > 0 {
		m.reordered.Add(j.leave, reordered)
	}
}

// storedAll is latencies, answers and the ledger's part of a request all of whose records were stored, as nearly all are, in one
// pass over them. It returns how many more records are now known to be stored behind a later one of their key.
func (m *putMeter) storedAll(j *job, ledger *measure.Ledger, ended int64) (reordered int64) {
	keys := m.keys.Begin() // the locks in this order: keys, ledger, series
	defer keys.End()
	batch := ledger.Begin()
	defer batch.End()
	u := m.latency.Unit()
	defer u.End()
	reordered = -batch.Reordered()
	for i := range j.req.Entries {
		e, o := &j.req.Entries[i], &j.req.Outcomes[i]
		due := e.Due - m.start
		u.Add(due, ended-due)
		keys.Answered(e.KeyIndex-m.base, e.Key, o.Shard, false)
		batch.Acked(e.Lane, e.Number, ackedAt(o))
	}
	return reordered + batch.Reordered()
}

// ackedAmong counts what was stored: user records and, where these are others, records of the stream.
func (m *putMeter) ackedAmong(j, users *job) {
	m.count(users.req.Entries, func(i int) bool { return users.fates[i] == acked }, m.acked)
	if m.stored != nil {
		m.count(j.req.Entries, func(i int) bool { return j.fates[i] == acked }, m.stored)
	}
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

// answers tells the table of keys where each record went and whether a limit refused it.
func (m *putMeter) answers(j *job) {
	keys := m.keys.Begin()
	defer keys.End()
	for i := range j.req.Outcomes {
		e, o := &j.req.Entries[i], &j.req.Outcomes[i]
		keys.Answered(e.KeyIndex-m.base, e.Key, o.Shard, o.Status == target.Throttled)
	}
}

// abandoned settles the records of a job that will not be sent again.
func (m *putMeter) abandoned(j *job) {
	if j.batch.cooldown {
		return
	}
	j = j.perUser()
	m.count(j.req.Entries, func(i int) bool { return j.marks[i]&maybe == 0 }, m.givenUp)
	m.count(j.req.Entries, func(i int) bool { return j.marks[i]&maybe != 0 }, m.unknown)
	m.book.abandoned(j)
}

// countAll adds all of a job's records to a counter.
func (m *putMeter) countAll(j *job, c *measure.Counter) {
	if len(j.seconds) == 0 { // the view of its user records
		m.count(j.req.Entries, func(int) bool { return true }, c)
		return
	}
	countIn(j.seconds, c)
}

func countIn(seconds []dueIn, c *measure.Counter) {
	for _, s := range seconds {
		c.Add(s.second, s.n)
	}
}

// count adds the entries that pass to a counter, by due second: runs of one second at once.
func (m *putMeter) count(entries []target.Entry, test func(i int) bool, c *measure.Counter) {
	const second = int64(1e9)
	var n, start int64
	for i := range entries {
		if !test(i) {
			continue
		}
		due := entries[i].Due - m.start
		if n > 0 && uint64(due-start) >= uint64(second) {
			c.Add(start, n)
			n = 0
		}
		if n == 0 {
			start = due - due%second
		}
		n++
	}
	if n > 0 {
		c.Add(start, n)
	}
}
