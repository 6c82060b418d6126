package lambda_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

var report = []string{"ReportBatchItemFailures"}

// What becomes of six records that are polled at 1 s, to the instant. An invocation takes 100 ms; the waits are 0.5 s, 1 s, 2 s.
func TestBatchesThatFail(t *testing.T) {
	type input = lambda.CreateEventSourceMappingInput
	for _, tt := range []struct {
		name string
		in   input
		code code
		want string
	}{
		{"no retry", input{MaximumRetryAttempts: new(0)}, failing(1), `
			1s 0-5 #1 Unhandled
			1.1s 0-5 ! RetryAttemptsExhausted after 1`},
		{"two retries, and the lane goes on", input{MaximumRetryAttempts: new(2), BatchSize: new(4)}, failing(1), `
			1s 0-3 #1 Unhandled
			1.6s 0-3 #2 Unhandled
			2.7s 0-3 #3 Unhandled
			2.8s 0-3 ! RetryAttemptsExhausted after 3
			2.8s 4-5 #1`},
		{"bisecting isolates the one", input{MaximumRetryAttempts: new(1), BisectBatchOnFunctionError: new(true)}, failing(4), `
			1s 0-5 #1 Unhandled
			1.6s 0-2 #1
			1.7s 3-5 #1 Unhandled
			2.3s 3 #1
			2.4s 4-5 #1 Unhandled
			3s 4 #1 Unhandled
			3.6s 4 #2 Unhandled
			3.7s 4 ! RetryAttemptsExhausted after 2
			3.7s 5 #1`},
		{"as recorded: the fifth record comes five times", input{MaximumRetryAttempts: new(3), BatchSize: new(3), FunctionResponseTypes: report}, reporting(5), `
			1s 0-2 #1
			1.1s 3-5 #1 +1 again
			1.7s 5 #1 +1 again
			2.3s 5 #2 +1 again
			3.4s 5 #3 +1 again
			5.5s 5 #4 +1 again
			5.6s 5 ! RetryAttemptsExhausted after 4`},
		{"what follows the lowest failure is tried again", input{MaximumRetryAttempts: new(0), FunctionResponseTypes: report}, reporting(4, 2), `
			1s 0-5 #1 +4 again
			1.6s 2-5 #1 +4 again
			1.7s 2-5 ! RetryAttemptsExhausted after 1`},
		{"a report is ignored where it is not asked for", input{MaximumRetryAttempts: new(0)}, reporting(2), `
			1s 0-5 #1`},
		{"a report that comes too late is none", input{MaximumRetryAttempts: new(0), FunctionResponseTypes: report}, late(reporting(2)), `
			1s 0-5 #1 Task timed out
			15m1s 0-5 ! RetryAttemptsExhausted after 1`},
		{"an error with a report asked for is an error", input{MaximumRetryAttempts: new(0), FunctionResponseTypes: report, BisectBatchOnFunctionError: new(true), BatchSize: new(2)}, failing(0), `
			1s 0-1 #1 Unhandled
			1.6s 0 #1 Unhandled
			1.7s 0 ! RetryAttemptsExhausted after 1
			1.7s 1 #1
			1.8s 2-3 #1
			1.9s 4-5 #1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{})
			k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 100 * ms}}, tt.code)
			for i := range 6 {
				k.streams.put(0, at(time.Duration(i+1)*ms), "a", 10)
			}
			id := k.mapping(t, tt.in)
			k.clock.RunUntil(at(time.Hour))
			k.checkStory(t, tt.want)
			k.checkEnds(t)
			if n := k.Pending(id); n != 0 {
				t.Errorf("%d records are pending", n)
			}
		})
	}
}

// Records that are too old, by the mapping's age or the stream's retention, are given up one by one as they become so; the
// others of their batch go on.
func TestRecordsThatAreTooOld(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name      string
		arrivals  []time.Duration // of the records
		made      time.Duration   // the mapping, at TRIM_HORIZON
		in        lambda.CreateEventSourceMappingInput
		retention time.Duration
		code      code
		until     time.Duration
		want      string
	}{
		{
			"as recorded: the old one never comes, the five fresh ones do",
			[]time.Duration{0, 61 * s, 61 * s, 61 * s, 61 * s, 61 * s},
			70 * s,
			lambda.CreateEventSourceMappingInput{MaximumRecordAgeInSeconds: new(60)},
			0, failing(), time.Hour, `
			1m10s 0 ! RecordAgeExceeded after 1
			1m10s 1-5 #1`,
		},
		{
			"a record of just the age is sent",
			[]time.Duration{10 * s},
			70 * s,
			lambda.CreateEventSourceMappingInput{MaximumRecordAgeInSeconds: new(60)},
			0, failing(), time.Hour, `
			1m10s 0 #1`,
		},
		{
			"a moment more is too old",
			[]time.Duration{10*s - 1, 10 * s},
			70 * s,
			lambda.CreateEventSourceMappingInput{MaximumRecordAgeInSeconds: new(60)},
			0, failing(), time.Hour, `
			1m10s 0 ! RecordAgeExceeded after 1
			1m10s 1 #1`,
		},
		{
			"it becomes too old between attempts, and counts them",
			[]time.Duration{0, 40 * s},
			50 * s,
			lambda.CreateEventSourceMappingInput{MaximumRecordAgeInSeconds: new(60), MaximumRetryAttempts: new(6)},
			0, failing(1), time.Hour, `
			50s 0-1 #1 Unhandled
			50.6s 0-1 #2 Unhandled
			51.7s 0-1 #3 Unhandled
			53.8s 0-1 #4 Unhandled
			57.9s 0-1 #5 Unhandled
			1m6s 0 ! RecordAgeExceeded after 5
			1m6s 1 #6 Unhandled
			1m22.1s 1 #7 Unhandled
			1m22.2s 1 ! RetryAttemptsExhausted after 7`,
		},
		{
			"without a retry limit age ends it",
			[]time.Duration{0},
			1 * s,
			lambda.CreateEventSourceMappingInput{MaximumRecordAgeInSeconds: new(60)},
			0, failing(0), time.Hour, `
			1s 0 #1 Unhandled
			1.6s 0 #2 Unhandled
			2.7s 0 #3 Unhandled
			4.8s 0 #4 Unhandled
			8.9s 0 #5 Unhandled
			17s 0 #6 Unhandled
			33.1s 0 #7 Unhandled
			1m5.2s 0 ! RecordAgeExceeded after 7`,
		},
		{
			"the stream keeps them no longer",
			[]time.Duration{0, 23 * time.Hour},
			24*time.Hour - 30*s,
			lambda.CreateEventSourceMappingInput{MaximumRetryAttempts: new(6)},
			24 * time.Hour, failing(0), 48 * time.Hour, `
			23h59m30s 0-1 #1 Unhandled
			23h59m30.6s 0-1 #2 Unhandled
			23h59m31.7s 0-1 #3 Unhandled
			23h59m33.8s 0-1 #4 Unhandled
			23h59m37.9s 0-1 #5 Unhandled
			23h59m46s 0-1 #6 Unhandled
			24h0m2.1s 0 ! RecordExpired after 6
			24h0m2.1s 1 #7`,
		},
		{
			"a longer retention keeps them",
			[]time.Duration{0},
			40 * time.Hour,
			lambda.CreateEventSourceMappingInput{},
			48 * time.Hour, failing(), 48 * time.Hour, `
			40h0m0s 0 #1`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{})
			k.streams.retention = tt.retention
			k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 100 * ms}}, tt.code)
			for _, a := range tt.arrivals {
				k.streams.put(0, at(a), "a", 10)
			}
			k.clock.RunUntil(at(tt.made))
			tt.in.StartingPosition = "TRIM_HORIZON"
			k.mapping(t, tt.in)
			k.clock.RunUntil(at(tt.until))
			k.checkStory(t, tt.want)
			k.checkEnds(t)
		})
	}
}

