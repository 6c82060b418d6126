package aggregate

import (
	"crypto/md5"
	"encoding/binary"
	"math/bits"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// keyHash is the hash key of a partition key: its MD5 as a big-endian number (API reference, PutRecord).
func keyHash(key []byte) record.Hash {
	sum := md5.Sum(key)
	return record.Hash{Hi: binary.BigEndian.Uint64(sum[:8]), Lo: binary.BigEndian.Uint64(sum[8:])}
}

const maxDigits = 39 // of a hash key

// appendHash appends a hash key as a decimal number, which is how an explicit hash key is written.
func appendHash(dst []byte, h record.Hash) []byte {
	var digits [maxDigits]byte
	i := len(digits)
	for {
		var low uint64
		h.Hi, low = h.Hi/10, h.Hi%10
		h.Lo, low = bits.Div64(low, h.Lo, 10)
		i--
		digits[i] = '0' + byte(low)
		if h == (record.Hash{}) {
			return append(dst, digits[i:]...)
		}
	}
}

// parseHash reads an explicit hash key as the KCL does, with Java's BigInteger: it may have a sign and be of any length.
// number is false where it is none, which ends the KCL's reading; inside is false where it is no hash key, and so in no
// shard's range. Digits that are not ASCII, which Java takes too, are none here.
func parseHash(s []byte) (h record.Hash, number, inside bool) {
	negative := len(s) > 0 && s[0] == '-'
	if negative || len(s) > 0 && s[0] == '+' {
		s = s[1:]
	}
	if len(s) == 0 {
		return record.Hash{}, false, false
	}
	inside = true
	for _, c := range s {
		if c < '0' || c > '9' {
			return record.Hash{}, false, false
		}
		over, hi := bits.Mul64(h.Hi, 10)
		up, lo := bits.Mul64(h.Lo, 10)
		lo, carry := bits.Add64(lo, uint64(c-'0'), 0)
		hi, carry = bits.Add64(hi, up, carry)
		h = record.Hash{Hi: hi, Lo: lo}
		inside = inside && over == 0 && carry == 0
	}
	if !inside || negative && h != (record.Hash{}) {
		return record.Hash{}, true, false
	}
	return h, true, true
}
