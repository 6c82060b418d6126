package measure

import (
	"math"
	"math/bits"
)

// Beyond is the value of a quantile that ranks beyond everything measured. It breaks any upper limit.
const Beyond int64 = math.MaxInt64

// Quantile is the value of rank ceil(q·n), where n counts the values and, beyond all of them, censored more that were
// due and never came: a percentile must not look better because records were lost. q is 0 to 1 and is read as a decimal
// of at most nine digits, so that 0.99 of 100 is rank 99.
//
// The lowest and the highest value are exact; the others stand for their bucket by its highest value, within the exact
// minimum and maximum. A rank in the underflow is -1 (or the maximum, where that is lower). A rank in the overflow or
// among the censored is Beyond, and beyond is true. Without values and censored it is 0.
func (h *Histogram) Quantile(q float64, censored int64) (value int64, beyond bool) {
	n := h.Count() + max(censored, 0)
	if n == 0 {
		return 0, false
	}
	r := rank(q, n)
	switch {
	case r > h.under+h.inside:
		return Beyond, true
	case r == 1:
		return h.min, false
	case r == h.Count():
		return h.max, false
	case r <= h.under:
		return min(-1, h.max), false
	}
	value = bucketHigh(h.bucketOfRank(r - h.under))
	return min(max(value, h.min), h.max), false
}

// bucketOfRank is the bucket of the r-th of the values inside, from 1.
func (h *Histogram) bucketOfRank(r int64) int {
	i := 0
	for ; i+8 <= len(h.counts); i += 8 { // whole steps first: most of a histogram is passed over
		c := h.counts[i : i+8 : i+8]
		step := c[0] + c[1] + c[2] + c[3] + c[4] + c[5] + c[6] + c[7]
		if r <= step {
			break
		}
		r -= step
	}
	for ; ; i++ {
		if r -= h.counts[i]; r <= 0 {
			return h.first + i
		}
	}
}

// AtMost is how many values are at most limit, as their buckets tell it: a bucket counts when its highest value does, so
// the answer is never too high. Overflow never counts.
func (h *Histogram) AtMost(limit int64) int64 {
	if limit < 0 {
		return 0
	}
	if limit >= h.max {
		return h.under + h.inside
	}
	n := h.under
	for i, c := range h.counts {
		if bucketHigh(h.first+i) > limit {
			break
		}
		n += c
	}
	return n
}

// rank is ceil(q·n) within 1 and n, with q rounded to nine decimals so that no binary fraction pushes it up by one.
func rank(q float64, n int64) int64 {
	const scale = 1_000_000_000
	if !(q > 0) {
		return 1
	}
	if q >= 1 {
		return n
	}
	hi, lo := bits.Mul64(uint64(math.Round(q*scale)), uint64(n))
	whole, rest := bits.Div64(hi, lo, scale)
	if rest > 0 {
		whole++
	}
	return min(max(int64(whole), 1), n)
}

// EnoughUnits is how many requests, invocations or objects a quantile q needs before it is more than an anecdote:
// 10/(1-q), rounded up. Fewer make it thin. The maximum (q = 1) is never thin.
func EnoughUnits(q float64) int64 {
	if q >= 1 {
		return 1
	}
	return int64(math.Ceil(math.Round(10/(1-q)*1e6) / 1e6))
}
