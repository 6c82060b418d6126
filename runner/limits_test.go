package runner_test

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// The checks of docs/design/007-arithmetic.md on what a shard takes and gives.

const (
	kib = 1 << 10
	mib = 1 << 20
)

// keySize is the length of a random partition key, 16 hexadecimal digits.
const keySize = 16

// oneShard is a load on a stream of one shard, in a hundred requests a second where the rate is as high as that.
func oneShard(rate, seconds int, more string) string {
	return fmt.Sprintf(`
duration: %ds
drain: 30s
pipeline:
  streams: {s: {shardCount: 1}}
%s
load:
  - stream: s
    generator: {template: {file: body.txt}}
    rate: %d/s
    lanes: 1
    batch: {records: %d, linger: 1s}
    retry: {attempts: 1}
`, seconds, more, rate, max(rate/100, 1))
}

// A shard takes its burst, and from then on as many records and bytes as flow into its buckets: after each put at t, in
// all ⌊burst + rate·(t − t₁)⌋, where t₁ is the first put; the bytes of a call are rounded up to KiB.
func TestShardTakesWhatItsLimitSays(t *testing.T) {
	heavy(t)
	t.Parallel()
	const seconds = 30
	tests := []struct {
		name          string
		rate, size    int // size: data and key
		limit         string
		burst, refill int64   // of what the limit counts, a second
		perRecord     int64   // of it
		second        float64 // records accepted a second
	}{
		{"3,000 records/s of 100 B", 3000, 100, "records", 1000, 1000, 1, 1000},
		{"300 records/s of 10 KiB", 300, 10 * kib, "bytes", mib, mib, 10 * kib, 102.4},
		{"1,500 records/s of 2 B", 1500, keySize + 1, "records", 1000, 1000, 1, 1000},
		{"3 records/s of 500 KiB", 3, 500 * kib, "bytes", mib, mib, 500 * kib, mib / (500.0 * kib)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := tank{scenario: oneShard(test.rate, seconds, ""), body: test.size - keySize}.run(t)

			var accepted int64
			first := o.seen.puts[0].at
			for _, p := range o.seen.puts {
				accepted += int64(p.accepted)
				flowed := test.burst + test.refill*(p.at-first)/1e9 // exact: rates are whole, and 30 s of them fit
				if want := flowed / test.perRecord; accepted > want || p.accepted < p.offered && accepted < want {
					t.Fatalf("after the put at %v: %d accepted, want %d", time.Duration(p.at), accepted, want)
				}
			}
			if n, of := o.total("put.throttled", "limit", test.limit), o.total("put.throttled"); n != of || n == 0 {
				t.Errorf("%d of %d refusals by %s", n, of, test.limit)
			}
			// The run file says the same, second by second, once the burst is used up.
			begin := int(float64(test.burst/test.perRecord)/(float64(test.rate)-test.second)) + 2
			for second := begin; second < seconds; second++ {
				got := float64(o.count(second, second+1, "shard.accepted"))
				if got < math.Floor(test.second) || got > math.Ceil(test.second) {
					t.Errorf("second %d: %v accepted, want %v", second, got, test.second)
				}
			}
			all, want := float64(o.count(begin, seconds, "shard.accepted")), test.second*float64(seconds-begin)
			if math.Abs(all-want) > 1 {
				t.Errorf("%v accepted from second %d on, want %v", all, begin, want)
			}
		})
	}
}

// Where records are no whole KiB, the bytes of each call are rounded up together.
func TestShardRoundsTheBytesOfACall(t *testing.T) {
	const size = 10*kib + keySize
	o := tank{scenario: oneShard(300, 60, ""), body: size - keySize}.run(t)
	var counted int64
	first := o.seen.puts[0].at
	for _, p := range o.seen.puts {
		counted += (p.bytes + kib - 1) / kib * kib
		flowed := mib + mib*(p.at-first)/1e9
		if counted > flowed {
			t.Fatalf("after the put at %v: %d bytes as AWS counts them, more than the %d that flowed in", time.Duration(p.at), counted, flowed)
		}
		if p.accepted < p.offered && flowed-counted >= size+kib {
			t.Fatalf("the put at %v was refused a record though %d bytes were left", time.Duration(p.at), flowed-counted)
		}
	}
	if n, of := o.total("put.throttled", "limit", "bytes"), o.total("put.throttled"); n != of || n == 0 {
		t.Errorf("%d of %d refusals by bytes", n, of)
	}
}

