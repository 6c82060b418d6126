package lambda_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// onTheWall runs a test on the wall clock of a bubble: "process-clicks" is made of code, a record is there at once, and the
// mapping is made. Times are since then.
func onTheWall(t *testing.T, m lambda.FunctionModel, in lambda.CreateEventSourceMappingInput, c code, test func(t *testing.T, k *tank, w *clock.Wall, start time.Time)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := clock.NewWall()
		defer w.Stop()
		k := &tank{observer: &observer{}, streams: newStreams(w, 1)}
		k.Service = lambda.New(lambda.Config{Account: "123456789012", Region: "eu-west-1", Clock: w, Streams: k.streams, Observer: k.observer})
		k.run(t, m, c)
		start := w.Now()
		for i := range 4 {
			k.streams.put(0, start, fmt.Sprint(i), 10)
		}
		in.StartingPosition = "TRIM_HORIZON"
		k.mapping(t, in)
		test(t, k, w, start)
	})
}

// Code on the wall clock takes its own time, and the model's beside it.
func TestCodeOnTheWallClock(t *testing.T) {
	var ended context.Context
	onTheWall(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 50 * ms}, ColdStart: 250 * ms}, lambda.CreateEventSourceMappingInput{},
		func(ctx context.Context, e *lambda.Event) lambda.Result {
			ended = ctx
			time.Sleep(100 * ms)
			return lambda.Result{Took: time.Hour} // it is not asked
		},
		func(t *testing.T, k *tank, _ *clock.Wall, start time.Time) {
			time.Sleep(time.Minute)
			synctest.Wait()
			k.checkDelivered(t)
			if in := k.observer.invocations[0]; in.Begin.Sub(start) != 250*ms || in.End.Sub(in.Begin) != 150*ms {
				t.Errorf("began %v, took %v", in.Begin.Sub(start), in.End.Sub(in.Begin))
			}
			if !errors.Is(ended.Err(), context.Canceled) {
				t.Errorf("its context: %v", ended.Err())
			}
		})
}

// At the deadline the context ends, and with it those made of it; what the code returns is not heard, and the batch is
// tried again in a new environment.
func TestCodeIsStoppedAtItsDeadline(t *testing.T) {
	for name, wait := range map[string]func(context.Context) error{
		"its context": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		"one made of it": func(ctx context.Context) error {
			inner, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			<-inner.Done()
			return inner.Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			var saw error
			onTheWall(t, lambda.FunctionModel{Timeout: 3 * time.Second}, lambda.CreateEventSourceMappingInput{},
				func(ctx context.Context, _ *lambda.Event) lambda.Result {
					if calls.Add(1) == 1 {
						saw = wait(ctx)
					}
					return lambda.Result{}
				},
				func(t *testing.T, k *tank, _ *clock.Wall, start time.Time) {
					time.Sleep(time.Minute)
					synctest.Wait()
					k.checkDelivered(t)
					first, second := k.observer.invocations[0], k.observer.invocations[1]
					if !errors.Is(saw, context.DeadlineExceeded) || first.Err != lambda.ErrTimedOut || first.End.Sub(start) != 3*time.Second || second.Sent.Sub(start) != 3500*ms || !second.Cold {
						t.Errorf("it saw %v; %+v, then %+v", saw, first, second)
					}
				})
		})
	}
}

// Code that does not heed its deadline goes on beside the next attempt. What it says then is nobody's; its records are as
// they were; the clock's Stop waits for it.
func TestCodeThatDoesNotReturn(t *testing.T) {
	var calls, returned atomic.Int32
	onTheWall(t, lambda.FunctionModel{Timeout: time.Second}, lambda.CreateEventSourceMappingInput{MaximumRetryAttempts: new(1)},
		func(_ context.Context, e *lambda.Event) lambda.Result {
			defer returned.Add(1)
			if calls.Add(1) > 1 {
				return lambda.Result{}
			}
			first := e.Records[0]
			time.Sleep(time.Hour)
			if e.Records[0].Key != first.Key {
				t.Error("its records have changed")
			}
			return lambda.Result{Err: &lambda.FunctionError{Type: "late"}}
		},
		func(t *testing.T, k *tank, w *clock.Wall, start time.Time) {
			time.Sleep(time.Minute)
			synctest.Wait()
			k.checkDelivered(t)
			if n := len(k.observer.invocations); n != 2 || returned.Load() != 1 {
				t.Errorf("%d invocations, %d returned", n, returned.Load())
			}
			w.Stop()
			if took := w.Now().Sub(start); returned.Load() != 2 || took != time.Hour {
				t.Errorf("the clock stopped after %v, and %d had returned", took, returned.Load())
			}
			if n := len(k.observer.invocations); n != 2 {
				t.Errorf("%d invocations after the stop", n)
			}
		})
}

// A clock that stops ends the context of what runs, and returns with it. An invocation that has not ended is not told.
func TestAClockThatStopsEndsCode(t *testing.T) {
	var saw error
	onTheWall(t, lambda.FunctionModel{}, lambda.CreateEventSourceMappingInput{},
		func(ctx context.Context, _ *lambda.Event) lambda.Result {
			<-ctx.Done()
			saw = ctx.Err()
			return lambda.Result{}
		},
		func(t *testing.T, k *tank, w *clock.Wall, start time.Time) {
			time.Sleep(10 * time.Second)
			w.Stop()
			if took := w.Now().Sub(start); took != 10*time.Second || !errors.Is(saw, context.Canceled) || len(k.observer.invocations) != 0 {
				t.Errorf("it stopped after %v, the code saw %v, told %+v", took, saw, k.observer.invocations)
			}
		})
}

// A panic, and a goroutine that ends as t.FailNow ends it, are errors of a function whose environment is gone.
func TestCodeThatEndsItsGoroutine(t *testing.T) {
	for name, end := range map[string]func(){"Runtime.ExitError": runtime.Goexit, "string": func() { panic("oops") }} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			onTheWall(t, lambda.FunctionModel{}, lambda.CreateEventSourceMappingInput{},
				func(context.Context, *lambda.Event) lambda.Result {
					if calls.Add(1) == 1 {
						end()
					}
					return lambda.Result{}
				},
				func(t *testing.T, k *tank, _ *clock.Wall, start time.Time) {
					time.Sleep(time.Minute)
					synctest.Wait()
					k.checkDelivered(t)
					first, second := k.observer.invocations[0], k.observer.invocations[1]
					if first.Error == nil || first.Error.Type != name || first.End.Sub(start) != 0 || !second.Cold {
						t.Errorf("%+v, then %+v", first, second)
					}
				})
		})
	}
}

// Bisecting, reports and giving up are the same on the wall clock.
func TestFailuresOnTheWallClock(t *testing.T) {
	onTheWall(t, lambda.FunctionModel{}, lambda.CreateEventSourceMappingInput{BisectBatchOnFunctionError: new(true), MaximumRetryAttempts: new(0)},
		failing(1), func(t *testing.T, k *tank, _ *clock.Wall, _ time.Time) {
			time.Sleep(time.Minute)
			synctest.Wait()
			k.checkEnds(t)
			if d := k.observer.drops; len(d) != 1 || len(d[0].Records) != 1 || d[0].Records[0].Seq != 1 {
				t.Errorf("dropped %+v", d)
			}
		})
}