// Whatever fails and however, each record comes to one end, each key keeps its order, and one lane has one event in flight.
func TestEveryRecordComesToOneEnd(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		k := newTank(t, 2, lambda.Config{Seed: seed})
		var poison []uint64
		for range 5 {
			poison = append(poison, r.Uint64N(300))
		}
		run := failing(poison...)
		if r.IntN(2) == 0 {
			run = reporting(poison...)
		}
		k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms, P99: 200 * ms}, Errors: r.Float64() / 3}, run)
		k.streams.steady(30, 10*time.Second)
		in := lambda.CreateEventSourceMappingInput{
			BatchSize: new(1 + r.IntN(40)), ParallelizationFactor: new(1 + r.IntN(4)), BisectBatchOnFunctionError: new(r.IntN(2) == 0),
			MaximumRetryAttempts: new(r.IntN(4)), FunctionResponseTypes: report[:r.IntN(2)],
		}
		if r.IntN(2) == 0 {
			in.MaximumRecordAgeInSeconds = new(60)
		}
		k.mapping(t, in)
		k.clock.RunUntil(at(time.Hour))
		k.checkEnds(t)
		last, ended := map[string]uint64{}, map[[2]int]time.Time{}
		for _, i := range k.observer.invocations {
			lane := [2]int{int(i.Shard), i.Lane}
			if i.Sent.Before(ended[lane]) {
				t.Fatalf("seed %d: lane %v has two events in flight at %v", seed, lane, since(i.Sent))
			}
			ended[lane] = i.End
			for _, r := range i.Succeeded() {
				key := fmt.Sprint(r.Shard, r.Key)
				if before, seen := last[key]; seen && r.Seq <= before {
					t.Fatalf("seed %d: key %s has record %d behind %d", seed, key, r.Seq, before)
				}
				last[key] = r.Seq
			}
		}
	}
}

