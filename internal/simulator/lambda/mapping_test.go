package lambda_test

import (
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// steady puts rate records a second into every shard for d, with keys that come back.
func (s *streams) steady(rate int, d time.Duration) {
	for _, sh := range s.shards {
		for i := range int(d.Seconds() * float64(rate)) {
			s.put(sh.Number, at(time.Duration(2*i+1)*time.Second/time.Duration(2*rate)), fmt.Sprint("user-", i*i%61), 500)
		}
	}
}

// succeeded counts how often each record is in an invocation without an error.
func (o *observer) succeeded() map[[2]uint64]int {
	n := map[[2]uint64]int{}
	for _, in := range o.invocations {
		for _, r := range in.Succeeded() {
			n[[2]uint64{uint64(r.Shard), r.Seq}]++
		}
	}
	return n
}

func (k *tank) checkDelivered(t *testing.T) {
	t.Helper()
	got, total := k.observer.succeeded(), 0
	for shard, log := range k.streams.logs {
		total += len(log)
		for _, r := range log {
			if n := got[[2]uint64{uint64(shard), r.Seq}]; n != 1 {
				t.Fatalf("record %d of shard %d succeeded %d times", r.Seq, shard, n)
			}
		}
	}
	if k.observer.received != total {
		t.Errorf("received %d records, want %d", k.observer.received, total)
	}
}

func TestEachRecordSucceedsOnceAndInTheOrderOfItsKey(t *testing.T) {
	for _, factor := range []int{1, 2, 3, 10} {
		t.Run(fmt.Sprint("factor ", factor), func(t *testing.T) {
			k := newTank(t, 3, lambda.Config{Seed: 7})
			k.function(t, lambda.FunctionModel{
				Duration: lambda.Distribution{P50: 20 * ms, P99: 900 * ms}, Errors: 0.1, ColdStart: 250 * ms,
			})
			k.streams.steady(200, 20*time.Second)
			id := k.mapping(t, lambda.CreateEventSourceMappingInput{BatchSize: new(50), ParallelizationFactor: &factor})
			k.clock.RunUntil(at(time.Hour))
			k.checkDelivered(t)
			if n := k.Pending(id); n != 0 {
				t.Errorf("%d records are pending", n)
			}
			last := map[string]uint64{}
			inFlight := map[[2]int]time.Time{}
			for _, in := range k.observer.invocations {
				lane := [2]int{int(in.Shard), in.Lane}
				if in.Sent.Before(inFlight[lane]) {
					t.Fatalf("lane %v has two batches in flight at %v", lane, in.Sent)
				}
				inFlight[lane] = in.End
				for _, r := range in.Records {
					key := fmt.Sprint(r.Shard, r.Key)
					if next, seen := last[key]; in.Err == "" && seen && r.Seq <= next {
						t.Fatalf("key %s: record %d after %d", key, r.Seq, next)
					}
					if in.Err == "" {
						last[key] = r.Seq
					}
				}
			}
		})
	}
}

func TestFailedBatchIsRetriedUntilItSucceeds(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 100 * ms}, Errors: 1})
	for i := range 5 {
		k.streams.put(0, at(time.Duration(i+1)*ms), "a", 10)
	}
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
	k.clock.RunUntil(at(70 * time.Second))
	sent := 1 * time.Second // the poll after the records
	for i, in := range k.observer.invocations {
		if in.Attempt != i+1 || len(in.Records) != 5 || in.Err == "" || !in.Sent.Equal(at(sent)) {
			t.Fatalf("invocation %d: attempt %d of %d records, sent %v, want %v", i, in.Attempt, len(in.Records), in.Sent.Sub(at(0)), sent)
		}
		sent += 100*ms + 500*ms<<i
	}
	if n := len(k.observer.invocations); n != 8 {
		t.Errorf("%d invocations in 69 s, want 8", n) // 1 + 7 waits of 0.5 + 1 + … + 32 s
	}
	if m, _ := k.GetEventSourceMapping(id); m.LastProcessingResult != "PROBLEM: Function call failed" || k.Pending(id) != 5 {
		t.Errorf("%s, %d pending", m.LastProcessingResult, k.Pending(id))
	}
}

func TestBatchWaitsWhileTheFunctionIsGone(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{})
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
	if err := k.DeleteFunction("process-clicks"); err != nil {
		t.Fatal(err)
	}
	k.streams.put(0, at(ms), "a", 10)
	k.clock.RunUntil(at(10 * time.Second))
	if m, err := k.GetEventSourceMapping(id); err != nil || m.State != "Enabled" || len(k.observer.invocations) != 0 {
		t.Fatalf("%+v, %v, %d invocations", m, err, len(k.observer.invocations))
	}
	k.function(t, lambda.FunctionModel{})
	k.clock.RunUntil(at(20 * time.Second))
	k.checkDelivered(t)
	if in := k.observer.invocations[0]; in.Attempt != 1 {
		t.Errorf("attempt %d: what was not sent is no attempt", in.Attempt)
	}
}

func TestColdStartIsOncePerEnvironment(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms}, ColdStart: 250 * ms})
	k.streams.steady(300, 10*time.Second)
	k.mapping(t, lambda.CreateEventSourceMappingInput{BatchSize: new(50), ParallelizationFactor: new(2)})
	k.clock.RunUntil(at(20 * time.Second))
	cold := 0
	for _, in := range k.observer.invocations {
		start := in.Begin.Sub(in.Sent)
		if in.Cold {
			cold++
			start -= 250 * ms
		}
		if start != 0 || in.End.Sub(in.Begin) != 20*ms {
			t.Fatalf("cold %v: sent %v, began %v, ended %v", in.Cold, in.Sent, in.Begin, in.End)
		}
	}
	if cold != 2 {
		t.Errorf("%d cold starts, want one a lane", cold)
	}
}

