package measure

import "encoding/binary"

// maxCount bounds what one bucket of one line may hold, so that no file can make totals overflow.
const maxCount = 1 << 40

// code is what a first byte stands for.
type code struct {
	step, count   int32 // the only pair, or the first of two
	step2, count2 int32 // the second of two; count2 0 is none
	moreStep      bool  // step-1 is a uvarint that follows
	moreCount     bool  // count-1 is a uvarint that follows
	known         bool
	long          bool // any of moreStep, moreCount and not known
}

var codes = func() (table [256]code) {
	for b := range table {
		c := code{known: true}
		switch n := int32(b); {
		case n < codeMedium:
			c.step, c.count, c.step2, c.count2 = n>>5+1, n>>3&3+1, n>>2&1+1, n&3+1
		case n < codeLone:
			c.step, c.count = (n-codeMedium)/24+1, (n-codeMedium)%24+1
		case n < codeFew:
			c.step, c.count = n-codeLone+5, 1
		case n < codeCount:
			c.step, c.count = (n-codeFew)/2+5, (n-codeFew)%2+2
		case n < codeStep:
			c.step, c.moreCount = n-codeCount+1, true
		case n == codeStep:
			c.moreStep, c.count = true, 1
		case n == codeBoth:
			c.moreStep, c.moreCount = true, true
		default:
			c.known = false
		}
		c.long = c.moreStep || c.moreCount || !c.known
		table[b] = c
	}
	return table
}()

// span is what a packed histogram holds: its lowest and highest bucket and how many values. Empty, count is 0.
type span struct {
	low, high int
	count     int64
}

// scan checks a packed histogram, which may come from anywhere, and measures it.
func scan(src []byte) (span, error) {
	s, bucket := span{low: -1}, -1
	for len(src) > 0 {
		c := &codes[src[0]]
		src = src[1:]
		step, count := int(c.step), int64(c.count)
		if c.long {
			var n int
			var err error
			if step, count, n, err = c.more(src); err != nil {
				return span{}, err
			}
			src = src[n:]
		}
		bucket += step
		if s.low < 0 {
			s.low = bucket
		}
		bucket += int(c.step2)
		if s.count += count + int64(c.count2); s.count > maxCount {
			return span{}, errCount
		}
		if bucket >= buckets {
			return span{}, errBucket
		}
	}
	s.low, s.high = max(s.low, 0), max(bucket, 0)
	return s, nil
}

// more reads what follows a long code, and how many bytes that took.
func (c *code) more(src []byte) (step int, count int64, n int, err error) {
	step, count = int(c.step), int64(c.count)
	if !c.known {
		return 0, 0, 0, errCode
	}
	if c.moreStep {
		v, size := binary.Uvarint(src)
		if size <= 0 {
			return 0, 0, 0, errShort
		}
		if v >= buckets {
			return 0, 0, 0, errBucket
		}
		step, n = int(v)+1, size
	}
	if c.moreCount {
		v, size := binary.Uvarint(src[n:])
		if size <= 0 {
			return 0, 0, 0, errShort
		}
		if v >= maxCount {
			return 0, 0, 0, errCount
		}
		count, n = int64(v)+1, n+size
	}
	return step, count, n, nil
}

// unpack adds a packed histogram that scan found good to counts, whose first element is the bucket first; times is 1, or
// -1 to take it back. counts must hold the buckets of its span.
func unpack(counts []int64, first int, src []byte, times int64) {
	bucket := -1 - first
	for len(src) > 0 {
		c := &codes[src[0]]
		src = src[1:]
		if c.long {
			step, count, n, _ := c.more(src)
			src = src[n:]
			bucket += step
			counts[bucket] += times * count
			continue
		}
		bucket += int(c.step)
		counts[bucket] += times * int64(c.count)
		if c.count2 != 0 {
			bucket += int(c.step2)
			counts[bucket] += times * int64(c.count2)
		}
	}
}
