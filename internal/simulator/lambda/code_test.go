package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// Code is called at the instant at which the invocation begins, and takes its own time beside the model's.
func TestCodeInVirtualTime(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	var got []lambda.Event
	var called []time.Duration
	k.run(t, lambda.FunctionModel{
		Duration: lambda.Distribution{P50: 20 * ms}, ColdStart: 250 * ms, Timeout: 3 * time.Second, MemorySize: 256 << 20,
	}, func(ctx context.Context, e *lambda.Event) lambda.Result {
		called = append(called, since(k.clock.Now()))
		if d, ok := ctx.Deadline(); !ok || !d.Equal(e.Deadline) || ctx.Err() != nil {
			t.Errorf("the context has the deadline %v, %v", d, ctx.Err())
		}
		got = append(got, *e)
		return lambda.Result{Took: 30 * ms}
	})
	for i := range 3 {
		k.streams.put(0, at(time.Duration(i+1)*ms), "a", 10)
	}
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{BatchSize: new(2)})
	k.clock.RunUntil(at(time.Minute))
	k.checkDelivered(t)
	if want := []time.Duration{1250 * ms, 1300 * ms}; !reflect.DeepEqual(called, want) {
		t.Errorf("called at %v, want %v", called, want)
	}
	for i, in := range k.observer.invocations {
		if !in.Begin.Equal(at(called[i])) || in.End.Sub(in.Begin) != 50*ms || in.Cold != (i == 0) || in.Request != got[i].RequestID {
			t.Errorf("invocation %d: %+v", i, in)
		}
	}
	e := got[0]
	if e.RequestID == got[1].RequestID || len(e.RequestID.String()) != 36 || e.RequestID.String()[14] != '4' {
		t.Errorf("the requests are %s and %s", e.RequestID, got[1].RequestID)
	}
	e.RequestID, e.Records = lambda.RequestID{}, nil
	want := lambda.Event{
		FunctionName: "process-clicks", FunctionArn: "arn:aws:lambda:ap-northeast-1:123456789012:function:process-clicks",
		MemorySize: 256 << 20, Role: "arn:aws:iam::123456789012:role/r", Deadline: at(4250 * ms), Mapping: id,
		EventSourceArn: streamARN, Stream: "clicks", Region: "ap-northeast-1", Shard: 0, ShardID: "shardId-000000000000", Attempt: 1,
	}
	if text, wanted := asJSON(t, e), asJSON(t, want); text != wanted {
		t.Errorf("got  %s\nwant %s", text, wanted)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type weird struct{ error }

// What code can do, and what is told of it; whether the next attempt, which succeeds, is a cold start.
func TestWhatBecomesOfCode(t *testing.T) {
	oops := &lambda.FunctionError{Type: "errorString", Message: "oops"}
	for _, tt := range []struct {
		name  string
		model lambda.FunctionModel
		code  code
		err   string
		error lambda.FunctionError // its message ends with
		took  time.Duration
		cold  bool
	}{
		{"an error", lambda.FunctionModel{}, func(context.Context, *lambda.Event) lambda.Result {
			return lambda.Result{Err: oops, Took: 10 * ms}
		}, lambda.ErrUnhandled, *oops, 10 * ms, false},
		{"an exit", lambda.FunctionModel{}, func(context.Context, *lambda.Event) lambda.Result {
			return lambda.Result{Err: oops, Reset: true}
		}, lambda.ErrUnhandled, *oops, 0, true},
		{
			"a panic with text",
			lambda.FunctionModel{},
			func(context.Context, *lambda.Event) lambda.Result { panic("oops") },
			lambda.ErrUnhandled,
			lambda.FunctionError{Type: "string", Message: "oops"},
			0, true,
		},
		{
			"a panic with an error",
			lambda.FunctionModel{},
			func(context.Context, *lambda.Event) lambda.Result { panic(errors.New("oops")) },
			lambda.ErrUnhandled, *oops, 0, true,
		},
		{
			"a panic with an error of another type",
			lambda.FunctionModel{},
			func(context.Context, *lambda.Event) lambda.Result { panic(weird{errors.New("oops")}) },
			lambda.ErrUnhandled,
			lambda.FunctionError{Type: "weird", Message: "oops"},
			0, true,
		},
		{
			"an index",
			lambda.FunctionModel{},
			func(_ context.Context, e *lambda.Event) lambda.Result {
				return lambda.Result{Failures: []string{e.SequenceNumber(99)}}
			},
			lambda.ErrUnhandled,
			lambda.FunctionError{Type: "boundsError", Message: "index out of range [99] with length 1"},
			0, true,
		},
		{"too long", lambda.FunctionModel{Timeout: 3 * time.Second}, func(context.Context, *lambda.Event) lambda.Result {
			return lambda.Result{Took: time.Hour, Err: oops}
		}, lambda.ErrTimedOut, lambda.FunctionError{Type: "Sandbox.Timedout", Message: "Task timed out after 3.00 seconds"}, 3 * time.Second, true},
		{"too long together with the model", lambda.FunctionModel{Timeout: 2500 * ms, Duration: lambda.Distribution{P50: 2 * time.Second}}, func(context.Context, *lambda.Event) lambda.Result {
			return lambda.Result{Took: 501 * ms}
		}, lambda.ErrTimedOut, lambda.FunctionError{Type: "Sandbox.Timedout", Message: "Task timed out after 2.50 seconds"}, 2500 * ms, true},
		{"a time that is negative is none", lambda.FunctionModel{}, func(context.Context, *lambda.Event) lambda.Result {
			return lambda.Result{Took: -time.Hour, Err: oops}
		}, lambda.ErrUnhandled, *oops, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{})
			calls := 0
			k.run(t, tt.model, func(ctx context.Context, e *lambda.Event) lambda.Result {
				if calls++; calls == 1 {
					return tt.code(ctx, e)
				}
				return lambda.Result{}
			})
			k.streams.put(0, at(ms), "a", 10)
			k.mapping(t, lambda.CreateEventSourceMappingInput{})
			k.clock.RunUntil(at(time.Minute))
			k.checkDelivered(t)
			first, second := k.observer.invocations[0], k.observer.invocations[1]
			if first.Err != tt.err || first.Error == nil || first.Error.Type != tt.error.Type || !strings.HasSuffix(first.Error.Message, tt.error.Message) {
				t.Errorf("got %s: %+v", first.Err, first.Error)
			}
			if panicked := first.Error != nil && first.Error.StackTrace != nil; panicked != strings.HasPrefix(first.Error.Text(), "panicked at ") {
				t.Errorf("it reads %s", first.Error.Text())
			}
			if first.End.Sub(first.Begin) != tt.took || second.Cold != tt.cold || second.Err != "" || second.Error != nil {
				t.Errorf("it took %v; then %+v", first.End.Sub(first.Begin), second)
			}
		})
	}
}

