package main

import (
	"bytes"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

// TestFiguresOfAggregates: user records and records of streams are told apart, beside a stream whose load makes no aggregates; and
// attempts that were refused are sent again though they are fewer than what was due.
func TestFiguresOfAggregates(t *testing.T) {
	for _, refused := range []int64{0, 7} {
		var file bytes.Buffer
		rec, err := measure.NewRecorder(&file, measure.Header{DurationSeconds: 10})
		if err != nil {
			t.Fatal(err)
		}
		packed, plain := measure.Tags{"stream": "packed"}, measure.Tags{"stream": "plain"}
		rec.Counter("put.due", packed).Add(0, 1_000)
		rec.Counter("put.acked", packed).Add(0, 1_000)
		rec.Counter("put.kinesisRecords", packed).Add(0, 10)
		rec.Counter("put.attempts", packed).Add(0, 10+refused)
		rec.Counter("put.throttled", packed).Add(0, refused)
		rec.Counter("put.due", plain).Add(0, 300)
		rec.Counter("put.acked", plain).Add(0, 300)
		rec.Counter("put.attempts", plain).Add(0, 300)
		if err := rec.Tick(1e9); err != nil {
			t.Fatal(err)
		}
		f := figuresOf(rec.Snapshot())
		if f.acked != 1_300 || !f.aggregates || f.stored != 310 || f.attempts != 310+refused || f.retried != (refused > 0) {
			t.Errorf("with %d refused: %+v", refused, f)
		}
	}
}
