package kinesis

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Read returns the records of a shard from a position on, as GetRecords does: at most most of them (0: AWS's 10,000) and
// at most 10 MiB, appended to dst. It counts against the shard's 5 calls and 2 MiB a second; a read that one of them
// refuses is an error that matches record.ErrThroughputExceeded. A stream or shard that is not there matches
// record.ErrNotFound. reader is told to the observer and is free.
//
// The page's records are copies; their Data is shared and must not be changed.
func (s *Service) Read(now time.Time, reader, name string, number int32, from uint64, most int, dst []record.Record) (record.Page, error) {
	l := &s.cfg.Limits
	if most <= 0 || most > l.ResponseRecords {
		most = l.ResponseRecords
	}
	st, err := s.lock(name, now)
	if err != nil {
		return record.Page{}, err
	}
	defer st.mu.Unlock()
	sh := st.shard(number)
	if sh == nil {
		return record.Page{}, s.noShard(name, ShardID(number))
	}
	nano := now.UnixNano()
	if freed := st.expire(sh, nano); freed > 0 {
		s.memory.add(-freed)
	}
	page := record.Page{Next: from}
	limit := sh.admitRead(nano)
	if limit == LimitNone {
		page = sh.page(nano, from, most, l.ResponseBytes, dst)
	}
	if s.cfg.Observer != nil {
		s.cfg.Observer.Read(now, name, number, reader, page, limit)
	}
	if limit != LimitNone {
		return page, s.throttled(name, number)
	}
	return page, nil
}

// page reads from a position on and takes the bytes of the answer out of the bucket. A position that has been trimmed
// reads from the oldest record on.
func (s *shard) page(now int64, from uint64, most int, room int64, dst []record.Record) record.Page {
	from = max(from, s.first)
	had := len(dst)
	out, bytes := s.read(from, most, room, dst)
	s.out.take(bytes)
	p := record.Page{Records: out, Next: from + uint64(len(out)-had)}
	s.readTo = max(s.readTo, p.Next)
	if p.Next < s.next {
		// Behind the tip by the age of the last record of the page; at least a moment, as 0 means caught up.
		seen := p.Next
		if len(out) > had {
			seen--
		}
		p.Behind = max(time.Duration(now-s.at(seen).Arrival), 1)
		return p
	}
	if s.closed != 0 {
		p.End, p.Children = true, s.children
	}
	return p
}

// Shards lists the shards of a stream in the order of their numbers, closed ones too until the retention period has passed.
func (s *Service) Shards(name string) ([]record.Shard, error) {
	now := s.cfg.Clock.Now()
	st, err := s.lock(name, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	listed := st.listed(now.UnixNano())
	out := make([]record.Shard, 0, len(listed))
	for _, sh := range listed {
		out = append(out, sh.lineage())
	}
	return out, nil
}

// Position is where a reader that starts there begins to read. It does not count against GetShardIterator's limit.
func (s *Service) Position(name string, number int32, at record.Position) (uint64, error) {
	now := s.cfg.Clock.Now()
	st, err := s.lock(name, now)
	if err != nil {
		return 0, err
	}
	defer st.mu.Unlock()
	sh := st.shard(number)
	if sh == nil {
		return 0, s.noShard(name, ShardID(number))
	}
	s.memory.add(-st.expire(sh, now.UnixNano()))
	switch at.Type {
	case "TRIM_HORIZON":
		return sh.first, nil
	case "LATEST":
		return sh.next, nil
	case "AT_TIMESTAMP":
		return sh.since(at.At.UnixNano()), nil
	}
	return 0, errorf(codeInvalidArgument, "Unknown position type %s.", at.Type)
}
