package reports

import (
	"slices"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

// Two readers of a stream with four shards: one asks each shard once a second, one a quarter as often and is refused once.
func TestReads(t *testing.T) {
	r := recorded(t, func(rec *measure.Recorder, at int64) {
		rec.Counter("stream.reads", measure.Tags{"stream": "click-stream", "consumer": "lambda/score"}).Add(at, 4)
		rec.Counter("stream.reads", measure.Tags{"stream": "click-stream", "consumer": "dashboard"}).Add(at, 1)
	}, nil)
	if shards := r.Scenario.Pipeline.Streams["click-stream"].Shards(); shards != 4 {
		t.Fatalf("the fixture has %d shards", shards)
	}
	want := []string{"click-stream, each second and shard, of 5: dashboard 0.250, lambda/score 1.00"}
	if got := r.reads(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
