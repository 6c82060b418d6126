package runner_test

import (
	"fmt"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

// Aggregates may be as large as a stream is made to take records, and are no larger with their partition key.
func TestLargeAggregates(t *testing.T) {
	t.Parallel()
	o := tank{scenario: `
duration: 4s
drain: 60s
pipeline:
  streams: {s: {shardCount: 1, maxRecordSize: 3MiB}}
  consumers: {polled: {stream: s, every: 500ms}}
load:
  - stream: s
    generator: {clickstream: {users: 50, size: 20KiB}}
    rate: 40/s
    batch: {timeout: 60s, aggregate: {size: 3MiB, maxBufferedTime: 1h}}
`}.run(t)
	o.comesOut("polled")
	bytes, records := o.total("shard.acceptedBytes"), o.total("put.kinesisRecords")
	if mean := bytes / max(records, 1); records != 2 || mean < 1<<20 || mean > 3<<20 {
		t.Errorf("%d records of %d bytes each", records, mean)
	}
}

// Records that are larger than a stream takes by default, into one that is made to take them.
func TestLargeRecords(t *testing.T) {
	scenario := func(most, size string) tank {
		return tank{scenario: fmt.Sprintf(`
duration: 2s
drain: 60s
pipeline:
  streams: {s: {shardCount: 4, maxRecordSize: %s}}
  consumers: {polled: {stream: s, every: 500ms}, pushed: {stream: s, enhancedFanOut: true}}
load:
  - {stream: s, generator: {clickstream: {users: 50, size: %s}}, rate: 1/s, arrivals: constant, batch: {timeout: 60s}}
`, most, size)}
	}
	const mib = 1 << 20
	for name, run := range map[string]func(t *testing.T) (o *outcome, bytes int64){
		"virtual": func(t *testing.T) (*outcome, int64) { return scenario("10MiB", "9MiB").run(t), 9 * mib },
		"over the wire": func(t *testing.T) (*outcome, int64) {
			return serve(t, scenario("2MiB", "1280KiB").open(t), nil), 5 * mib / 4
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, bytes := run(t)
			o.comesOut("polled", "pushed")
			acked := o.Run.End.Ledger.Acked
			if n := o.Run.Sum("shard.acceptedBytes", nil, measure.FirstSecond, measure.LastSecond); n < acked*bytes || acked == 0 {
				t.Errorf("%d records had %d bytes, want %d each", acked, n, bytes)
			}
		})
	}
}
