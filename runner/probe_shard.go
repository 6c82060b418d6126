package runner

import (
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// shardProbe is one shard's counters, by the second of its decisions and of the measured records only. What it decided in
// the present second is added up beside them: a call touches every shard, and a counter is a lock.
type shardProbe struct {
	offered, offeredBytes, accepted, acceptedBytes *measure.Counter
	refused                                        [2]*measure.Counter // by records, by bytes

	now decisions
}

// decisions are what a shard decided, in records and bytes.
type decisions struct {
	records, bytes, took, tookBytes int64
	refused                         [2]int64 // by records, by bytes
}

// decided counts a decision and tells whether the record was taken. What a fault refused is in no limit's count: the
// shard did not see it.
func (sh *shardProbe) decided(r *target.Record, d *target.Decision) (taken bool) {
	size := int64(r.Size) + int64(len(r.Key))
	sh.now.records++
	sh.now.bytes += size
	switch d.Limit {
	case target.Accepted:
		sh.now.took++
		sh.now.tookBytes += size
		return true
	case target.LimitRecords:
		sh.now.refused[0]++
	case target.LimitBytes:
		sh.now.refused[1]++
	}
	return false
}

// flush adds what was decided in a second to the counters.
func (sh *shardProbe) flush(second int64) {
	at := second * 1e9
	sh.offered.Add(at, sh.now.records)
	sh.offeredBytes.Add(at, sh.now.bytes)
	sh.accepted.Add(at, sh.now.took)
	sh.acceptedBytes.Add(at, sh.now.tookBytes)
	for i, n := range sh.now.refused {
		sh.refused[i].Add(at, n)
	}
	sh.now = decisions{}
}

// turn comes to a second: what was decided in another goes into the counters. The caller holds the lock.
func (s *streamProbe) turn(second int64) {
	if s.second == second {
		return
	}
	s.flush()
	s.second = second
}

// flush adds what the shards decided to their counters. The caller holds the lock.
func (s *streamProbe) flush() {
	for _, sh := range s.shards {
		if sh != nil && sh.now.records > 0 {
			sh.flush(s.second)
		}
	}
}

// flush adds what all shards decided to their counters, so that they hold everything up to now.
func (p *probe) flush() {
	for _, s := range p.streams {
		s.mu.Lock()
		s.flush()
		s.mu.Unlock()
	}
}

// shard is the probe of a shard, made when it is first seen.
func (s *streamProbe) shard(number int32) *shardProbe {
	if int(number) < len(s.shards) && s.shards[number] != nil {
		return s.shards[number]
	}
	for int(number) >= len(s.shards) {
		s.shards = append(s.shards, nil)
	}
	s.shards[number] = s.newShard(number)
	return s.shards[number]
}

func (s *streamProbe) newShard(number int32) *shardProbe {
	rec, tags := s.probe.rec, measure.Tags{"stream": s.name, "shard": shardID(number)}
	sh := &shardProbe{
		offered: rec.Counter("shard.offered", tags), offeredBytes: rec.Counter("shard.offeredBytes", tags),
		accepted: rec.Counter("shard.accepted", tags), acceptedBytes: rec.Counter("shard.acceptedBytes", tags),
	}
	for i, limit := range []string{"records", "bytes"} {
		sh.refused[i] = rec.Counter("shard.refused", measure.Tags{"stream": s.name, "shard": shardID(number), "limit": limit})
	}
	return sh
}
