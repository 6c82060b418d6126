package lambda_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
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
		stages       string
	}{
		{999 * ms, 25, 0, ""},
		{1001 * ms, 0, 25, "10 invoked at 1s, 15 gathered"}, // 10 of them in flight
		{1021 * ms, 0, 15, "10 invoked at 1.02s, 5 gathered"},
		{1041 * ms, 0, 5, "5 invoked at 1.04s"},
		{1061 * ms, 0, 0, ""},
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
		if got := stages(p.Service); got != test.stages {
			t.Errorf("at %v: %s, want %s", test.at, got, test.stages)
		}
		if unread != test.unread || held != test.held {
			t.Errorf("at %v: %d unread and %d held, want %d and %d", test.at, unread, held, test.unread, test.held)
		}
	}
}

// stages tells what mappings hold, and what it waits for.
func stages(s *lambda.Service) string {
	var all []string
	s.Stages(func(st lambda.Stage) {
		text := fmt.Sprintf("%d %s", len(st.Records), [...]string{"gathered", "invoked", "retried", "behind", "held"}[st.Step])
		if !st.At.IsZero() {
			text += fmt.Sprintf(" at %v", st.At.Sub(clock.Epoch))
		}
		all = append(all, text)
	})
	return strings.Join(all, ", ")
}

// TestStages looks at what becomes of a batch of four that fails: it is halved, and what follows is gathered for longer.
func TestStages(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 100 * ms}}, func(_ context.Context, e *lambda.Event) lambda.Result {
		if len(e.Records) > 1 {
			return lambda.Result{Err: &lambda.FunctionError{Message: "oops"}}
		}
		return lambda.Result{}
	})
	for range 4 {
		k.streams.put(0, at(ms), "a", 10)
	}
	k.mapping(t, lambda.CreateEventSourceMappingInput{BatchSize: new(4), MaximumBatchingWindowInSeconds: new(10), BisectBatchOnFunctionError: new(true)})
	for _, tt := range []struct {
		at   time.Duration
		want string
	}{
		{1050 * ms, "4 invoked at 1s"},
		{1200 * ms, "2 retried at 1.6s, 2 behind"},
		{1650 * ms, "2 invoked at 1.6s, 2 behind"},
		{1800 * ms, "1 retried at 2.2s, 3 behind"},
		{30 * time.Second, ""},
	} {
		k.clock.RunUntil(at(tt.at))
		if got := stages(k.Service); got != tt.want {
			t.Errorf("at %v: %s, want %s", tt.at, got, tt.want)
		}
	}
	k.streams.put(0, at(30*time.Second), "a", 10)
	k.clock.RunUntil(at(35 * time.Second))
	if got := stages(k.Service); got != "1 gathered at 41s" {
		t.Errorf("in a window: %s", got)
	}
}

// What a fault keeps from the function is held for so long, and no longer; where it keeps the answer the invocation goes on.
func TestStagesOfWhatAFaultHolds(t *testing.T) {
	for _, tt := range []struct {
		after       bool
		early, late string
	}{{false, "1 held at 1s", "1 invoked at 1s"}, {true, "1 invoked at 1s", "1 invoked at 1s"}} {
		k := newTank(t, 1, lambda.Config{Faults: within("Invoke", 0, 2*time.Second, fault.Action{Delay: 3 * time.Second, After: tt.after})})
		k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 2 * time.Second}}, failing())
		k.streams.put(0, at(ms), "a", 10)
		k.mapping(t, lambda.CreateEventSourceMappingInput{})
		for _, look := range []struct {
			at   time.Duration
			want string
		}{{2 * time.Second, tt.early}, {5 * time.Second, tt.late}, {time.Minute, ""}} {
			k.clock.RunUntil(at(look.at))
			if got := stages(k.Service); got != look.want {
				t.Errorf("after %v, at %v: %s, want %s", tt.after, look.at, got, look.want)
			}
		}
	}
}
