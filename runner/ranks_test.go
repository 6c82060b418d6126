package runner_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
)

// A shard that is offered three times what it takes. What it refuses is given up, and ranks beyond what it took: a shard
// does not look fast by refusing.
func TestPercentilesRankWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	const seconds = 20
	o := tank{scenario: oneShard(3000, seconds, `
  functions:
    f: {model: {duration: 10ms}, eventSources: [{stream: s, batchSize: 1000}]}
`) + "objectives: [put.latency p50 < 1h, put.latency p30 < 1h, f.end_to_end p50 < 1h]\n", body: 84}.run(t)

	var taken []int64
	o.seen.each(seconds*time.Second, func(_, _ int, l *life) { taken = append(taken, l.arrived[0]-l.due) })
	slices.Sort(taken)
	due := o.total("put.due")
	if want := int64(3000 * seconds); due != want {
		t.Fatalf("%d records due, want %d", due, want)
	}
	for _, name := range []string{"put.latency", "put.arrival", "lambda.latency", "f.end_to_end"} {
		m := o.of(name)
		if m.Count() != int64(len(taken)) || m.Censored != due-int64(len(taken)) {
			t.Errorf("%s: %d values and %d censored, want %d of %d", name, m.Count(), m.Censored, len(taken), due)
		}
	}
	m := o.of("put.latency")
	for _, q := range []float64{0, 0.001, 0.1, 0.3, 0.34, 0.35, 0.5, 0.9, 0.99, 1} {
		rank := max(int64(math.Ceil(math.Round(q*float64(due)*1e6)/1e6)), 1)
		got, beyond := m.Quantile(q)
		switch {
		case rank > int64(len(taken)):
			if !beyond {
				t.Errorf("q %v has rank %d of %d, and only %d came: %v", q, rank, due, len(taken), time.Duration(got))
			}
		case beyond || math.Abs(float64(got-taken[rank-1])) > max(512, float64(got)/1000):
			t.Errorf("q %v: %v (beyond %v), want that of rank %d, %v", q, time.Duration(got), beyond, rank, time.Duration(taken[rank-1]))
		}
	}
	for i, want := range []bool{false, true, false} {
		if got := o.Objectives[i]; got.Holds == nil || *got.Holds != want || got.Beyond == want {
			t.Errorf("%s holds %v (beyond %v), want %v", got.Text, got.Holds, got.Beyond, want)
		}
	}
}

// However many records a request, an invocation or an object holds: each record is a value, and each of these a unit.
func TestCountsAndUnits(t *testing.T) {
	heavy(t)
	t.Parallel()
	const seconds, rate = 20, 500
	for _, size := range []int{1, 20, 500} {
		t.Run(fmt.Sprint(size, " records a request"), func(t *testing.T) {
			o := tank{scenario: fmt.Sprintf(`
duration: %ds
drain: 30s
pipeline:
  streams: {s: {shardCount: 1}}
  functions:
    f: {model: {duration: 1ms}, eventSources: [{stream: s, batchSize: %d}]}
  deliveryStreams:
    d: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 2s}}}
  consumers:
    c: {stream: s, every: 500ms}
load:
  - {stream: s, generator: {template: {file: body.txt}}, rate: %d/s, lanes: 1, batch: {records: %d, linger: 5s}}
`, seconds, size, rate, size)}.run(t)

			invocations, objects, reads := map[int]bool{}, map[int]bool{}, map[int]bool{}
			o.seen.each(seconds*time.Second, func(_, n int, l *life) {
				for sink, units := range map[string]map[int]bool{"f": invocations, "d": objects, "c": reads} {
					out, ok := l.landed(sink)
					if !ok {
						t.Fatalf("record %d did not come out at %s", n, sink)
					}
					units[out.unit] = true
				}
			})
			want := map[string][2]int{
				"put.latency":        {seconds * rate, seconds * rate / size},
				"put.arrival":        {seconds * rate, seconds * rate / size},
				"put.response":       {seconds * rate / size, seconds * rate / size},
				"put.service":        {seconds * rate / size, seconds * rate / size},
				"put.blocked":        {seconds * rate / size, seconds * rate / size},
				"schedule.lag":       {seconds * rate / size, seconds * rate / size},
				"lambda.wait":        {seconds * rate, len(invocations)},
				"lambda.latency":     {seconds * rate, len(invocations)},
				"lambda.duration":    {len(invocations), len(invocations)},
				"f.end_to_end":       {seconds * rate, len(invocations)},
				"firehose.lag":       {seconds * rate, len(objects)},
				"d.end_to_end":       {seconds * rate, len(objects)},
				"stream.propagation": {seconds * rate, len(reads)},
				"c.end_to_end":       {seconds * rate, len(reads)},
			}
			for name, n := range want {
				if m := o.of(name); m.Count() != int64(n[0]) || m.Units != int64(n[1]) || m.Censored != 0 {
					t.Errorf("%s: %d values in %d units, %d censored; want %d in %d", name, m.Count(), m.Units, m.Censored, n[0], n[1])
				}
			}
			if n := o.total("firehose.objects"); n != int64(len(objects)) {
				t.Errorf("%d objects, want %d", n, len(objects))
			}
		})
	}
}

