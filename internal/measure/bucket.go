package measure

import (
	"math/bits"
	"time"
)

// The layout of buckets is that of hdrhistogram-go with these three settings: a bucket's width is at most a thousandth of
// its values, and 512 ns at least. The index is computed here because the library has no way to ask for it, and keeping
// an index is what makes recording a value cost a few nanoseconds.
const (
	Lowest int64 = 1_000                       // nanoseconds; shorter values are kept but not told apart
	Top    int64 = int64(366 * 24 * time.Hour) // nanoseconds; longer values are overflow
	Digits       = 3                           // significant decimal digits
)

const (
	unitBits   = 9                                   // 512, the power of two below Lowest
	halfBits   = 10                                  // each doubling of the value has 1,024 buckets: three digits and no less
	linearBits = unitBits + halfBits + 1             // values of so many bits are in buckets of one width
	linearMask = uint64(1)<<linearBits - 1<<unitBits // makes every smaller value look like one of linearBits
	buckets    = 37 << halfBits                      // up to Top, and the rest of the last doubling; fits 16 bits
)

// bucketOf is the index of the bucket that holds v, for 0 <= v <= Top.
func bucketOf(v int64) uint16 {
	doublings := bits.Len64(uint64(v)|linearMask) - linearBits
	return uint16(doublings<<halfBits + int(v>>(doublings+unitBits)))
}

// bucketLow is the lowest value of a bucket.
func bucketLow(index int) int64 {
	doublings := max(index>>halfBits-1, 0)
	return int64(index-doublings<<halfBits) << (doublings + unitBits)
}

// bucketHigh is the highest value of a bucket. It stands for all of them where one value is asked for.
func bucketHigh(index int) int64 {
	doublings := max(index>>halfBits-1, 0)
	return bucketLow(index) + 1<<(doublings+unitBits) - 1
}
