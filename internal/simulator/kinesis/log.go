package kinesis

import (
	"sort"

	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

const (
	segmentRecords = 1024 // of a full-size segment
	firstSegment   = 32   // of the smallest: many shards with little in them stay small
)

// log holds the records of one shard, oldest first. Positions count from 0 over the shard's life. The newest are in memory,
// in contiguous segments; older ones may be on disk (log_disk.go).
type log struct {
	segs  []*segment
	first uint64 // of the oldest record that is still readable
	next  uint64 // of the next record to come
	held  int64  // bytes of memory that the records in memory take

	number int32 // of the shard
	plain  bool  // a record has come that cannot be packed, and none is any more

	disk   *Disk         // nil: all records are in memory
	blocks []journal.Ref // on disk, oldest first; without gaps
	awaits bool          // records are readable when they are on disk, and not before
	shown  uint64        // before which records are readable; meaningful where awaits
}

// add stores r at the next position.
func (l *log) add(r *record.Record, free *freeList) {
	var s *segment
	if n := len(l.segs); n > 0 {
		s = l.segs[n-1]
	}
	l.plain = l.plain || !packs(r)
	if s == nil || s.len() == s.cap() || s.packs == l.plain {
		s = free.get(l.segmentSize(), !l.plain)
		s.base = l.next
		l.segs = append(l.segs, s)
	}
	l.held += s.add(r)
	l.next++
}

// tip is the position behind the last readable record.
func (l *log) tip() uint64 {
	if l.awaits {
		return max(l.shown, l.first)
	}
	return l.next
}

// inMemory is the position of the oldest record that is in memory.
func (l *log) inMemory() uint64 {
	if len(l.segs) == 0 {
		return l.next
	}
	return max(l.segs[0].base, l.first)
}

// at is the record at a readable position in memory.
func (l *log) at(pos uint64) record.Record {
	s := l.segs[l.find(pos)]
	i := int(pos - s.base)
	recs, _ := s.records(i, i+1, l.number, nil)
	return recs[0]
}

// costAt is the memory that the record at a readable position in memory takes.
func (l *log) costAt(pos uint64) int64 {
	s := l.segs[l.find(pos)]
	i := int(pos - s.base)
	return s.cost(i, i+1)
}

// find is the index of the segment that holds pos.
func (l *log) find(pos uint64) int {
	if n := len(l.segs); n > 0 && pos >= l.segs[n-1].base {
		return n - 1 // readers are mostly at the tip
	}
	return sort.Search(len(l.segs), func(i int) bool { return l.segs[i].base > pos }) - 1
}

// arrival is when the record at a readable position arrived.
func (l *log) arrival(pos uint64) int64 {
	if pos < l.inMemory() {
		return l.arrivalOnDisk(pos)
	}
	s := l.segs[l.find(pos)]
	return s.arrival(int(pos - s.base))
}

// since is the position of the first readable record that arrived at or after t.
func (l *log) since(t int64) uint64 {
	from := l.inMemory()
	if l.first < from {
		if pos := l.sinceOnDisk(t); pos < from {
			return pos
		}
	}
	n := int(l.tip() - from)
	return from + uint64(sort.Search(n, func(i int) bool { return l.arrival(from+uint64(i)) >= t }))
}

// read appends the records from pos on, which is in memory, at most most of them and at most room bytes of data and keys, but
// one at least.
func (l *log) read(pos uint64, most int, room int64, dst []record.Record) (out []record.Record, bytes int64) {
	tip := l.tip()
	for i := l.find(pos); most > 0 && i >= 0 && i < len(l.segs) && pos < tip; i++ {
		s := l.segs[i]
		from := int(pos - s.base)
		to := min(s.len(), from+most, int(tip-s.base))
		n, sum := s.fit(from, to, room, bytes)
		bytes = sum
		if s.packs {
			_, dst = s.records(from, from+n, l.number, dst)
		} else {
			dst = append(dst, s.recs[from:from+n]...)
		}
		pos += uint64(n)
		most -= n
		if from+n < to {
			break
		}
	}
	return dst, bytes
}

// drop forgets every record before pos and returns the memory that they took.
func (l *log) drop(pos uint64, free *freeList) (freed int64) {
	pos = min(pos, l.next)
	if len(l.blocks) > 0 && pos > l.first {
		l.dropBlocks(pos, free)
	}
	l.first = max(l.first, min(pos, l.inMemory()))
	for l.first < pos {
		s := l.segs[0]
		from, to := int(l.first-s.base), min(int(pos-s.base), s.len())
		freed += s.cost(from, to)
		s.forget(from, to)
		l.first = s.base + uint64(to)
		if to == s.cap() || len(l.segs) > 1 && to == s.len() {
			l.shift(free)
		}
	}
	l.held -= freed
	return freed
}

// shift forgets the oldest segment.
func (l *log) shift(free *freeList) {
	s := l.segs[0]
	copy(l.segs, l.segs[1:])
	l.segs[len(l.segs)-1] = nil
	l.segs = l.segs[:len(l.segs)-1]
	free.put(s)
}
