package lambda_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// within is a hook that acts on one operation from one instant of the run until another.
func within(operation string, from, to time.Duration, a fault.Action) fault.Hook {
	return func(now time.Time, r fault.Request) fault.Action {
		if r.Operation != operation || now.Before(at(from)) || !now.Before(at(to)) {
			return fault.Action{}
		}
		return a
	}
}

// What a fault does to a poller: when it reads, and that it gets every record once. Records come at 500 ms, 1.5 s and so on.
func TestFaultsActOnAPollersReads(t *testing.T) {
	const s = time.Second
	throttled := &fault.Error{Code: "ProvisionedThroughputExceededException"}
	tests := []struct {
		name   string
		action fault.Action
		reads  []time.Duration // from 3 s to 6 s
		got    []time.Duration // when the records of 2.5 s and of 3.5 s are there
	}{
		{"nothing", fault.Action{}, []time.Duration{3 * s, 4 * s, 5 * s}, []time.Duration{3 * s, 4 * s}},
		{"late", fault.Action{Delay: 50 * ms}, []time.Duration{3*s + 50*ms, 4 * s, 5 * s}, []time.Duration{3*s + 50*ms, 4 * s}},
		{"held", fault.Action{Until: at(4200 * ms)}, []time.Duration{4200 * ms, 5 * s}, []time.Duration{4200 * ms, 4200 * ms}},
		{"refused", fault.Action{Err: throttled}, []time.Duration{3500 * ms, 4 * s, 5 * s}, []time.Duration{3500 * ms, 3500 * ms}},
		{"cut", fault.Action{Cut: true}, []time.Duration{3500 * ms, 4 * s, 5 * s}, []time.Duration{3500 * ms, 3500 * ms}},
		{"answered late", fault.Action{Delay: 300 * ms, After: true}, []time.Duration{3 * s, 4 * s, 5 * s}, []time.Duration{3300 * ms, 4 * s}},
		{
			"not answered",
			fault.Action{Lost: true},
			[]time.Duration{3 * s, 3100 * ms, 3200 * ms, 3300 * ms, 3400 * ms, 3500 * ms, 4 * s, 5 * s},
			[]time.Duration{3500 * ms, 3500 * ms},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{Faults: within("GetRecords", 3*s, 3500*ms, test.action)})
			k.function(t, lambda.FunctionModel{})
			for i := range 10 {
				k.streams.put(0, at(time.Duration(i)*s+500*ms), "a", 10)
			}
			k.mapping(t, lambda.CreateEventSourceMappingInput{})
			k.clock.RunUntil(at(20 * s))
			k.checkDelivered(t)
			var reads []time.Duration
			for _, r := range k.streams.reads {
				if d := r.Sub(at(0)); d >= 3*s && d < 6*s {
					reads = append(reads, d)
				}
			}
			if !slices.Equal(reads, test.reads) {
				t.Errorf("reads at %v, want %v", reads, test.reads)
			}
			for _, in := range k.observer.invocations {
				for _, r := range in.Records {
					if i := int(r.Seq) - 2; i >= 0 && i < 2 && in.Sent.Sub(at(0)) != test.got[i] {
						t.Errorf("record %d was sent at %v, want %v", r.Seq, in.Sent.Sub(at(0)), test.got[i])
					}
				}
			}
		})
	}
}

// A poller begins to read when it has its iterator, at the position that was taken before; a second after that is its next read.
func TestFaultsActOnAPollersIterator(t *testing.T) {
	const s = time.Second
	for name, test := range map[string]struct {
		action fault.Action
		first  time.Duration
	}{
		"nothing":      {fault.Action{}, 0},
		"held":         {fault.Action{Until: at(2500 * ms)}, 2500 * ms},
		"refused":      {fault.Action{Err: &fault.Error{Code: "ProvisionedThroughputExceededException"}}, 3 * s},
		"cut":          {fault.Action{Cut: true}, 3 * s},
		"not answered": {fault.Action{Cut: true, After: true}, 3 * s},
	} {
		k := newTank(t, 1, lambda.Config{Faults: within("GetShardIterator", 0, 3*s, test.action)})
		k.function(t, lambda.FunctionModel{})
		for i := range 10 {
			k.streams.put(0, at(time.Duration(i)*s+500*ms), "a", 10)
		}
		k.mapping(t, lambda.CreateEventSourceMappingInput{})
		k.clock.RunUntil(at(20 * s))
		k.checkDelivered(t)
		if r := k.streams.reads; !r[0].Equal(at(test.first)) || !r[1].Equal(at(test.first+s)) {
			t.Errorf("%s: read at %v and %v, want %v and a second later", name, r[0].Sub(at(0)), r[1].Sub(at(0)), test.first)
		}
	}
}

// The shards that follow one are found when the list of shards may be had; a mapping that is deleted meanwhile is gone at once.
func TestFaultsActOnTheListOfShards(t *testing.T) {
	const s = time.Second
	for name, test := range map[string]struct {
		action fault.Action
		first  time.Duration // when a record of a child is sent
	}{
		"nothing": {fault.Action{}, 2 * s},
		"held":    {fault.Action{Until: at(2700 * ms)}, 2700 * ms},
		"refused": {fault.Action{Err: &fault.Error{Code: "LimitExceededException"}}, 3 * s},
		"release": {fault.Action{Release: make(chan struct{})}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{Faults: within("ListShards", 1*s, 3*s, test.action)})
			k.function(t, lambda.FunctionModel{})
			k.reshard()
			id := k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON"})
			k.clock.RunUntil(at(10 * s))
			if test.first > 0 {
				k.checkDelivered(t)
			}
			first := time.Duration(0)
			for _, in := range k.observer.invocations {
				if in.Shard == 1 && first == 0 {
					first = in.Sent.Sub(at(0))
				}
			}
			if first != test.first {
				t.Errorf("the first child is read at %v, want %v", first, test.first)
			}
			if _, err := k.DeleteEventSourceMapping(id); err != nil {
				t.Fatal(err)
			}
			k.clock.RunUntil(at(11 * s))
			if _, err := k.GetEventSourceMapping(id); err == nil {
				t.Error("the mapping is still there")
			}
		})
	}
}