// Two readers that ask more often than five times a second get five answers a second between them: the ith is given to
// whoever asks first at or after t₁ + (i − 5)·200 ms, i counting from 1 and t₁ being the first read.
func TestReadersShareFiveReadsASecond(t *testing.T) {
	const seconds = 60
	o := tank{scenario: oneShard(100, seconds, `
  functions:
    f: {model: {duration: 5ms}, eventSources: [{stream: s}]}
  consumers:
    dashboard: {stream: s, every: 150ms}
`), body: 100}.run(t)

	reads := o.seen.reads
	first, answered := reads[0].at, int64(0)
	perSecond := map[int]int{}
	byReader := map[string]int{}
	for _, r := range reads {
		due := first + (answered+1-5)*200e6
		switch {
		case r.limit == "":
			answered++
			perSecond[int(r.at/1e9)]++
			byReader[r.reader]++
			if r.at < due {
				t.Fatalf("answer %d was given at %v, before its token came at %v", answered, time.Duration(r.at), time.Duration(due))
			}
		case r.limit != "reads":
			t.Fatalf("a read was refused by %s", r.limit)
		case r.at >= due:
			t.Fatalf("a read was refused at %v though a token had come at %v", time.Duration(r.at), time.Duration(due))
		}
	}
	for second := 2; second < seconds; second++ {
		if perSecond[second] != 5 {
			t.Errorf("second %d: %d reads answered, want 5", second, perSecond[second])
		}
	}
	if len(byReader) != 2 {
		t.Errorf("answered readers: %v", byReader)
	}
	if n := o.total("stream.throttled", "limit", "reads"); n != o.total("stream.throttled") || n == 0 {
		t.Errorf("%d refused reads of %d by the limit of reads", n, o.total("stream.throttled"))
	}
}

// Three readers of a stream that is written at its limit of 1 MiB/s want 3 MiB/s. They get two: a shard answers while its
// bucket of read bytes is not in debt, and each answer is taken out of it whole.
func TestReadersOfABacklogShareTwoMiB(t *testing.T) {
	const seconds, size = 60, 8 * kib
	o := tank{scenario: oneShard(128, seconds, `
  functions:
    f: {model: {duration: 5ms}, eventSources: [{stream: s, batchSize: 500}]}
  consumers:
    dashboard: {stream: s, every: 300ms}
    archive: {stream: s, every: 400ms}
`), body: size - keySize}.run(t)

	const full = 2 * mib * 1e9           // billionths of a byte
	level, last := int64(full), int64(0) // of the bucket
	var read, from, until, before, after int64
	refused := false
	for _, r := range o.seen.reads {
		level = min(level+2*mib*(r.at-last), full)
		last = r.at
		if inDebt := level < 0; r.limit != "reads" && inDebt != (r.limit == "bytes") {
			t.Fatalf("the read at %v: limit %q at a level of %d bytes", time.Duration(r.at), r.limit, level/1e9)
		}
		if refused && r.limit == "" { // the first answer after a debt
			if from == 0 {
				from, before = r.at, read
			}
			until, after = r.at, read
		}
		refused = r.limit == "bytes"
		level -= int64(r.count) * size * 1e9
		read += int64(r.count) * size
	}
	// Somebody asks at least every 200 ms, so that before such an answer the level is between 0 and what flows in over that time.
	if got, want := after-before, 2*mib*(until-from)/1e9; until < from+seconds/2*1e9 || max(got-want, want-got) > 2*mib/5 {
		t.Errorf("%d bytes answered from %v to %v, want %d", got, time.Duration(from), time.Duration(until), want)
	}
	if o.total("stream.throttled", "limit", "bytes") == 0 {
		t.Error("no read was refused by bytes")
	}
}
