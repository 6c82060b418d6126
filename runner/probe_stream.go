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

	mu     sync.Mutex
	shards []*shardProbe // by number; nil where it has seen nothing
	reads  map[readRefusal]*measure.Counter
	tally  []*shardProbe // touched by the call under way
}

type readRefusal struct {
	shard         int32
	reader, limit string
}

func newStreamProbe(p *probe, name string) *streamProbe {
	d := target.Destination{Stream: name}
	return &streamProbe{
		probe: p, name: name, account: p.book.byDest[d], reads: map[readRefusal]*measure.Counter{},
		arrival: p.rec.Series("put.arrival", destinationTags(d), population(d)),
	}
}

// ShardPut measures one call's records as their shards decided on them. What comes before the load is markers.
func (p *probe) ShardPut(now time.Time, stream string, records []target.Record, decisions []target.Decision) {
	s, at := p.streams[stream], p.at(now)
	if s == nil || at < 0 {
		return
	}
	if s.account != nil {
		s.arrived(at, records, decisions)
	}
	s.count(at, records, decisions)
}

// arrived enters what was stored into the ledger and measures how long that took since it was due, for each record when
// it is stored for the first time.
func (s *streamProbe) arrived(at int64, records []target.Record, decisions []target.Decision) {
	a := s.account
	batch := a.ledger.Begin()
	defer batch.End()
	u := s.arrival.Unit()
	defer u.End()
	for i := range records {
		r, d := &records[i], &decisions[i]
		if d.Limit != target.Accepted {
			continue
		}
		place := measure.PlaceOf(d.Shard, d.Seq)
		switch {
		case s.probe.book.measured(r):
			if due, first := batch.Arrives(r.Lane, r.Number, place); first {
				u.Add(due, at-due)
			}
		case a.binds && !r.Ours:
			a.waits.arrived(place, at)
		}
	}
}

// ShardRead counts a read that a limit refused.
func (p *probe) ShardRead(now time.Time, stream string, shard int32, reader string, _ int, limit string) {
	s, at := p.streams[stream], p.at(now)
	if s == nil || limit == "" || at < 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := readRefusal{shard, reader, limit}
	c := s.reads[key]
	if c == nil {
		c = p.rec.Counter("stream.throttled", measure.Tags{
			"stream": stream, "shard": shardID(shard), "consumer": reader, "limit": limit,
		})
		s.reads[key] = c
	}
	c.Add(at, 1)
}
