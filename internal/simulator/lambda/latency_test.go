package lambda_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

const ms = time.Millisecond

// pipeline is one shard at a constant rate behind one mapping, polled from the instant 0 on.
type pipeline struct {
	name   string
	rate   int // records a second
	batch  int
	window time.Duration
	took   time.Duration // D
	factor int
}

const horizon = 30 * time.Second

// run offers horizon's worth of records and returns what became of each, by its number.
func (l pipeline) run(t *testing.T) (arrivals []record.Record, ends []time.Duration) {
	t.Helper()
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: l.took}})
	for i := range l.rate * int(horizon/time.Second) {
		k.streams.put(0, at(l.arrival(i)), fmt.Sprint("user-", i%97), 500)
	}
	k.mapping(t, lambda.CreateEventSourceMappingInput{
		BatchSize: new(l.batch), ParallelizationFactor: new(l.factor), MaximumBatchingWindowInSeconds: new(int(l.window / time.Second)),
	})
	k.clock.RunUntil(at(4 * horizon))
	arrivals = k.streams.logs[0]
	ends = make([]time.Duration, len(arrivals))
	for _, in := range k.observer.invocations {
		for _, r := range in.Records {
			if ends[r.Number] != 0 {
				t.Fatalf("record %d was delivered twice", r.Number)
			}
			ends[r.Number] = in.End.Sub(at(0))
		}
	}
	return arrivals, ends
}

// arrival of record i is in the middle of its share of a second: no arrival falls on a poll.
func (l pipeline) arrival(i int) time.Duration {
	return time.Duration((int64(i)*2 + 1) * int64(time.Second) / (2 * int64(l.rate)))
}

// received is R of the design note: the first poll at or after the arrival.
func received(arrival time.Duration) time.Duration {
	return (arrival + time.Second - 1).Truncate(time.Second)
}

// ends is the recursion of docs/design/003-event-source-mappings.md for the records of one lane.
func (l pipeline) ends(arrivals []time.Duration) []time.Duration {
	var out []time.Duration
	prev := -time.Hour // E of the invocation before: long ago
	for first := 0; first < len(arrivals); {
		r := received(arrivals[first])
		opened := prev
		if r > prev+l.window {
			opened = r
		}
		sent := opened + l.window
		if full := first + l.batch - 1; full < len(arrivals) {
			sent = min(sent, received(arrivals[full]))
		}
		sent = max(sent, prev, r)
		prev = sent + l.took
		for n := 0; n < l.batch && first < len(arrivals) && received(arrivals[first]) <= sent; n++ {
			out = append(out, prev)
			first++
		}
	}
	return out
}

func TestLatencyOfEachRecordFollowsTheRecursion(t *testing.T) {
	for _, l := range []pipeline{
		{name: "no window, all records of a poll in one batch", rate: 80, batch: 100, took: 20 * ms, factor: 1},
		{name: "no window, several batches a poll", rate: 450, batch: 100, took: 20 * ms, factor: 1},
		{name: "no window, just keeping up", rate: 500, batch: 100, took: 200 * ms, factor: 1},
		{name: "no window, falling behind", rate: 500, batch: 100, took: 333 * ms, factor: 1},
		{name: "no window, a function that takes no time", rate: 500, batch: 100, factor: 1},
		{name: "window of a poll", rate: 80, batch: 1000, window: time.Second, took: 20 * ms, factor: 1},
		{name: "window of a poll, batches end on polls", rate: 80, batch: 1000, window: time.Second, factor: 1},
		{name: "window shorter than the function", rate: 80, batch: 1000, window: time.Second, took: 1700 * ms, factor: 1},
		{name: "window over several polls", rate: 80, batch: 1000, window: 5 * time.Second, took: 700 * ms, factor: 1},
		{name: "window and batch size met in turn", rate: 250, batch: 400, window: 2 * time.Second, took: 110 * ms, factor: 1},
		{name: "records rarer than windows", rate: 1, batch: 100, window: 3 * time.Second, took: 20 * ms, factor: 1},
		{name: "two lanes", rate: 450, batch: 100, took: 20 * ms, factor: 2},
		{name: "ten lanes with a window", rate: 450, batch: 30, window: time.Second, took: 250 * ms, factor: 10},
	} {
		t.Run(l.name, func(t *testing.T) {
			recs, got := l.run(t)
			for lane := range l.factor {
				var numbers []int
				var arrivals []time.Duration
				for i, r := range recs {
					if int(uint32(r.Hash.Lo)%uint32(l.factor)) == lane {
						numbers = append(numbers, i)
						arrivals = append(arrivals, l.arrival(i))
					}
				}
				for j, want := range l.ends(arrivals) {
					if i := numbers[j]; got[i] != want {
						t.Fatalf("record %d (arrived %v, lane %d): its batch ended at %v, want %v", i, arrivals[j], lane, got[i], want)
					}
				}
			}
		})
	}
}

func TestLatencyHasAClosedForm(t *testing.T) {
	for _, tt := range []struct {
		pipeline
		end func(received time.Duration, m int) time.Duration // of the m-th record of its poll
	}{
		{
			pipeline{name: "no window: R + (⌊m/B⌋+1)·D", rate: 450, batch: 100, took: 20 * ms, factor: 1},
			func(r time.Duration, m int) time.Duration { return r + time.Duration(m/100+1)*20*ms },
		},
		{
			pipeline{name: "a batch size that each poll fills: R + D", rate: 100, batch: 100, window: 300 * time.Second, took: 20 * ms, factor: 1},
			func(r time.Duration, _ int) time.Duration { return r + 20*ms },
		},
		{
			pipeline{name: "windows back to back: R₀ + W + ⌈(R−R₀−W)/(W+D)⌉·(W+D) + D", rate: 80, batch: 1000, window: 2 * time.Second, took: 70 * ms, factor: 1},
			func(r time.Duration, _ int) time.Duration {
				first, cycle := 3*time.Second, 2070*ms // R₀ is 1 s
				sent := first                          // of the first batch that r is not after
				for sent < r {
					sent += cycle
				}
				return sent + 70*ms
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, ends := tt.run(t)
			for i, got := range ends {
				if want := tt.end(received(tt.arrival(i)), i%tt.rate); got != want {
					t.Fatalf("record %d: its batch ended at %v, want %v", i, got, want)
				}
			}
		})
	}
}
