package lambda_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// What a fault does to the invocations of the first second: five records come at 1 s, an invocation takes 100 ms, and there is
// one retry. What does not reach the function is no attempt; an answer that is lost is one.
func TestFaultsActOnInvocations(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name   string
		action fault.Action
		to     time.Duration // the fault lasts from 1 s on
		want   string
		end    time.Duration // of the invocation that succeeded
	}{
		{"nothing", fault.Action{}, 2 * s, `
			1s 0-4 #1`, 1100 * ms},
		{"late", fault.Action{Delay: 300 * ms}, 2 * s, `
			1s 0-4 #1`, 1400 * ms},
		{"held", fault.Action{Until: at(1700 * ms)}, 2 * s, `
			1s 0-4 #1`, 1800 * ms},
		{"throttled, more often than there are retries", fault.Action{Err: &fault.Error{Code: "TooManyRequestsException"}}, 5 * s, `
			1s 0-4 refused: TooManyRequestsException
			1.5s 0-4 refused: TooManyRequestsException
			2.5s 0-4 refused: TooManyRequestsException
			4.5s 0-4 refused: TooManyRequestsException
			8.5s 0-4 #1`, 8600 * ms},
		{"an error for a share of the records is one for all", fault.Action{Err: &fault.Error{Code: "ServiceException"}, Share: 0.5}, 1200 * ms, `
			1s 0-4 refused: ServiceException
			1.5s 0-4 #1`, 1600 * ms},
		{"late and then throttled", fault.Action{Delay: 200 * ms, Err: &fault.Error{Code: "TooManyRequestsException"}}, 1500 * ms, `
			1.2s 0-4 refused: TooManyRequestsException
			1.7s 0-4 #1`, 1800 * ms},
		{"cut", fault.Action{Cut: true}, 1200 * ms, `
			1s 0-4 refused: ServiceException
			1.5s 0-4 #1`, 1600 * ms},
		{"the answer is late", fault.Action{Delay: 300 * ms, After: true}, 2 * s, `
			1s 0-4 #1`, 1100 * ms},
		{"the answer is lost", fault.Action{Cut: true, After: true}, 1500 * ms, `
			1s 0-4 #1 Unhandled
			1.6s 0-4 #2`, 1700 * ms},
		{"two answers are lost", fault.Action{Cut: true, After: true}, 3 * s, `
			1s 0-4 #1 Unhandled
			1.6s 0-4 #2 Unhandled
			1.7s 0-4 ! RetryAttemptsExhausted after 2`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var seen []fault.Request
			hook := within("Invoke", s, tt.to, tt.action)
			k := newTank(t, 1, lambda.Config{Faults: func(now time.Time, r fault.Request) fault.Action {
				if r.Operation == "Invoke" {
					seen = append(seen, r)
				}
				return hook(now, r)
			}})
			k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 100 * ms}}, failing())
			for range 5 {
				k.streams.put(0, at(500*ms), "a", 10)
			}
			k.mapping(t, lambda.CreateEventSourceMappingInput{MaximumRetryAttempts: new(1)})
			k.clock.RunUntil(at(time.Minute))
			k.checkStory(t, tt.want)
			k.checkEnds(t)
			for _, in := range k.observer.invocations {
				if in.Err == "" && !in.End.Equal(at(tt.end)) {
					t.Errorf("it ended at %v, want %v", since(in.End), tt.end)
				}
			}
			r := seen[0]
			if r.Service != "lambda" || r.Resource != "process-clicks" || r.Records != 5 || r.Region != "ap-northeast-1" || !r.Touches(0) || r.Touches(1) {
				t.Errorf("the hook saw %+v", r)
			}
		})
	}
}

// Where an answer is late nothing else is in flight in its lane, and what comes next comes behind it.
func TestALateAnswerHoldsItsLane(t *testing.T) {
	k := newTank(t, 1, lambda.Config{Faults: within("Invoke", 0, 1050*ms, fault.Action{Delay: 3 * time.Second, After: true})})
	k.run(t, lambda.FunctionModel{}, failing())
	k.streams.put(0, at(500*ms), "a", 10)
	k.streams.put(0, at(500*ms), "a", 10)
	k.mapping(t, lambda.CreateEventSourceMappingInput{BatchSize: new(1)})
	k.clock.RunUntil(at(time.Minute))
	k.checkStory(t, `
		1s 0 #1
		4s 1 #1`)
}

// A mapping that is deleted while a fault holds its invocation, or the answer, is gone at once. Nobody is told of what was not
// sent, and of what was sent nobody knows more than that.
func TestAMappingIsDeletedWhileItsInvocationIsHeld(t *testing.T) {
	for story, a := range map[string]fault.Action{"": {Until: at(time.Hour)}, "1s 0 #1 Unhandled": {Until: at(time.Hour), After: true}} {
		k := newTank(t, 1, lambda.Config{Faults: within("Invoke", 0, time.Hour, a)})
		k.run(t, lambda.FunctionModel{}, failing())
		k.streams.put(0, at(500*ms), "a", 10)
		id := k.mapping(t, lambda.CreateEventSourceMappingInput{MaximumRetryAttempts: new(0)})
		k.clock.RunUntil(at(10 * time.Second))
		if _, err := k.DeleteEventSourceMapping(id); err != nil {
			t.Fatal(err)
		}
		k.clock.RunUntil(at(11 * time.Second))
		if _, err := k.GetEventSourceMapping(id); err == nil || k.observer.Story() != story {
			t.Errorf("%s: it is there: %v; told %q", story, err == nil, k.observer.story)
		}
	}
}

// On the wall clock a fault may hold an invocation until it is let go.
func TestAnInvocationIsHeldUntilItIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := clock.NewWall()
		defer w.Stop()
		release := make(chan struct{})
		k := &tank{observer: &observer{}, streams: newStreams(w, 1)}
		k.Service = lambda.New(lambda.Config{
			Account: "123456789012", Region: "eu-west-1", Clock: w, Streams: k.streams, Observer: k.observer,
			Faults: func(_ time.Time, r fault.Request) (a fault.Action) {
				if r.Operation == "Invoke" {
					a.Release = release
				}
				return a
			},
		})
		k.run(t, lambda.FunctionModel{}, failing())
		start := w.Now()
		k.streams.put(0, start, "a", 10)
		k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON"})
		time.Sleep(10 * time.Second)
		close(release)
		time.Sleep(time.Second)
		synctest.Wait()
		k.checkDelivered(t)
		if in := k.observer.invocations; len(in) != 1 || in[0].Begin.Sub(start) < 10*time.Second {
			t.Errorf("got %+v", in)
		}
	})
}
