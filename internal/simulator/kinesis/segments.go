package kinesis

import (
	"math/bits"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// segmentSize is how many records the log's next segment has room for: about as many as it holds. A shard whose readers
// keep up goes round in a few kilobytes that stay in the processor's cache; a backlog is in segments of full size.
func (l *log) segmentSize() int {
	size := firstSegment
	for held := l.next - l.first; size < segmentRecords && uint64(size) < held; {
		size *= 2
	}
	return size
}

// freeList keeps dropped segments for the next ones of the same stream, so that a long run allocates nothing.
type freeList struct{ segs [segmentSizes][]*segment }

const (
	freeRecords  = 64 * segmentRecords // room for so many is kept in segments of each size
	segmentSizes = 6                   // from firstSegment to segmentRecords, each twice the one before
)

// sized are the free segments of a size.
func (f *freeList) sized(size int) *[]*segment { return &f.segs[bits.Len(uint(size/firstSegment))-1] }

func (f *freeList) get(size int) *segment {
	segs := f.sized(size)
	if n := len(*segs); n > 0 {
		s := (*segs)[n-1]
		*segs = (*segs)[:n-1]
		return s
	}
	return &segment{recs: make([]record.Record, 0, size)}
}

func (f *freeList) put(s *segment) {
	segs := f.sized(cap(s.recs))
	if len(*segs)*cap(s.recs) >= freeRecords {
		return
	}
	*s = segment{recs: s.recs[:0]}
	*segs = append(*segs, s)
}
