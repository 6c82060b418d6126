package kinesis

import (
	"math/bits"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// maxHash is 2^128-1, the end of the last shard's range.
var maxHash = record.Hash{Hi: ^uint64(0), Lo: ^uint64(0)}

// HashKey is the hash key of a partition key; see [record.HashKey].
func HashKey(key string) record.Hash { return record.HashKey(key) }

// evenRanges is the first hash key of each of n equal ranges: floor(2^128/n) wide, the last one as much wider as the
// division leaves (seen on AWS through kinesalite's tests). n is at least 1.
func evenRanges(n int) []record.Hash {
	// floor(2^128/n) = floor((2^128-1)/n), except where n divides 2^128: then it is one more.
	hi, rem := bits.Div64(0, ^uint64(0), uint64(n))
	lo, rem := bits.Div64(rem, ^uint64(0), uint64(n))
	width := record.Hash{Hi: hi, Lo: lo}
	if rem == uint64(n)-1 {
		width = add(width, record.Hash{Lo: 1})
	}
	starts := make([]record.Hash, n)
	for i := 1; i < n; i++ {
		starts[i] = add(starts[i-1], width)
	}
	return starts
}

func add(a, b record.Hash) record.Hash {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	hi, _ := bits.Add64(a.Hi, b.Hi, carry)
	return record.Hash{Hi: hi, Lo: lo}
}

func before(a record.Hash) record.Hash {
	lo, borrow := bits.Sub64(a.Lo, 1, 0)
	return record.Hash{Hi: a.Hi - borrow, Lo: lo}
}

// AppendHash appends h as a decimal number.
func AppendHash(dst []byte, h record.Hash) []byte {
	const chunk = 10_000_000_000_000_000_000 // 10^19, the most digits that fit 64 bits
	q1, r := h.Hi/chunk, h.Hi%chunk
	q0, low := bits.Div64(r, h.Lo, chunk)
	top, mid := bits.Div64(q1, q0, chunk)
	return appendDigits57(dst, top, mid, low)
}

// ParseHash reads a decimal number below 2^128.
func ParseHash(s string) (h record.Hash, ok bool) {
	if s == "" || len(s) > 39 {
		return record.Hash{}, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return record.Hash{}, false
		}
		over, hi := bits.Mul64(h.Hi, 10)
		up, lo := bits.Mul64(h.Lo, 10)
		lo, carry := bits.Add64(lo, uint64(c-'0'), 0)
		hi, carry = bits.Add64(hi, up, carry)
		if over != 0 || carry != 0 {
			return record.Hash{}, false
		}
		h = record.Hash{Hi: hi, Lo: lo}
	}
	return h, true
}