// The stack of a panic begins where it was raised, and is written as aws-lambda-go writes it.
func TestAPanicHasAStack(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.run(t, lambda.FunctionModel{}, func(context.Context, *lambda.Event) lambda.Result { return raise() })
	k.streams.put(0, at(ms), "a", 10)
	k.mapping(t, lambda.CreateEventSourceMappingInput{MaximumRetryAttempts: new(0)})
	k.clock.RunUntil(at(time.Minute))
	e := k.observer.invocations[0].Error
	if n := len(e.StackTrace); n < 2 || n > 32 {
		t.Fatalf("%d frames", n)
	}
	first := e.StackTrace[0]
	if first.Label != "raise" || !strings.HasSuffix(first.Path, "/code_test.go") || strings.HasPrefix(first.Path, "/") || first.Line == 0 {
		t.Errorf("the first is %+v", first)
	}
	if text := asJSON(t, e); !strings.HasPrefix(text, `{"errorMessage":"oops","errorType":"string","stackTrace":[{"path":"`) {
		t.Errorf("got %s", text)
	}
}

func raise() lambda.Result { panic("oops") }

// In virtual time code runs on the goroutine that drives the clock: what ends that (t.FailNow) ends the driver, not the process.
func TestCodeThatEndsTheDriver(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.run(t, lambda.FunctionModel{}, func(context.Context, *lambda.Event) lambda.Result {
		runtime.Goexit()
		return lambda.Result{}
	})
	k.streams.put(0, at(ms), "a", 10)
	k.mapping(t, lambda.CreateEventSourceMappingInput{})
	var driver sync.WaitGroup
	driver.Go(func() {
		defer k.clock.Stop()
		k.clock.RunUntil(at(time.Minute))
		t.Error("it went on")
	})
	driver.Wait()
	if len(k.observer.invocations) != 0 {
		t.Errorf("told %q", k.observer.story)
	}
}

// No two requests have one id: not those of two sources of a function, nor of a mapping that is made again.
func TestRequestsHaveIDsOfTheirOwn(t *testing.T) {
	k := newTank(t, 3, lambda.Config{})
	k.run(t, lambda.FunctionModel{}, failing())
	k.streams.steady(20, 10*time.Second)
	for range 2 {
		id := k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON", ParallelizationFactor: new(2), BatchSize: new(5)})
		k.clock.RunUntil(k.clock.Now().Add(20 * time.Second))
		if _, err := k.DeleteEventSourceMapping(id); err != nil {
			t.Fatal(err)
		}
		k.clock.RunUntil(k.clock.Now().Add(time.Second))
	}
	seen := map[lambda.RequestID]bool{}
	for _, in := range k.observer.invocations {
		seen[in.Request] = true
	}
	if n := len(k.observer.invocations); len(seen) != n || n < 200 {
		t.Errorf("%d ids of %d requests", len(seen), n)
	}
}

// An invocation that the model has fail does not reach the code.
func TestAModelledErrorDoesNotReachTheCode(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.run(t, lambda.FunctionModel{Errors: 1}, func(context.Context, *lambda.Event) lambda.Result {
		t.Error("called")
		return lambda.Result{}
	})
	k.streams.put(0, at(ms), "a", 10)
	k.mapping(t, lambda.CreateEventSourceMappingInput{MaximumRetryAttempts: new(0)})
	k.clock.RunUntil(at(time.Minute))
	if in := k.observer.invocations; len(in) != 1 || in[0].Err != lambda.ErrUnhandled || in[0].Error != nil {
		t.Errorf("got %+v", in)
	}
}

// Code does not change what the model draws: a function without and one with code have one history.
func TestCodeKeepsTheModelsHistory(t *testing.T) {
	history := func(c code) []lambda.Invocation {
		k := newTank(t, 2, lambda.Config{Seed: 3})
		m := lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms, P99: 400 * ms}, Errors: 0.1, ColdStart: 100 * ms}
		if c == nil {
			k.function(t, m)
		} else {
			k.run(t, m, c)
		}
		k.streams.steady(100, 10*time.Second)
		k.mapping(t, lambda.CreateEventSourceMappingInput{ParallelizationFactor: new(2)})
		k.clock.RunUntil(at(time.Minute))
		return k.observer.invocations
	}
	modelled := history(nil)
	if run := history(failing()); len(modelled) < 20 || !reflect.DeepEqual(modelled, run) {
		t.Error("code that does nothing has another history")
	}
}
