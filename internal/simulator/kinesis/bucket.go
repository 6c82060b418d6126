package kinesis

import "math/bits"

// perToken is how finely a bucket counts: a billion to the token, so that a rate of tokens a second is exactly as many
// billionths a nanosecond and no rounding ever adds up.
const perToken = 1_000_000_000

// bucket is a token bucket in integer arithmetic. AWS calls it the tank of a shard ("Handle large records": filled at
// 1 MiB a second, a request is served while there is enough in it) and documents the algorithm no further.
type bucket struct {
	level int64 // billionths of a token; negative where a debt is allowed
	full  int64 // billionths of a token
	rate  int64 // tokens a second
	last  int64 // unix nanoseconds up to which it is filled
}

// newBucket makes a full bucket.
func newBucket(rate, burst, now int64) bucket {
	return bucket{level: burst * perToken, full: burst * perToken, rate: rate, last: now}
}

// fill adds what has flowed in until now. Time that goes backwards adds nothing.
func (b *bucket) fill(now int64) {
	d := now - b.last
	if d <= 0 {
		return
	}
	b.last = now
	hi, in := bits.Mul64(uint64(d), uint64(b.rate))
	if hi != 0 || in > uint64(b.full-b.level) {
		b.level = b.full
		return
	}
	b.level += int64(in)
}

// resize changes how much the bucket holds. What is in it stays, as far as it has room, and one that was full is full.
func (b *bucket) resize(burst, now int64) {
	b.fill(now)
	full := burst * perToken
	if b.level = min(b.level, full); b.full == b.level {
		b.level = full
	}
	b.full = full
}

// has tells whether n tokens are there.
func (b *bucket) has(n int64) bool { return b.level >= n*perToken }

// take removes n tokens. The caller has asked has, or means to leave a debt.
func (b *bucket) take(n int64) { b.level -= n * perToken }

// admit takes one token at an instant, if there is one.
func (b *bucket) admit(now int64) bool {
	b.fill(now)
	if !b.has(1) {
		return false
	}
	b.take(1)
	return true
}
