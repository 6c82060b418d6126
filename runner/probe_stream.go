package runner

import (
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// streamProbe measures one stream from the inside: when records arrived and what each shard decided. Shards are counted
// by the second of the decision, of the measured records only.
type streamProbe struct {
	probe   *probe
	name    string
	arrival *measure.Series

	mu     sync.Mutex
	shards map[int32]*shardProbe
	reads  map[readRefusal]*measure.Counter
	tally  []*shardProbe // touched by the call under way
}

// shardProbe is one shard's counters, and the counts of the call under way.
type shardProbe struct {
	offered, offeredBytes, accepted, acceptedBytes *measure.Counter
	refused                                        map[string]*measure.Counter

	records, bytes, took, tookBytes int64
	limits                          map[string]int64
}

type readRefusal struct {
	shard         int32
	reader, limit string
}

func newStreamProbe(p *probe, name string) *streamProbe {
	tags := measure.Tags{"stream": name}
	return &streamProbe{
		probe: p, name: name, shards: map[int32]*shardProbe{}, reads: map[readRefusal]*measure.Counter{},
		arrival: p.rec.Series("put.arrival", tags, population(tags)),
	}
}

// ShardPut measures one call's records as their shards decided on them.
func (p *probe) ShardPut(now time.Time, stream string, records []target.Record, decisions []target.Decision) {
	s := p.streams[stream]
	if s == nil {
		return
	}
	at := p.at(now)
	if at < 0 {
		return // before the load: markers
	}
	dues := p.arrived(stream, records, decisions, at)
	u := s.arrival.Unit()
	for _, due := range *dues {
		if due != notDue {
			u.Add(due, at-due)
		}
	}
	u.End()
	p.scratch.Put(dues)
	s.count(at, records, decisions)
}

// arrived enters what was stored into the ledger and tells since when it was due.
func (p *probe) arrived(stream string, records []target.Record, decisions []target.Decision, at int64) *[]int64 {
	dues := p.dues(len(records))
	a := p.book.byStream[stream]
	if a == nil {
		return dues
	}
	batch := a.ledger.Begin()
	defer batch.End()
	for i := range records {
		r := &records[i]
		if decisions[i].Limit != target.Accepted {
			continue
		}
		place := measure.PlaceOf(decisions[i].Shard, decisions[i].Seq)
		switch {
		case p.book.measured(r):
			if due, ok := batch.Due(r.Lane, r.Number); ok {
				(*dues)[i] = due
				batch.Arrived(r.Lane, r.Number, place)
			}
		case a.binds && !r.Ours:
			a.waits.arrived(place, at)
		}
	}
	return dues
}

// count adds one call to the shards' counters.
func (s *streamProbe) count(at int64, records []target.Record, decisions []target.Decision) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range records {
		r, d := &records[i], &decisions[i]
		if r.Ours && !s.probe.book.measured(r) {
			continue
		}
		sh := s.shards[d.Shard]
		if sh == nil {
			sh = s.newShard(d.Shard)
		}
		if sh.records == 0 {
			s.tally = append(s.tally, sh)
		}
		size := int64(r.Size) + int64(len(r.Key))
		sh.records++
		sh.bytes += size
		if d.Limit == target.Accepted {
			sh.took++
			sh.tookBytes += size
		} else {
			sh.limits[d.Limit.String()]++
		}
	}
	for _, sh := range s.tally {
		s.flush(sh, at)
	}
	s.tally = s.tally[:0]
}

func (s *streamProbe) newShard(number int32) *shardProbe {
	tags := measure.Tags{"stream": s.name, "shard": shardID(number)}
	rec := s.probe.rec
	sh := &shardProbe{
		offered: rec.Counter("shard.offered", tags), offeredBytes: rec.Counter("shard.offeredBytes", tags),
		accepted: rec.Counter("shard.accepted", tags), acceptedBytes: rec.Counter("shard.acceptedBytes", tags),
		refused: map[string]*measure.Counter{}, limits: map[string]int64{},
	}
	s.shards[number] = sh
	for _, limit := range []string{"records", "bytes"} {
		sh.refused[limit] = rec.Counter("shard.refused", measure.Tags{"stream": s.name, "shard": shardID(number), "limit": limit})
	}
	return sh
}

// flush adds the call under way to a shard's counters.
func (s *streamProbe) flush(sh *shardProbe, at int64) {
	sh.offered.Add(at, sh.records)
	sh.offeredBytes.Add(at, sh.bytes)
	sh.accepted.Add(at, sh.took)
	sh.acceptedBytes.Add(at, sh.tookBytes)
	for limit, n := range sh.limits {
		c := sh.refused[limit]
		if c == nil {
			continue // injected: not the shard's own limit
		}
		c.Add(at, n)
	}
	clear(sh.limits)
	sh.records, sh.bytes, sh.took, sh.tookBytes = 0, 0, 0, 0
}

// ShardRead counts a read that a limit refused.
func (p *probe) ShardRead(now time.Time, stream string, shard int32, reader string, _ int, limit string) {
	s := p.streams[stream]
	at := p.at(now)
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
