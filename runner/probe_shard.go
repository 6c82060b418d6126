package runner

import (
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// shardProbe is one shard's counters, by the second of its decisions and of the measured records only, and the counts of
// the call under way.
type shardProbe struct {
	offered, offeredBytes, accepted, acceptedBytes *measure.Counter
	refused                                        [2]*measure.Counter // by records, by bytes

	now decided
}

// decided is what a shard decided in one call, in records and bytes.
type decided struct {
	records, bytes, took, tookBytes int64
	refused                         [2]int64 // by records, by bytes
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
		sh := s.shard(d.Shard)
		if sh.now.records == 0 {
			s.tally = append(s.tally, sh)
		}
		size := int64(r.Size) + int64(len(r.Key))
		sh.now.records++
		sh.now.bytes += size
		switch d.Limit {
		case target.Accepted:
			sh.now.took++
			sh.now.tookBytes += size
		case target.LimitRecords:
			sh.now.refused[0]++
		case target.LimitBytes:
			sh.now.refused[1]++
		}
	}
	for _, sh := range s.tally {
		sh.flush(at)
	}
	s.tally = s.tally[:0]
}

// shard is the probe of a shard, made when it is first seen.
func (s *streamProbe) shard(number int32) *shardProbe {
	for int(number) >= len(s.shards) {
		s.shards = append(s.shards, nil)
	}
	if s.shards[number] == nil {
		s.shards[number] = s.newShard(number)
	}
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

// flush adds the call under way to the counters. What a fault refused is in no limit's: the shard did not see it.
func (sh *shardProbe) flush(at int64) {
	sh.offered.Add(at, sh.now.records)
	sh.offeredBytes.Add(at, sh.now.bytes)
	sh.accepted.Add(at, sh.now.took)
	sh.acceptedBytes.Add(at, sh.now.tookBytes)
	for i, n := range sh.now.refused {
		sh.refused[i].Add(at, n)
	}
	sh.now = decided{}
}
