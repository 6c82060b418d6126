package kinesis

import (
	"sort"

	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// freeBlocks gathers the blocks of a stream that nobody needs any more.
type freeBlocks struct {
	blocks  []journal.Ref
	emptied bool // a shard that had some of those has no block any more
}

// block is the index of the block that holds pos, which is on disk.
func (l *log) block(pos uint64) int {
	return sort.Search(len(l.blocks), func(i int) bool { return l.blocks[i].First > pos }) - 1
}

// arrivalOnDisk is arrival of a record on disk. Where its block cannot be read it is that of the block's first record.
func (l *log) arrivalOnDisk(pos uint64) int64 {
	b := &l.blocks[l.block(pos)]
	if l.awaits || pos == b.First { // what awaits the disk was put by one call for each block, and arrived at once
		return b.Arrival
	}
	recs, err := l.disk.load(*b)
	if err != nil {
		return b.Arrival
	}
	return recs[pos-b.First].Arrival
}

// sinceOnDisk is since among the records on disk; what it finds may also be in memory.
func (l *log) sinceOnDisk(t int64) uint64 {
	i := sort.Search(len(l.blocks), func(i int) bool { return l.blocks[i].Arrival >= t })
	if i == 0 {
		return l.first
	}
	b := &l.blocks[i-1]
	pos := b.End()
	if !l.awaits {
		if recs, err := l.disk.load(*b); err == nil {
			pos = b.First + uint64(sort.Search(len(recs), func(i int) bool { return recs[i].Arrival >= t }))
		}
	}
	return max(pos, l.first)
}

// dropBlocks forgets the blocks before pos.
func (l *log) dropBlocks(pos uint64, free *freeList) {
	n := sort.Search(len(l.blocks), func(i int) bool { return l.blocks[i].End() > pos })
	if n == 0 {
		return
	}
	free.blocks = append(free.blocks, l.blocks[:n]...)
	l.blocks = l.blocks[n:]
	free.emptied = free.emptied || len(l.blocks) == 0
}

// onDisk appends the blocks that hold the records from pos on, of those that are only on disk: as many as may be needed for
// so many records and bytes.
func (l *log) onDisk(pos uint64, most int, room int64, dst []journal.Ref) []journal.Ref {
	end := min(l.inMemory(), l.tip())
	for i := l.block(pos); i < len(l.blocks) && pos < end && most > 0; i++ {
		b := &l.blocks[i]
		dst = append(dst, *b)
		if room -= b.Bytes(); room <= 0 && len(dst) > 1 {
			break // of the first block the beginning may not be asked for
		}
		most -= int(b.End() - pos)
		pos = b.End()
	}
	return dst
}

// taken is how many bytes the records from one position to another take where they are: on disk, or else in memory. Of a block
// of which they are a part it is their share by number.
func (l *log) taken(from, to uint64) (bytes int64) {
	for memory := min(l.inMemory(), to); from < memory; {
		b := &l.blocks[l.block(from)]
		end := min(b.End(), memory)
		bytes += b.Bytes() * int64(end-from) / int64(b.End()-b.First)
		from = end
	}
	for ; from < to; from++ {
		bytes += l.costAt(from)
	}
	return bytes
}

const blockBytes = 1 << 20 // of data and keys of a block that is written because memory is short, at most, but for one record

// evict writes the oldest segment in memory, which is evictable, to disk, where it is not there yet, and forgets it. It returns
// the memory that it took.
func (l *log) evict(owner uint64, free *freeList) (freed int64, err error) {
	s := l.segs[0]
	from := int(l.inMemory() - s.base)
	if !l.awaits {
		var refs []journal.Ref
		recs, _ := s.records(from, s.len(), l.number, nil)
		for len(recs) > 0 {
			n, _ := fit(recs, blockBytes, 0)
			ref, _, err := l.disk.journal.AppendRecords(owner, l.number, recs[:n])
			if err != nil {
				l.disk.journal.Release(refs)
				return 0, err
			}
			refs, recs = append(refs, ref), recs[n:]
		}
		l.blocks = append(l.blocks, refs...)
	}
	freed = s.cost(from, s.len())
	l.held -= freed
	s.forget(0, s.len())
	l.shift(free)
	return freed, nil
}

// oldestCost is the memory that the oldest segment takes.
func (l *log) oldestCost() int64 {
	if len(l.segs) == 0 {
		return 0
	}
	s := l.segs[0]
	return s.cost(int(l.inMemory()-s.base), s.len())
}

// evictable tells whether the memory of the oldest segment can be had.
func (l *log) evictable() bool {
	if l.disk == nil || len(l.segs) == 0 || l.inMemory() == l.next {
		return false
	}
	s := l.segs[0]
	return !l.awaits || s.end() <= l.shown
}

// runs appends the records from a position in memory on, as they lie in it or unpacked at the end of scratch, which is returned
// grown.
func (l *log) runs(pos uint64, dst [][]record.Record, scratch []record.Record) (runs [][]record.Record, grown []record.Record) {
	for i := l.find(pos); i < len(l.segs); i++ {
		s := l.segs[i]
		var recs []record.Record
		recs, scratch = s.records(int(max(pos, s.base)-s.base), s.len(), l.number, scratch)
		dst = append(dst, recs)
	}
	return dst, scratch
}

// unread visits the records from a position on, in their order, and leaves out what cannot be read from disk.
func (l *log) unread(pos uint64, visit func([]record.Record)) {
	pos = max(pos, l.first)
	for pos < l.inMemory() {
		b := l.blocks[l.block(pos)]
		end := min(b.End(), l.inMemory())
		if recs, err := l.disk.load(b); err == nil {
			visit(recs[pos-b.First : end-b.First])
		}
		pos = end
	}
	for pos < l.next {
		s := l.segs[l.find(pos)]
		recs, _ := s.records(int(pos-s.base), s.len(), l.number, nil)
		visit(recs)
		pos = s.end()
	}
}
