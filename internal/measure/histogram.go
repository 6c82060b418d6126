package measure

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histogram is the distribution of some values: counts in the buckets of an HDR histogram from Lowest to Top with three
// digits, beside them the exact count, minimum, maximum and sum. A value over Top counts as overflow and one below 0 as
// underflow; both are in Count, Min, Max and Sum, neither is clamped into a bucket.
//
// The zero value is an empty histogram. It is not safe for concurrent use.
type Histogram struct {
	first  int     // index of the bucket counts[0] stands for, a multiple of growth
	counts []int64 // only the range of buckets that was touched
	inside int64   // values in buckets
	under  int64
	over   int64
	min    int64 // of all values; only where there is one
	max    int64
	sum    sum
}

const growth = 256 // counts begin and end at multiples of so many buckets

// Add records one value.
func (h *Histogram) Add(v int64) {
	if h.Count() == 0 {
		h.min, h.max = v, v
	}
	h.min, h.max = min(h.min, v), max(h.max, v)
	h.sum.add(v)
	switch {
	case v < 0:
		h.under++
	case v > Top:
		h.over++
	default:
		h.addBucket(int(bucketOf(v)), 1)
	}
}

// Merge adds the values of o.
func (h *Histogram) Merge(o *Histogram) {
	if o.Count() == 0 {
		return
	}
	h.mergeExtremes(o.Count(), o.min, o.max)
	h.sum.merge(o.sum)
	h.under += o.under
	h.over += o.over
	h.inside += o.inside
	if len(o.counts) > 0 {
		h.cover(o.first, o.first+len(o.counts)-1)
		into := h.counts[o.first-h.first:]
		for i, n := range o.counts {
			into[i] += n
		}
	}
}

// Reset empties the histogram and keeps its memory.
func (h *Histogram) Reset() {
	clear(h.counts)
	*h = Histogram{first: h.first, counts: h.counts}
}

// Count is the number of values, underflow and overflow included.
func (h *Histogram) Count() int64 { return h.inside + h.under + h.over }

// Underflow is the number of values below 0: two clocks disagreed. They rank lowest.
func (h *Histogram) Underflow() int64 { return h.under }

// Overflow is the number of values over Top. They rank beyond any limit.
func (h *Histogram) Overflow() int64 { return h.over }

// Min is the exact lowest value; 0 where there is none.
func (h *Histogram) Min() int64 { return h.min }

// Max is the exact highest value; 0 where there is none. It may be over Top.
func (h *Histogram) Max() int64 { return h.max }

// Sum is the exact sum of the values, rounded once.
func (h *Histogram) Sum() float64 { return h.sum.float() }

// Mean is the exact mean of the values, rounded; 0 where there is none.
func (h *Histogram) Mean() float64 {
	if h.Count() == 0 {
		return 0
	}
	return h.Sum() / float64(h.Count())
}

// Buckets calls each for every bucket that holds a value, from the lowest: its bounds, both inclusive, and how many.
// Underflow and overflow are in none.
func (h *Histogram) Buckets(each func(low, high, count int64)) {
	for i, n := range h.counts {
		if n != 0 {
			each(bucketLow(h.first+i), bucketHigh(h.first+i), n)
		}
	}
}

// HDR is a histogram of the library with the same counts, for its log and percentile formats. Underflow and overflow are
// not in it. Its own percentiles round ranks to the nearest; ours round up.
func (h *Histogram) HDR() *hdrhistogram.Histogram {
	counts := make([]int64, buckets)
	copy(counts[h.first:], h.counts)
	return hdrhistogram.Import(&hdrhistogram.Snapshot{
		LowestTrackableValue:  Lowest,
		HighestTrackableValue: Top,
		SignificantFigures:    Digits,
		Counts:                counts,
	})
}

// mergeExtremes is for n values that are about to be added, between low and high.
func (h *Histogram) mergeExtremes(n, low, high int64) {
	if n == 0 {
		return
	}
	if h.Count() == 0 {
		h.min, h.max = math.MaxInt64, math.MinInt64
	}
	h.min, h.max = min(h.min, low), max(h.max, high)
}

func (h *Histogram) addBucket(index int, n int64) {
	if uint(index-h.first) >= uint(len(h.counts)) {
		h.cover(index, index)
	}
	h.counts[index-h.first] += n
	h.inside += n
}

// cover makes counts hold the buckets from low to high.
func (h *Histogram) cover(low, high int) {
	low, high = low/growth*growth, (high/growth+1)*growth
	if len(h.counts) == 0 {
		h.first, h.counts = low, make([]int64, high-low)
		return
	}
	if low >= h.first && high <= h.first+len(h.counts) {
		return
	}
	low, high = min(low, h.first), max(high, h.first+len(h.counts))
	counts := make([]int64, high-low)
	copy(counts[h.first-low:], h.counts)
	h.first, h.counts = low, counts
}
