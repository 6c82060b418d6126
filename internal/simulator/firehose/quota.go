package firehose

import (
	"math/bits"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// perToken is how finely a bucket counts: a billion to the token, so that a rate of tokens a second is exactly as many
// billionths a nanosecond and no rounding ever adds up.
const perToken = 1_000_000_000

// bucket is a token bucket in integer arithmetic, as deep as one second's worth. Rates may be up to 4,000,000,000.
type bucket struct {
	level int64 // billionths of a token
	full  int64 // billionths of a token
	rate  int64 // tokens a second
	last  int64 // unix nanoseconds up to which it is filled
}

func newBucket(rate, now int64) bucket {
	return bucket{level: rate * perToken, full: rate * perToken, rate: rate, last: now}
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

// takes removes n tokens if they are there.
func (b *bucket) takes(n int64) bool {
	if b.level < n*perToken {
		return false
	}
	b.level -= n * perToken
	return true
}

// quota is what one delivery stream takes by Direct PUT: records, bytes and requests a second, PutRecord and
// PutRecordBatch together (developer guide, "Quota").
type quota struct {
	records, bytes, requests bucket
}

func newQuota(l Limits, now int64) quota {
	return quota{
		records:  newBucket(l.PutRecords, now),
		bytes:    newBucket(l.PutBytes, now),
		requests: newBucket(l.PutRequests, now),
	}
}

// admit decides about the records of one request, each in its turn: refused is set for those over a limit. A record that
// is refused on entry stays refused and takes nothing; a request over the limit of requests has all of its records refused.
// AWS documents neither the order nor the depth of these limits. It returns how many are refused.
func (q *quota) admit(now int64, recs []record.Record, refused []bool) (n int) {
	q.records.fill(now)
	q.bytes.fill(now)
	q.requests.fill(now)
	request := q.requests.takes(1)
	for i := range recs {
		if !refused[i] {
			refused[i] = !request || !q.one(int64(recs[i].Size))
		}
		if refused[i] {
			n++
		}
	}
	return n
}

// one takes one record of that size from both limits, or from neither.
func (q *quota) one(size int64) bool {
	if q.records.level < perToken || !q.bytes.takes(size) {
		return false
	}
	q.records.level -= perToken
	return true
}
