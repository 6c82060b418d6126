package measure

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

const second = int64(1e9) // nanoseconds

// window holds the values of one due second that were recorded since the last tick.
type window struct {
	start int64    // nanoseconds, a whole second
	tail  []uint16 // buckets of values, in the order they came
	dense []uint32 // counts by bucket of what tail was too short for; nil until then
	units int64
	again int64  // units that also touched an earlier second
	unit  uint64 // the unit that touched it last
	under int64
	over  int64
	min   int64
	max   int64
	sum   sum
}

// maxTail bounds a window's tail: a counted bucket costs four bytes however often it comes, so long tails are counted.
const maxTail = 1 << 16

// floorSecond is the beginning of the second that due is in.
func floorSecond(due int64) int64 {
	s := due / second * second
	if due < s {
		s -= second
	}
	return s
}

// put records a bucket where the tail is full or new.
func (w *window) put(bucket uint16) {
	if len(w.tail) >= maxTail {
		if w.dense == nil {
			w.dense = make([]uint32, buckets)
		}
		for _, b := range w.tail {
			w.dense[b]++
		}
		w.tail = w.tail[:0]
	}
	w.tail = append(w.tail, bucket)
}

// outside records a value that no bucket is for.
func (w *window) outside(v int64) {
	if v < 0 {
		w.under++
	} else {
		w.over++
	}
}

// reset makes w the window of another second and keeps its memory.
func (w *window) reset(start int64) {
	*w = window{start: start, tail: w.tail[:0], min: math.MaxInt64, max: math.MinInt64}
}

// scratch counts one window at a time. A bit for every bucket tells which counts are not 0, so that a window costs what
// it holds and not what it could hold.
type scratch struct {
	counts  [buckets]uint32
	touched [buckets / 64]uint64
	packed  []byte
}

// pack empties w's buckets into a packed histogram, valid until the next, and adds them to total.
func (s *scratch) pack(w *window, total *Histogram) ([]byte, span) {
	for _, b := range w.tail {
		s.counts[b]++
		s.touched[b/64] |= 1 << (b % 64)
	}
	for b, n := range w.dense {
		if n > 0 {
			s.counts[b] += n
			s.touched[b/64] |= 1 << (b % 64)
		}
	}
	found := s.extent()
	if found.low > found.high {
		return nil, span{}
	}
	p := packer{dst: s.packed[:0]}
	total.cover(found.low, found.high)
	for i := found.low / 64; i <= found.high/64; i++ {
		word := s.touched[i]
		s.touched[i] = 0
		for ; word != 0; word &= word - 1 {
			bucket := i*64 + bits.TrailingZeros64(word)
			n := int64(s.counts[bucket])
			s.counts[bucket] = 0
			p.add(bucket, n)
			total.counts[bucket-total.first] += n
			found.count += n
		}
	}
	total.inside += found.count
	p.finish()
	s.packed = p.dst
	return s.packed, found
}

// extent is the first and the last bucket that was touched; where there is none, the first is higher.
func (s *scratch) extent() span {
	first, last := 0, len(s.touched)-1
	for first <= last && s.touched[first] == 0 {
		first++
	}
	for last >= first && s.touched[last] == 0 {
		last--
	}
	if first > last {
		return span{low: 1}
	}
	return span{
		low:  first*64 + bits.TrailingZeros64(s.touched[first]),
		high: last*64 + bits.Len64(s.touched[last]) - 1,
	}
}

// pending is the windows that were touched since the last tick, by second.
type pending struct {
	windows []*window
	free    []*window
}

const maxFree = 8 // windows kept for their memory

// at is the window of the second that begins at start, made where there is none.
func (p *pending) at(start int64) *window {
	i := len(p.windows)
	if i > 0 && p.windows[i-1].start >= start { // nearly always the last
		var found bool
		i, found = slices.BinarySearchFunc(p.windows, start, func(w *window, start int64) int {
			return cmp.Compare(w.start, start)
		})
		if found {
			return p.windows[i]
		}
	}
	w := new(window)
	if n := len(p.free); n > 0 {
		w, p.free = p.free[n-1], p.free[:n-1]
	}
	w.reset(start)
	p.windows = slices.Insert(p.windows, i, w)
	return w
}

// recycle keeps the memory of a few of the windows, and empties the slice.
func (p *pending) recycle(windows []*window) []*window {
	for _, w := range windows {
		if len(p.free) < maxFree {
			w.dense = nil
			p.free = append(p.free, w)
		}
	}
	clear(windows)
	return windows[:0]
}
