package lambda_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

func TestPollsAreOnAGridAndGoOnAtOnceWhileBehind(t *testing.T) {
	k := newTank(t, 1, lambda.Config{Model: lambda.Model{ReadLimit: 100}})
	k.function(t, lambda.FunctionModel{})
	for range 250 {
		k.streams.put(0, at(2500*ms), "a", 10)
	}
	k.streams.refuse = func(now time.Time) bool { // the first poll, and all from 4 to 4.3 s
		return now.Equal(at(0)) || !now.Before(at(4*time.Second)) && now.Before(at(4300*ms))
	}
	k.mapping(t, lambda.CreateEventSourceMappingInput{})
	k.clock.RunUntil(at(6 * time.Second))
	want := []time.Duration{
		0, 100 * ms, // refused, asked again
		1 * time.Second, 2 * time.Second,
		3 * time.Second, 3 * time.Second, 3 * time.Second, // 100 + 100 + 50
		4 * time.Second, 4100 * ms, 4200 * ms, 4300 * ms,
		5 * time.Second, 6 * time.Second,
	}
	var got []time.Duration
	for _, r := range k.streams.reads {
		got = append(got, r.Sub(at(0)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("reads at %v, want %v", got, want)
	}
	if k.streams.passed[0] != 250 {
		t.Errorf("passed %d records, want 250", k.streams.passed[0])
	}
}

func TestFullQueueHoldsThePollerBack(t *testing.T) {
	k := newTank(t, 1, lambda.Config{Model: lambda.Model{ReadLimit: 100, Prefetch: 300}})
	k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 10 * time.Second}})
	for range 1000 {
		k.streams.put(0, at(ms), "a", 10)
	}
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
	most := 0
	for s := range 120 {
		k.clock.RunUntil(at(time.Duration(s) * time.Second))
		most = max(most, k.Pending(id))
	}
	if most != 400 { // one batch of 100 in flight, 300 waiting
		t.Errorf("at most %d records were held, want 400", most)
	}
	k.checkDelivered(t)
	if end := k.observer.invocations[9].End; !end.Equal(at(101 * time.Second)) {
		t.Errorf("the last of ten batches ended at %v: the function was not kept busy", end.Sub(at(0)))
	}
}

func TestMappingOfAStreamThatWentAway(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{})
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
	k.streams.missing = true
	k.clock.RunUntil(at(10 * time.Second))
	if m, _ := k.GetEventSourceMapping(id); m.LastProcessingResult != "PROBLEM: Stream not found: "+k.StreamARN("clicks") {
		t.Error(m.LastProcessingResult)
	}
	if _, err := k.DeleteEventSourceMapping(id); err != nil {
		t.Fatal(err)
	}
	k.clock.RunUntil(at(11 * time.Second))
	if _, err := k.GetEventSourceMapping(id); err == nil {
		t.Error("it cannot be deleted")
	}
}

func TestChildrenAreReadAfterTheirParents(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 3 * time.Second}})
	k.streams.shards = append(k.streams.shards, record.Shard{Number: 1, Parents: []int32{0}}, record.Shard{Number: 2, Parents: []int32{0}})
	k.streams.closes[0] = at(2 * time.Second) // split at 2 s
	for i := range 400 {
		k.streams.put(0, at(time.Duration(i)*5*ms+ms), "a", 10)
		k.streams.put(1, at(2*time.Second+time.Duration(i)*5*ms), "a", 10)
		k.streams.put(2, at(2*time.Second+time.Duration(i)*5*ms), "b", 10)
	}
	k.mapping(t, lambda.CreateEventSourceMappingInput{})
	k.clock.RunUntil(at(time.Minute))
	k.checkDelivered(t)
	var parent time.Time
	for _, in := range k.observer.invocations {
		if in.Shard == 0 {
			parent = in.End
		} else if in.Sent.Before(parent) || parent.IsZero() {
			t.Fatalf("a child's batch is sent at %v, the parent's last ended at %v", in.Sent, parent)
		}
	}
}
