package kinesis

import (
	"sort"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

const (
	segmentRecords = 1024 // of a full-size segment
	firstSegment   = 32   // of the smallest: many shards with little in them stay small
	recordCost     = 112  // bytes of memory that a record takes without its data
)

// log holds the records of one shard, oldest first, in contiguous segments. Positions count from 0 over the shard's life.
type log struct {
	segs  []*segment
	first uint64 // of the oldest record that is still readable
	next  uint64 // of the next record to come
	held  int64  // bytes of memory that the readable records take
}

type segment struct {
	base uint64 // position of recs[0]
	recs []record.Record
	data bool // some record holds bytes of its own
}

// cost is the memory that r takes. The key of a record without data belongs to its generator.
func cost(r *record.Record) int64 {
	if r.Data == nil {
		return recordCost
	}
	return recordCost + int64(len(r.Data)) + int64(len(r.Key))
}

// add stores r at the next position.
func (l *log) add(r *record.Record, free *freeList) {
	var s *segment
	if n := len(l.segs); n > 0 {
		s = l.segs[n-1]
	}
	if s == nil || len(s.recs) == cap(s.recs) {
		s = free.get(l.segmentSize())
		s.base = l.next
		l.segs = append(l.segs, s)
	}
	s.recs = append(s.recs, *r)
	l.next++
	if r.Data != nil {
		s.data = true
	}
	l.held += cost(r)
}

// oldest is the oldest readable record; there must be one.
func (l *log) oldest() *record.Record {
	s := l.segs[0]
	return &s.recs[l.first-s.base]
}

// at is the record at a readable position.
func (l *log) at(pos uint64) *record.Record {
	s := l.segs[l.find(pos)]
	return &s.recs[pos-s.base]
}

// find is the index of the segment that holds pos.
func (l *log) find(pos uint64) int {
	if n := len(l.segs); n > 0 && pos >= l.segs[n-1].base {
		return n - 1 // readers are mostly at the tip
	}
	return sort.Search(len(l.segs), func(i int) bool { return l.segs[i].base > pos }) - 1
}

// since is the position of the first readable record that arrived at or after t.
func (l *log) since(t int64) uint64 {
	n := int(l.next - l.first)
	return l.first + uint64(sort.Search(n, func(i int) bool { return l.at(l.first+uint64(i)).Arrival >= t }))
}

// read appends the records from pos on, at most most of them and at most room bytes of data and keys, but one at least.
func (l *log) read(pos uint64, most int, room int64, dst []record.Record) (out []record.Record, bytes int64) {
	for i := l.find(pos); most > 0 && i >= 0 && i < len(l.segs) && pos < l.next; i++ {
		s := l.segs[i]
		from := int(pos - s.base)
		part := s.recs[from:min(len(s.recs), from+most)]
		n := 0
		for n < len(part) {
			size := int64(part[n].Size) + int64(len(part[n].Key))
			if bytes > 0 && bytes+size > room {
				break
			}
			bytes += size
			n++
		}
		dst = append(dst, part[:n]...)
		pos += uint64(n)
		most -= n
		if n < len(part) {
			break
		}
	}
	return dst, bytes
}

// drop forgets every record before pos and returns the memory that they took.
func (l *log) drop(pos uint64, free *freeList) (freed int64) {
	pos = min(pos, l.next)
	for l.first < pos {
		s := l.segs[0]
		from, to := l.first-s.base, min(pos-s.base, uint64(len(s.recs)))
		gone := s.recs[from:to]
		if s.data {
			for i := range gone {
				freed += cost(&gone[i])
			}
			clear(gone)
		} else {
			freed += int64(len(gone)) * recordCost
		}
		l.first = s.base + to
		if to == uint64(cap(s.recs)) {
			copy(l.segs, l.segs[1:])
			l.segs[len(l.segs)-1] = nil
			l.segs = l.segs[:len(l.segs)-1]
			free.put(s)
		}
	}
	l.held -= freed
	return freed
}
