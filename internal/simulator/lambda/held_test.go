package lambda_test

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// TestHeld puts records and looks, at instants of their life, who holds them: the stream until they are polled at 1 s, the
// mapping until the invocations of 10 records and 20 ms each have succeeded, nobody after that.
func TestHeld(t *testing.T) {
	p := newPair(t, kinesis.Limits{})
	_, err := p.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
		FunctionName: "process-clicks", EventSourceArn: p.kinesis.StreamARN("clicks"), StartingPosition: "LATEST", BatchSize: new(10),
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(d time.Duration) { p.clock.RunUntil(clock.Epoch.Add(d)) }
	at(500 * ms)
	recs := make([]record.Record, 25)
	for i := range recs {
		recs[i] = record.Record{Key: "k", Size: 10, Number: uint64(i), Ours: true}
	}
	if err := p.kinesis.Put(p.clock.Now(), "clicks", recs, make([]kinesis.Result, len(recs))); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		at           time.Duration
		unread, held int
	}{
		{999 * ms, 25, 0},
		{1001 * ms, 0, 25}, // 10 of them in flight
		{1021 * ms, 0, 15},
		{1041 * ms, 0, 5},
		{1061 * ms, 0, 0},
	}
	for _, test := range tests {
		at(test.at)
		unread, held := 0, 0
		p.kinesis.Unread(func(stream, reader string, _ int32, recs []record.Record) {
			if stream == "clicks" && reader == lambda.Reader("process-clicks") {
				unread += len(recs)
			}
		})
		p.Held(func(function, stream string, shard int32, recs []record.Record) {
			if function == "process-clicks" && stream == "clicks" && shard == 0 {
				held += len(recs)
			}
		})
		if unread != test.unread || held != test.held {
			t.Errorf("at %v: %d unread and %d held, want %d and %d", test.at, unread, held, test.unread, test.held)
		}
	}
}