// Web sessions over several shards and lanes, with invocations that fail, cold starts and answers that are cut off: per
// record, put.arrival and a sink's latency add up to its end_to_end, and a function's wait and duration to its latency;
// a record that is stored or comes out twice has one value of each.
func TestStagesAddUp(t *testing.T) {
	const seconds = 20
	o := tank{scenario: fmt.Sprintf(`
duration: %ds
drain: 2m
pipeline:
  streams: {s: {shardCount: 3}}
  functions:
    f:
      model: {duration: {p50: 20ms, p99: 300ms}, errors: 20%%, coldStart: 250ms}
      eventSources: [{stream: s, batchSize: 100, parallelizationFactor: 3, maximumBatchingWindow: 1s}]
  deliveryStreams:
    d: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 3s}}}
  consumers:
    c: {stream: s, every: 400ms}
load:
  - {stream: s, generator: {clickstream: {users: 500, skew: zipf(1.1)}}, rate: 800/s, arrivals: poisson}
`, seconds), hook: onRequest(100, lateAnswer)}.run(t)

	if l := o.Run.End.Ledger; l.Acked != l.Offered || l.StoredTwice == 0 || o.sink("f").DuplicatedByProducer != l.StoredTwice {
		t.Fatalf("ledger: %+v", l)
	}
	if o.total("lambda.errors") == 0 || o.total("lambda.coldStarts") == 0 {
		t.Error("no invocation failed, or none was cold")
	}
	arrival, wait := values{}, values{}
	latency := map[string]values{"f": {}, "d": {}, "c": {}}
	whole := map[string]values{"f": {}, "d": {}, "c": {}}
	records := int64(0)
	o.seen.each(seconds*time.Second, func(lane, n int, l *life) {
		records++
		arrival.add(l.due, l.arrived[0]-l.due)
		for sink := range latency {
			out, ok := l.landed(sink)
			if !ok {
				t.Fatalf("record %d of lane %d did not come out at %s", n, lane, sink)
			}
			latency[sink].add(l.due, out.at-l.arrived[0])
			whole[sink].add(l.due, (l.arrived[0]-l.due)+(out.at-l.arrived[0]))
			if sink == "f" {
				wait.add(l.due, out.begin-l.arrived[0])
			}
		}
	})
	if records != o.Run.End.Ledger.Offered {
		t.Errorf("%d records seen, %d offered", records, o.Run.End.Ledger.Offered)
	}
	o.holds("put.arrival", arrival)
	o.holds("lambda.wait", wait)
	o.holds("lambda.latency", latency["f"])
	o.holds("firehose.lag", latency["d"])
	o.holds("stream.propagation", latency["c"])
	for sink, v := range whole {
		o.holds(sink+".end_to_end", v)
	}
	var durations measure.Histogram
	for _, i := range o.seen.invocations {
		durations.Add(i.End.Sub(i.Begin).Nanoseconds())
	}
	if got := o.of("lambda.duration"); got.Count() > durations.Count() || got.Max() > durations.Max() || got.Min() < durations.Min() {
		t.Errorf("lambda.duration: %s, of %s", sketch(&got.Histogram), sketch(&durations))
	}
}