func TestStartingPosition(t *testing.T) {
	for _, tt := range []struct {
		position string
		at       *lambda.Timestamp
		delay    time.Duration
		first    uint64
	}{
		{position: "TRIM_HORIZON", first: 0},
		{position: "LATEST", first: 50},
		{position: "AT_TIMESTAMP", at: &lambda.Timestamp{Time: at(3 * time.Second)}, first: 30},
		{position: "LATEST", delay: 2 * time.Second, first: 70},
	} {
		t.Run(fmt.Sprint(tt.position, " after ", tt.delay), func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{Model: lambda.Model{StartDelay: tt.delay}})
			k.function(t, lambda.FunctionModel{})
			k.streams.steady(10, 20*time.Second)
			k.clock.RunUntil(at(5 * time.Second))
			id := k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: tt.position, StartingPositionTimestamp: tt.at})
			if m, _ := k.GetEventSourceMapping(id); (m.State == "Creating") != (tt.delay > 0) {
				t.Errorf("state %s", m.State)
			}
			k.clock.RunUntil(at(30 * time.Second))
			if r := k.observer.invocations[0].Records[0]; r.Seq != tt.first {
				t.Errorf("the first record is %d, want %d", r.Seq, tt.first)
			}
			if m, _ := k.GetEventSourceMapping(id); m.State != "Enabled" || m.LastProcessingResult != "OK" {
				t.Errorf("state %s, %s", m.State, m.LastProcessingResult)
			}
		})
	}
}

func TestDeletedMappingStops(t *testing.T) {
	k := newTank(t, 2, lambda.Config{})
	k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 5 * time.Second}})
	k.streams.steady(100, 20*time.Second)
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
	k.clock.RunUntil(at(4 * time.Second)) // one invocation a shard is in flight since 1 s
	if m, err := k.DeleteEventSourceMapping(id); err != nil || m.State != "Deleting" {
		t.Fatalf("%+v, %v", m, err)
	}
	k.clock.RunUntil(at(5 * time.Second))
	if m, err := k.GetEventSourceMapping(id); err != nil || m.State != "Deleting" {
		t.Fatalf("while an invocation is in flight: %+v, %v", m, err)
	}
	reads := len(k.streams.reads)
	k.clock.RunUntil(at(time.Hour))
	if _, err := k.GetEventSourceMapping(id); err == nil {
		t.Error("the mapping is still there")
	}
	if n := len(k.observer.invocations); n != 2 || len(k.streams.reads) != reads || !k.streams.gone {
		t.Errorf("%d invocations, %d reads after the deletion, unregistered %v", n, len(k.streams.reads)-reads, k.streams.gone)
	}
	k.mapping(t, lambda.CreateEventSourceMappingInput{}) // its place is free again
}

func TestOneSeedHasOneHistory(t *testing.T) {
	history := func(seed uint64) []lambda.Invocation {
		k := newTank(t, 4, lambda.Config{Seed: seed})
		k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms, P99: 400 * ms}, Errors: 0.05, ColdStart: 100 * ms})
		k.streams.steady(300, 20*time.Second)
		k.mapping(t, lambda.CreateEventSourceMappingInput{ParallelizationFactor: new(3), MaximumBatchingWindowInSeconds: new(1)})
		k.clock.RunUntil(at(time.Minute))
		return k.observer.invocations
	}
	first := history(1)
	if again := history(1); !reflect.DeepEqual(first, again) {
		t.Error("one seed gave two histories")
	}
	if other := history(2); reflect.DeepEqual(first, other) {
		t.Error("two seeds gave one history")
	}
}

func TestStoppedClockEndsEverything(t *testing.T) {
	for name, advance := range map[string]time.Duration{"before the first poll": 0, "in flight": 1500 * ms, "in a backoff": 2200 * ms} {
		t.Run(name, func(t *testing.T) {
			k := newTank(t, 2, lambda.Config{})
			k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: time.Second}, Errors: 1})
			k.streams.steady(10, 5*time.Second)
			k.mapping(t, lambda.CreateEventSourceMappingInput{ParallelizationFactor: new(2)})
			k.clock.RunUntil(at(advance))
			n := len(k.observer.invocations)
			k.clock.Stop()
			if len(k.observer.invocations) != n {
				t.Error("an invocation that had not ended was told")
			}
		})
	}
}

// The same code on the wall clock, in a bubble whose time is the test's.
func TestMappingOnTheWallClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := clock.NewWall()
		defer w.Stop()
		k := &tank{observer: &observer{}, streams: newStreams(w, 4)}
		k.Service = lambda.New(lambda.Config{Account: "123456789012", Region: "eu-west-1", Clock: w, Streams: k.streams, Observer: k.observer})
		k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms, P99: 90 * ms}, Errors: 0.1})
		start := w.Now()
		for i := range 2000 {
			k.streams.put(int32(i%4), start.Add(time.Duration(i)*ms), fmt.Sprint("user-", i%37), 100)
		}
		id := k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON", ParallelizationFactor: new(4), MaximumBatchingWindowInSeconds: new(1)})
		time.Sleep(time.Minute)
		synctest.Wait()
		k.checkDelivered(t)
		if _, err := k.DeleteEventSourceMapping(id); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if list, _ := k.ListEventSourceMappings(lambda.ListEventSourceMappingsInput{}); len(list.EventSourceMappings) != 0 {
			t.Error("the mapping is still there")
		}
	})
}