// A mapping that lists its shards now and then asks for each list, and is gone at once when it is deleted meanwhile.
func TestFaultsActOnListingNowAndThen(t *testing.T) {
	const s = time.Second
	hook := within("ListShards", 1*s, time.Hour, fault.Action{Until: at(time.Hour)})
	k := newTank(t, 1, lambda.Config{Faults: hook, Model: lambda.Model{ListInterval: s}})
	k.function(t, lambda.FunctionModel{})
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
	k.streams.lists = 0
	k.clock.RunUntil(at(10 * s))
	if _, err := k.DeleteEventSourceMapping(id); err != nil {
		t.Fatal(err)
	}
	k.clock.RunUntil(at(11 * s))
	if _, err := k.GetEventSourceMapping(id); err == nil || k.streams.lists != 0 {
		t.Errorf("it is there: %v; the shards were listed %d times, want the list held", err == nil, k.streams.lists)
	}
}

// A mapping that is deleted while a fault holds its reads is gone at once, and reads no more.
func TestAMappingIsDeletedWhileItsReadsAreHeld(t *testing.T) {
	for name, a := range map[string]fault.Action{
		"until":   {Until: at(time.Hour)},
		"release": {Release: make(chan struct{})},
	} {
		k := newTank(t, 1, lambda.Config{Faults: within("GetRecords", time.Second, time.Hour, a)})
		k.function(t, lambda.FunctionModel{})
		id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
		k.clock.RunUntil(at(10 * time.Second))
		if _, err := k.DeleteEventSourceMapping(id); err != nil {
			t.Fatal(err)
		}
		k.clock.RunUntil(at(11 * time.Second))
		if _, err := k.GetEventSourceMapping(id); err == nil || len(k.streams.reads) != 1 {
			t.Errorf("%s: it is there: %v; %d reads, want the first alone", name, err == nil, len(k.streams.reads))
		}
	}
}

// A mapping of a stream consumer is held, refused and broken off as any subscriber: it subscribes again and nothing is lost.
func TestFaultsActOnASubscription(t *testing.T) {
	const s, event = time.Second, "SubscribeToShardEvent"
	refused := &fault.Error{Code: "InternalFailureException"}
	tests := []struct {
		name      string
		operation string
		from      time.Duration
		action    fault.Action
		got       time.Duration // when the record of 3 s is there
	}{
		{"nothing", event, 3 * s, fault.Action{}, 3 * s},
		{"an event is held", event, 3 * s, fault.Action{Until: at(7 * s)}, 7 * s},
		{"an event is an error", event, 3 * s, fault.Action{Err: refused}, 5 * s}, // five seconds behind the call before
		{"an event is cut off", event, 3 * s, fault.Action{Cut: true, After: true}, 5 * s},
		{"the call is held", "SubscribeToShard", 0, fault.Action{Until: at(3500 * ms)}, 3500 * ms},
		{"the call is refused", "SubscribeToShard", 0, fault.Action{Err: refused}, 5 * s},
		{"the call is not answered", "SubscribeToShard", 0, fault.Action{Cut: true, After: true}, 5 * s},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPair(t, kinesis.Limits{}, func(c *lambda.Config) { c.Faults = within(test.operation, test.from, 5*s, test.action) })
			p.mapConsumer(t, lambda.CreateEventSourceMappingInput{EventSourceArn: p.register(t, "c")})
			p.clock.Go("producer", func(proc *clock.Proc) {
				for range 10 {
					if !proc.Sleep(s) {
						return
					}
					p.put(proc.Now(), 1, 100)
				}
			})
			p.clock.RunUntil(at(20 * s))
			var seen []uint64
			for _, in := range p.observer.invocations {
				for _, r := range in.Records {
					if seen = append(seen, r.Seq); r.Seq == 2 && in.Sent.Sub(at(0)) != test.got {
						t.Errorf("the record of 3 s was sent at %v, want %v", in.Sent.Sub(at(0)), test.got)
					}
				}
			}
			if len(seen) != 10 || !slices.IsSorted(seen) || len(slices.Compact(seen)) != 10 {
				t.Errorf("the function got %v, want each of 10 once and in order", seen)
			}
		})
	}
}

// A clock that is stopped while a fault holds a mapping's processes ends them all.
func TestTheClockStopsWhileAFaultHolds(t *testing.T) {
	for _, operation := range []string{"GetShardIterator", "GetRecords", "ListShards"} {
		hook := within(operation, 0, time.Hour, fault.Action{Until: at(time.Hour)})
		k := newTank(t, 1, lambda.Config{Faults: hook, Model: lambda.Model{ListInterval: time.Second}})
		k.function(t, lambda.FunctionModel{})
		k.reshard()
		k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON"})
		k.clock.RunUntil(at(time.Minute))
		k.clock.Stop() // it panics where a process waits again
	}
}
