package kinesis

import "math/bits"

// segmentSize is how many records the log's next segment has room for: about as many as it holds in memory. A shard whose
// readers keep up goes round in a few kilobytes that stay in the processor's cache; a backlog is in segments of full size.
func (l *log) segmentSize() int {
	size := firstSegment
	for held := l.next - l.inMemory(); size < segmentRecords && uint64(size) < held; {
		size *= 2
	}
	return size
}

// freeList keeps dropped segments for the next ones of the same stream, so that a long run allocates nothing, and the blocks on
// disk that are to be released.
type freeList struct {
	plain  blanks
	packed blanks
	freeBlocks
}

// blanks are the free segments of each size.
type blanks [segmentSizes][]*segment

const (
	freeRecords  = 64 * segmentRecords // room for so many is kept in segments of each size
	segmentSizes = 6                   // from firstSegment to segmentRecords, each twice the one before
)

// sized are the free segments of a size and form.
func (f *freeList) sized(size int, packs bool) *[]*segment {
	b := &f.plain
	if packs {
		b = &f.packed
	}
	return &b[bits.Len(uint(size/firstSegment))-1]
}

func (f *freeList) get(size int, packs bool) *segment {
	segs := f.sized(size, packs)
	if n := len(*segs); n > 0 {
		s := (*segs)[n-1]
		*segs = (*segs)[:n-1]
		return s
	}
	return newSegment(size, packs)
}

func (f *freeList) put(s *segment) {
	segs := f.sized(s.cap(), s.packs)
	if len(*segs)*s.cap() >= freeRecords {
		return
	}
	*s = segment{recs: s.recs[:0], packed: s.packed[:0], packs: s.packs}
	*segs = append(*segs, s)
}