// What is done with is held no more while the rest of its batch is tried.
func TestWhatIsDoneWithIsNotPending(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 100 * ms}}, reporting(3))
	for range 6 {
		k.streams.put(0, at(ms), "a", 10)
	}
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{FunctionResponseTypes: report})
	for _, tt := range []struct {
		at   time.Duration
		want int
	}{{1050 * ms, 6}, {1150 * ms, 3}, {10 * time.Second, 3}} {
		if k.clock.RunUntil(at(tt.at)); k.Pending(id) != tt.want {
			t.Errorf("at %v: %d pending, want %d", tt.at, k.Pending(id), tt.want)
		}
	}
	if _, err := k.DeleteEventSourceMapping(id); err != nil {
		t.Fatal(err)
	}
	k.clock.RunUntil(at(time.Hour))
	if _, err := k.GetEventSourceMapping(id); err == nil {
		t.Error("the mapping is still there")
	}
}

// Of a mapping that is deleted what is in flight ends, and the next half is not sent.
func TestADeletedMappingSendsNoMoreHalves(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 100 * ms}}, failing(1))
	k.streams.put(0, at(ms), "a", 10)
	k.streams.put(0, at(ms), "a", 10)
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{BisectBatchOnFunctionError: new(true)})
	k.clock.RunUntil(at(1650 * ms))
	if _, err := k.DeleteEventSourceMapping(id); err != nil {
		t.Fatal(err)
	}
	k.clock.RunUntil(at(time.Minute))
	k.checkStory(t, `
		1s 0-1 #1 Unhandled
		1.6s 0 #1`)
	if _, err := k.GetEventSourceMapping(id); err == nil {
		t.Error("the mapping is still there")
	}
}

// A clock that stops while an environment starts ends the invocation before its code.
func TestAClockThatStopsBeforeCode(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.run(t, lambda.FunctionModel{ColdStart: time.Second}, func(context.Context, *lambda.Event) lambda.Result {
		t.Error("called")
		return lambda.Result{}
	})
	k.streams.put(0, at(ms), "a", 10)
	k.mapping(t, lambda.CreateEventSourceMappingInput{})
	k.clock.RunUntil(at(1500 * ms))
	k.clock.Stop()
	if len(k.observer.story) != 0 {
		t.Errorf("told %q", k.observer.story)
	}
}
