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
		rec.Counter("stream.reads", measure.Tags{"stream": "click-stream", "consumer": ""}).Add(at, 2)
	}, nil)
	if shards := r.Scenario.Pipeline.Streams["click-stream"].Shards(); shards != 4 {
		t.Fatalf("the fixture has %d shards", shards)
	}
	want := []string{"click-stream, each second and shard, of 5: GetRecords 0.500, dashboard 0.250, lambda/score 1.00"}
	if got := r.reads(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The shards that there were at each second divide what a stream's readers asked: those of a reshard from its instant on.
func TestReadsOfAStreamThatChanges(t *testing.T) {
	r := recorded(t, func(rec *measure.Recorder, at int64) {
		rec.Counter("stream.reads", measure.Tags{"stream": "click-stream", "consumer": "dashboard"}).Add(at, 6)
		rec.Counter("stream.events", measure.Tags{"stream": "click-stream", "consumer": "score"}).Add(at, 60)
	}, &measure.End{Shards: []measure.ShardCount{
		{Stream: "click-stream", At: 0, Open: 4}, {Stream: "other", At: 2, Open: 100}, {Stream: "click-stream", At: 5, Open: 8},
	}})
	reads, pushes := "click-stream, each second and shard, of 5: dashboard 1.00", "click-stream by enhanced fan-out, events each second and shard: score 10.0"
	if got := r.reads(); !slices.Equal(got, []string{reads}) {
		t.Errorf("%q, want %q", got, reads)
	}
	if got := r.pushes(); !slices.Equal(got, []string{pushes}) {
		t.Errorf("%q, want %q", got, pushes)
	}
	for _, of := range []struct{ from, to, want float64 }{{0, 10, 60}, {4.5, 6, 2 + 8}, {0, 5, 20}, {7, 8, 8}, {10, 20, 80}} {
		if got := r.shardSeconds("click-stream", of.from, of.to); got != of.want {
			t.Errorf("%v shard seconds from %v to %v, want %v", got, of.from, of.to, of.want)
		}
	}
	if notes := r.pageNotes(); !slices.Contains(notes, "Reads of "+reads) || !slices.Contains(notes, "Pushed from "+pushes) {
		t.Errorf("the page says %q", notes)
	}
}
