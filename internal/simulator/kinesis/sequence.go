package kinesis

import "math/bits"

// SequenceNumber is a record's sequence number as AWS writes it: a 188-bit number, shown in decimal (56 digits). Its
// layout was read off real numbers by kinesalite (db/index.js, version 2). In hex digits from the left:
//
//	2 | created, s (9) | shard, low digit | index (16) | 00 | arrived, s (9) | shard (8) | 2
//
// A later record of a shard has a higher index; a shard that was created later has higher numbers altogether, which is
// what keeps a key's order over a split. The zero value is not a sequence number.
type SequenceNumber struct{ hi, mid, lo uint64 }

// lastIndex is the index in a closed shard's ending sequence number (kinesalite).
const lastIndex = 1<<63 - 1

// NewSequenceNumber makes the number with that index of a shard. created and arrived are unix seconds. The record at
// position p of its shard has the index p+1; index 0 is the shard's own starting sequence number.
func NewSequenceNumber(created int64, shard int32, index uint64, arrived int64) SequenceNumber {
	const seconds = 1<<36 - 1
	c, a, n := uint64(created)&seconds, uint64(arrived)&seconds, uint64(uint32(shard))
	// bits: 0-3 version, 4-35 shard, 36-71 arrived, 80-143 index, 144-147 low digit of shard, 148-183 created, 184-187 two
	return SequenceNumber{
		lo:  2 | n<<4 | a<<36,
		mid: a>>28 | index<<16,
		hi:  index>>48 | (n&15)<<16 | c<<20 | 2<<56,
	}
}

// Index is the number's place within its shard.
func (n SequenceNumber) Index() uint64 { return n.hi<<48 | n.mid>>16 }

// Shard is the number of the shard it belongs to.
func (n SequenceNumber) Shard() int32 { return int32(uint32(n.lo >> 4)) }

// Arrived is when its record arrived, in unix seconds.
func (n SequenceNumber) Arrived() int64 { return int64(n.lo>>36 | n.mid<<28&(1<<36-1)) }

// Created is when its shard was made, in unix seconds.
func (n SequenceNumber) Created() int64 { return int64(n.hi >> 20 & (1<<36 - 1)) }

// Compare orders sequence numbers as AWS does.
func (n SequenceNumber) Compare(o SequenceNumber) int {
	for _, d := range [3][2]uint64{{n.hi, o.hi}, {n.mid, o.mid}, {n.lo, o.lo}} {
		if d[0] != d[1] {
			if d[0] < d[1] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// Append appends the number in decimal.
func (n SequenceNumber) Append(dst []byte) []byte {
	const chunk = 10_000_000_000_000_000_000 // 10^19
	// Both quotients stay below 2^62, so each division's high word is below the divisor, as Div64 demands.
	q1, r := bits.Div64(n.hi, n.mid, chunk)
	q0, low := bits.Div64(r, n.lo, chunk)
	top, mid := bits.Div64(q1, q0, chunk)
	return appendDigits57(dst, top, mid, low)
}

// String is the number in decimal.
func (n SequenceNumber) String() string { return string(n.Append(make([]byte, 0, 57))) }

// IsZero tells that there is no number.
func (n SequenceNumber) IsZero() bool { return n == SequenceNumber{} }

// MarshalText is the number in decimal.
func (n SequenceNumber) MarshalText() ([]byte, error) { return n.Append(nil), nil }

// ParseSequenceNumber reads a decimal number of the layout above. A number that is none, or of another layout, is not ok.
func ParseSequenceNumber(s string) (n SequenceNumber, ok bool) {
	n, ok = parseSequenceDigits(s)
	const gap = 0xff << 8 // bits 72-79 are always zero
	ok = ok && n.version() == 2 && n.mid&gap == 0 && n.hi>>16&15 == n.lo>>4&15 &&
		n.Index() <= lastIndex && n.Shard() >= 0 // neither begins with the digit 8 or more (kinesalite's tests)
	if !ok {
		return SequenceNumber{}, false
	}
	return n, true
}

// parseSequenceDigits reads a decimal number of at most 57 digits, whatever it says.
func parseSequenceDigits(s string) (n SequenceNumber, ok bool) {
	if s == "" || len(s) > 57 || s[0] == '0' && s != "0" {
		return SequenceNumber{}, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return SequenceNumber{}, false
		}
		up, lo := bits.Mul64(n.lo, 10)
		lo, carry := bits.Add64(lo, uint64(c-'0'), 0)
		up2, mid := bits.Mul64(n.mid, 10)
		mid, carry = bits.Add64(mid, up, carry)
		n = SequenceNumber{hi: n.hi*10 + up2 + carry, mid: mid, lo: lo}
	}
	return n, true
}
