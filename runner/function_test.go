package runner_test

import (
	"fmt"
	"testing"
	"time"
)

// The checks of docs/design/007-arithmetic.md on lambda.latency, from a record's due instant on.

// batchTimes is when each record of one lane of a mapping is in an invocation that begins and ends: the recursion of
// docs/design/003-event-source-mappings.md, for polls at whole seconds, a batch size, a window and a constant duration.
func batchTimes(arrivals []int64, size int, window, duration time.Duration) (begin, end []int64) {
	const period = int64(1e9)
	received := func(i int) int64 { return (arrivals[i] + period - 1) / period * period }
	begin, end = make([]int64, len(arrivals)), make([]int64, len(arrivals))
	before, ended := false, int64(0) // whether there was a batch before, and its end
	for first := 0; first < len(arrivals); {
		opened := received(first)
		if before && opened <= ended+at(window) {
			opened = ended
		}
		sent := opened + at(window)
		if full := first + size - 1; full < len(arrivals) {
			sent = min(sent, received(full))
		}
		sent = max(sent, received(first))
		if before {
			sent = max(sent, ended)
		}
		next := first
		for next < len(arrivals) && next-first < size && received(next) <= sent {
			begin[next], end[next] = sent, sent+at(duration)
			next++
		}
		before, ended, first = true, sent+at(duration), next
	}
	return begin, end
}

// A function of a constant duration behind one lane: each record's wait, latency and end_to_end are those of the closed
// form, and the run file holds just these values.
func TestLambdaLatencyIsTheClosedForm(t *testing.T) {
	heavy(t)
	t.Parallel()
	tests := []struct {
		name             string
		rate, size       int
		window, duration time.Duration
		batch            int // of a request
		linger           time.Duration
	}{
		{"no window, one record at a time", 2, 1, 0, 20 * time.Millisecond, 1, 0},
		{"no window, a poll is a batch", 50, 100, 0, 80 * time.Millisecond, 500, 5 * time.Millisecond},
		{"no window, a poll is several batches", 200, 30, 0, 20 * time.Millisecond, 500, 20 * time.Millisecond},
		{"no window, the function takes most of a second", 100, 80, 0, 700 * time.Millisecond, 500, 20 * time.Millisecond},
		{"no window, the function is busy for longer than a poll", 7, 1000, 0, 2300 * time.Millisecond, 500, 20 * time.Millisecond},
		{"a window of 1 s", 50, 10_000, time.Second, 20 * time.Millisecond, 500, 5 * time.Millisecond},
		{"a window of 5 s", 20, 10_000, 5 * time.Second, 300 * time.Millisecond, 500, 20 * time.Millisecond},
		{"a window that the batch size ends", 100, 150, 5 * time.Second, 50 * time.Millisecond, 500, 20 * time.Millisecond},
		{"a window and a batch size of the polls'", 100, 100, 3 * time.Second, 50 * time.Millisecond, 10, time.Second},
		{"a window over an idle shard", 1, 10, 2 * time.Second, 100 * time.Millisecond, 1, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			const seconds = 40
			o := tank{scenario: fmt.Sprintf(`
duration: %ds
drain: 30s
pipeline:
  streams: {s: {shardCount: 1}}
  functions:
    f: {model: {duration: %v}, eventSources: [{stream: s, batchSize: %d, maximumBatchingWindow: %v}]}
load:
  - {stream: s, generator: {template: {file: body.txt}}, rate: %d/s, lanes: 1, batch: {records: %d, linger: %v}}
`, seconds, test.duration, test.size, test.window, test.rate, test.batch, test.linger)}.run(t)

			// The cooldown's records share batches with those of the load: the closed form is of both.
			dues := constant(test.rate, seconds+30)
			split := test.rate * seconds // a batch of the plan holds one kind only
			arrivals := append(leaves(dues[:split], test.batch, test.linger), leaves(dues[split:], test.batch, test.linger)...)
			begin, end := batchTimes(arrivals, test.size, test.window, test.duration)
			arrival, wait, latency, whole := values{}, values{}, values{}, values{}
			o.seen.each(seconds*time.Second, func(_, n int, l *life) {
				wantInstant(t, fmt.Sprintf("record %d is due", n), l.due, dues[n])
				wantInstant(t, fmt.Sprintf("record %d arrives", n), l.arrived[0], arrivals[n])
				out, _ := l.landed("f")
				wantInstant(t, fmt.Sprintf("the invocation of record %d begins", n), out.begin, begin[n])
				wantInstant(t, fmt.Sprintf("the invocation of record %d ends", n), out.at, end[n])
				arrival.add(dues[n], arrivals[n]-dues[n])
				wait.add(dues[n], begin[n]-arrivals[n])
				latency.add(dues[n], end[n]-arrivals[n])
				whole.add(dues[n], end[n]-dues[n])
			})
			o.holds("put.arrival", arrival)
			o.holds("put.latency", arrival) // the profile local adds no time to an answer
			o.holds("lambda.wait", wait)
			o.holds("lambda.latency", latency)
			o.holds("f.end_to_end", whole)
			if n := o.of("lambda.latency").Count(); n != int64(split) {
				t.Errorf("%d records, want %d", n, split)
			}
		})
	}
}
