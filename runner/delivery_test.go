package runner_test

import (
	"fmt"
	"testing"
	"time"
)

// The checks of docs/design/007-arithmetic.md on firehose.lag, from a record's due instant on.

// cuts is when each record is delivered: the rule of docs/design/004-delivery-buffers.md for records of one size that are
// buffered at some instants, with an object's number for each.
func cuts(buffered []int64, size, hint int, interval time.Duration) (at []int64, object []int) {
	at, object = make([]int64, len(buffered)), make([]int, len(buffered))
	n := (hint + size - 1) / size // records that reach the size
	number := 0
	for first := 0; first < len(buffered); number++ {
		visible := buffered[first] + interval.Nanoseconds()
		last := first
		for last+1 < len(buffered) && last+1-first < n && buffered[last+1] < visible {
			last++
		}
		if last+1-first == n {
			visible = buffered[last]
		}
		for i := first; i <= last; i++ {
			at[i], object[i] = visible, number
		}
		first = last + 1
	}
	return at, object
}

func TestFirehoseLagIsTheClosedForm(t *testing.T) {
	t.Parallel()
	const seconds = 120
	tests := []struct {
		name       string
		stream     bool // the delivery stream reads a stream; else Direct PUT
		rate, size int  // bytes of a record's data
		hint       int  // MiB
		interval   time.Duration
		uniform    [2]time.Duration // the lag is uniform over (low, high] in steps of 1/rate; zero: it is not
	}{
		{"Direct PUT, interval first", false, 10, 100, 5, 5 * time.Second, [2]time.Duration{0, 5 * time.Second}},
		{"Direct PUT, interval first, slow", false, 1, 100, 1, 30 * time.Second, [2]time.Duration{0, 30 * time.Second}},
		{"Direct PUT, size first", false, 50, 10_000, 1, 60 * time.Second, [2]time.Duration{-20 * time.Millisecond, 2080 * time.Millisecond}},
		{"Direct PUT, two records reach the size", false, 1, 1_000_000, 1, 10 * time.Second, [2]time.Duration{}},
		{"a stream, interval first", true, 10, 100, 5, 5 * time.Second, [2]time.Duration{time.Second, 6 * time.Second}},
		{"a stream, the interval a read", true, 20, 100, 5, time.Second, [2]time.Duration{time.Second, 2 * time.Second}},
		{"a stream, size first", true, 60, 10_000, 1, 60 * time.Second, [2]time.Duration{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pipeline, dest := "deliveryStreams: {d: {", "deliveryStream: d"
			if test.stream {
				pipeline, dest = "streams: {s: {shardCount: 1}}\n  deliveryStreams: {d: {source: s, ", "stream: s"
			}
			o := tank{scenario: fmt.Sprintf(`
duration: %ds
drain: 2m
pipeline:
  %s s3: {bucket: objects, bufferingHints: {size: %dMiB, interval: %v}}}}
load:
  - {%s, generator: {template: {file: body.txt}}, rate: %d/s, lanes: 1, batch: {records: 1}}
`, seconds, pipeline, test.hint, test.interval, dest, test.rate), body: test.size}.run(t)

			// The cooldown's records fill the same buffers.
			dues := constant(test.rate, seconds+120)
			buffered := make([]int64, len(dues))
			for i, due := range dues {
				buffered[i] = due // a request of one record leaves when that is due
				if test.stream {
					buffered[i] = (due + 1e9 - 1) / 1e9 * 1e9
				}
			}
			visible, object := cuts(buffered, test.size, test.hint*mib, test.interval)
			lag := values{}
			objects := map[int]int{}
			for i := range visible {
				objects[object[i]]++
			}
			o.seen.each(seconds*time.Second, func(_, n int, l *life) {
				wantInstant(t, fmt.Sprintf("record %d arrives", n), l.arrived[0], dues[n])
				out, _ := l.landed("d")
				wantInstant(t, fmt.Sprintf("record %d is visible", n), out.at, visible[n])
				if got := o.seen.objects[object[n]]; got.records != objects[object[n]] || got.bytes != int64(objects[object[n]]*test.size) || got.at != visible[n] {
					t.Fatalf("object %d: %+v, want %d records", object[n], got, objects[object[n]])
				}
				lag.add(dues[n], visible[n]-dues[n])
			})
			o.holds("firehose.lag", lag)
			o.holds("d.end_to_end", lag)
			if low, high := test.uniform[0], test.uniform[1]; high > 0 {
				uniform(t, lag, low, high, time.Second/time.Duration(test.rate))
			}
		})
	}
}

// uniform checks that values take each step of (low, high] equally often, but for the object that the end of the load cuts.
func uniform(t *testing.T, v values, low, high, step time.Duration) {
	t.Helper()
	count, n := map[int64]int{}, 0
	for _, list := range v {
		for _, value := range list {
			if value <= at(low) || value > at(high) {
				t.Fatalf("%v is outside of (%v, %v]", time.Duration(value), low, high)
			}
			count[value]++
			n++
		}
	}
	steps := int((high - low) / step)
	for value, times := range count {
		if each := n / steps; times < each || times > each+1 {
			t.Errorf("%v comes %d times, want %d", time.Duration(value), times, each)
		}
	}
	if len(count) != steps {
		t.Errorf("%d different lags, want %d", len(count), steps)
	}
}
