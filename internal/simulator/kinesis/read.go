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
	s.freed(st, st.expire(sh, nano))
	page := record.Page{Next: from}
	limit := sh.admitRead(nano)
	if limit == LimitNone {
		had := len(dst)
		out, at, bytes, err := s.fetch(st, sh, from, most, l.ResponseBytes, dst)
		if err != nil {
			return page, errInternal()
		}
		page = sh.page(nano, at, out, had, bytes)
	}
	if s.cfg.Observer != nil {
		s.cfg.Observer.Read(now, name, number, reader, page, limit)
	}
	if limit != LimitNone {
		return page, s.throttled(name, number)
	}
	return page, nil
}

// Peek appends the records of a shard from a position on, as many as one answer holds, and says where the next ones begin; at the
// tip there are none. It counts against no limit, and nobody is told.
func (s *Service) Peek(name string, number int32, from uint64, dst []record.Record) (out []record.Record, next uint64, err error) {
	now := s.cfg.Clock.Now()
	st, err := s.lock(name, now)
	if err != nil {
		return dst, from, err
	}
	defer st.mu.Unlock()
	sh := st.shard(number)
	if sh == nil {
		return dst, from, s.noShard(name, ShardID(number))
	}
	s.freed(st, st.expire(sh, now.UnixNano()))
	out, at, _, err := s.fetch(st, sh, from, s.cfg.Limits.ResponseRecords, s.cfg.Limits.ResponseBytes, dst)
	return out, at + uint64(len(out)-len(dst)), err
}

// fetch appends the records from a position on, or from the oldest on where that has been trimmed, and says from which: at most
// most of them and at most room bytes of data and keys, but one at least. What is on disk is read without the stream's lock,
// which the caller holds, and ends where memory begins.
func (s *Service) fetch(st *stream, sh *shard, from uint64, most int, room int64, dst []record.Record) (
	out []record.Record, at uint64, bytes int64, err error,
) {
	for {
		from = max(from, sh.first)
		if from >= sh.inMemory() {
			out, bytes = sh.read(from, most, room, dst)
			return out, from, bytes, nil
		}
		refs := sh.onDisk(from, most, room, nil)
		st.mu.Unlock()
		out, bytes, err = s.disk.read(refs, from, most, room, dst)
		st.mu.Lock()
		if err == nil || from >= sh.first { // else it was trimmed meanwhile
			return out, from, bytes, err
		}
	}
}

// page is the answer of a read from a position on, whose records are those of out beyond had, and takes their bytes out of
// the bucket.
func (s *shard) page(now int64, from uint64, out []record.Record, had int, bytes int64) record.Page {
	s.out.take(bytes)
	p := record.Page{Records: out, Next: from + uint64(len(out)-had)}
	s.readTo = max(s.readTo, p.Next)
	if p.Next >= s.next && s.ended() {
		p.End, p.Children = true, s.children
		return p
	}
	p.Behind = s.behind(now, p.Next, out[had:])
	return p
}

// behind is how far a reader that has read up to a position, these records last, is behind the tip: the age of the last of
// them, or of what comes next; at least a moment, as 0 means caught up.
func (s *shard) behind(now int64, next uint64, recs []record.Record) time.Duration {
	switch n := len(recs); {
	case next >= s.tip():
		return 0
	case n > 0:
		return max(time.Duration(now-recs[n-1].Arrival), 1)
	}
	return max(time.Duration(now-s.arrival(next)), 1)
}

// ended tells whether the shard is closed and all its records are readable.
func (s *shard) ended() bool { return s.closed != 0 && s.tip() == s.next }

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
	s.freed(st, st.expire(sh, now.UnixNano()))
	switch at.Type {
	case "TRIM_HORIZON":
		return sh.first, nil
	case "LATEST":
		return sh.tip(), nil
	case "AT_TIMESTAMP":
		return sh.since(at.At.UnixNano()), nil
	}
	return 0, errorf(codeInvalidArgument, "Unknown position type %s.", at.Type)
}
