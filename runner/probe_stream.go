package runner

import (
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// streamProbe measures one stream from the inside: when records arrived and what each shard decided.
type streamProbe struct {
	probe   *probe
	name    string
	account *account // nil: nothing is offered to it
	arrival *measure.Series

	mu      sync.Mutex
	second  int64                       // of the run: in which the shards' counts are that no counter has yet
	shards  []*shardProbe               // by number; nil where it has seen nothing
	reads   map[string]*measure.Counter // by reader
	events  map[string]*measure.Counter // by consumer with enhanced fan-out
	refused map[readRefusal]*measure.Counter
	users   []target.Record // of the aggregate that was opened last
}

type readRefusal struct {
	shard         int32
	reader, limit string
}

func newStreamProbe(p *probe, name string) *streamProbe {
	d := target.Destination{Stream: name}
	return &streamProbe{
		probe: p, name: name, account: p.book.byDest[d], reads: map[string]*measure.Counter{}, events: map[string]*measure.Counter{}, refused: map[readRefusal]*measure.Counter{},
		arrival: p.rec.Series("put.arrival", destinationTags(d), population(d)),
	}
}

// ShardPut measures one call's records as their shards decided on them: what was stored enters the ledger, and how long
// that took since it was due is measured, for each record when it is stored for the first time. What comes before the load
// is markers.
func (p *probe) ShardPut(now time.Time, stream string, records []target.Record, decisions []target.Decision) {
	s, at := p.streams[stream], p.at(now)
	if s == nil || s.account == nil || at < 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(at / 1e9)
	batch := s.account.ledger.Begin()
	defer batch.End()
	u := s.arrival.Unit()
	defer u.End()
	for i := range records {
		r, d := &records[i], &decisions[i]
		if p.aggregates != nil && s.opened(batch, u, r, d, at) {
			continue
		}
		measured := p.book.measured(r)
		if r.Ours && !measured {
			continue
		}
		if !s.shard(d.Shard).decided(r, d) {
			continue
		}
		place := measure.PlaceOf(d.Shard, d.Seq)
		if measured {
			if due, first := batch.Arrives(r.Lane, r.Number, place); first {
				u.Add(due, at-due)
			}
		} else if s.account.binds {
			s.account.waits.arrived(place, at)
		}
	}
}

// opened measures a decision about an aggregate: the shard counts one record, the ledger each user record in it. It is false
// where the record is none. The caller holds the locks.
func (s *streamProbe) opened(batch *measure.Batch, u *measure.Unit, r *target.Record, d *target.Decision, at int64) bool {
	p := s.probe
	users, ok := p.aggregates.look(s.users[:0], r)
	if !ok {
		return false
	}
	s.users = users
	if d.Limit == target.Accepted {
		p.aggregates.stored(r)
	}
	if p.measuredAmong(users) == 0 || !s.shard(d.Shard).decided(r, d) {
		return true
	}
	place := measure.PlaceOf(d.Shard, d.Seq)
	for i := range users {
		if due, first := batch.Arrives(users[i].Lane, users[i].Number, place); first {
			u.Add(due, at-due)
		}
	}
	return true
}

// ShardRead counts a read by its reader, and by the limit that refused it.
func (p *probe) ShardRead(now time.Time, stream string, shard int32, reader string, _ int, limit string) {
	s, at := p.streams[stream], p.at(now)
	if s == nil || at < 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(s.reads, "stream.reads", reader, at)
	if limit == "" {
		return
	}
	key := readRefusal{shard, reader, limit}
	c := s.refused[key]
	if c == nil {
		c = p.rec.Counter("stream.throttled", measure.Tags{
			"stream": stream, "shard": shardID(shard), "consumer": reader, "limit": limit,
		})
		s.refused[key] = c
	}
	c.Add(at, 1)
}

// ShardPushed counts an event by the consumer that it was pushed to.
func (p *probe) ShardPushed(now time.Time, stream string, _ int32, consumer string, _ int) {
	s, at := p.streams[stream], p.at(now)
	if s == nil || at < 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(s.events, "stream.events", consumer, at)
}

// count adds one to a consumer's counter of a name. The caller holds the lock.
func (s *streamProbe) count(counters map[string]*measure.Counter, name, consumer string, at int64) {
	c := counters[consumer]
	if c == nil {
		c = s.probe.rec.Counter(name, measure.Tags{"stream": s.name, "consumer": consumer})
		counters[consumer] = c
	}
	c.Add(at, 1)
}
