package lambda_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// reshard makes a stream of shard 0, which is split into 1 and 2 at 2 s, and these merged into 3 at 4 s; then each has
// records of its keys, a few in each second.
func (k *tank) reshard() {
	k.streams.shards = []record.Shard{
		{Number: 0}, {Number: 1, Parents: []int32{0}}, {Number: 2, Parents: []int32{0}}, {Number: 3, Parents: []int32{1, 2}},
	}
	k.streams.closes = map[int32]time.Time{0: at(2 * time.Second), 1: at(4 * time.Second), 2: at(4 * time.Second)}
	for i := range 600 {
		now := time.Duration(i) * 10 * ms
		for key := range 4 {
			shard := int32(0)
			if now >= 4*time.Second {
				shard = 3
			} else if now >= 2*time.Second {
				shard = int32(1 + key%2)
			}
			k.streams.put(shard, at(now), fmt.Sprint("key", key), 10)
		}
	}
}

func TestAKeyKeepsItsOrderOverAReshard(t *testing.T) {
	for _, factor := range []int{1, 3} {
		t.Run(fmt.Sprint("factor ", factor), func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{Seed: 5})
			k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 300 * ms, P99: 3 * time.Second}, Errors: 0.2})
			k.reshard()
			k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON", BatchSize: new(40), ParallelizationFactor: &factor})
			k.clock.RunUntil(at(time.Hour))
			k.checkDelivered(t)
			last := map[string]int64{}
			for _, in := range k.observer.invocations {
				for _, r := range in.Records {
					if in.Err == "" && r.Arrival < last[r.Key] {
						t.Fatalf("a record of %s in shard %d succeeds after one that arrived %v later", r.Key, r.Shard, time.Duration(last[r.Key]-r.Arrival))
					}
				}
				if in.Err == "" {
					for _, r := range in.Records {
						last[r.Key] = max(last[r.Key], r.Arrival)
					}
				}
			}
		})
	}
}

// A child is polled at the instant at which its parents' last records have succeeded, and the stream is not listed again
// where the end of a shard named nothing new.
func TestTheEndOfAShardStartsItsChildrenAtOnce(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{})
	k.reshard()
	k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON"})
	k.streams.lists = 0
	k.clock.RunUntil(at(10 * time.Second))
	first := map[int32]time.Time{}
	for _, in := range k.observer.invocations {
		if first[in.Shard].IsZero() {
			first[in.Shard] = in.Sent
		}
	}
	for shard, want := range map[int32]time.Duration{0: 0, 1: 2 * time.Second, 2: 2 * time.Second, 3: 4 * time.Second} {
		if !first[shard].Equal(at(want)) {
			t.Errorf("shard %d: first invocation at %v, want %v", shard, first[shard], at(want))
		}
	}
	if k.streams.lists != 2 { // at the end of 0 and of 1; 2 ends in what is known
		t.Errorf("the shards were listed %d times, want 2", k.streams.lists)
	}
}

func TestALatestMappingPassesOverClosedShards(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{})
	k.reshard()
	k.clock.RunUntil(at(3*time.Second - ms)) // 0 is closed, with 800 records
	k.mapping(t, lambda.CreateEventSourceMappingInput{})
	k.clock.RunUntil(at(time.Minute))
	got := k.observer.succeeded()
	for shard, want := range []int{0, 200, 200, 800} { // of each of 1 and 2 the second half
		n := 0
		for id, times := range got {
			if id[0] == uint64(shard) {
				n += times
			}
		}
		if n != want {
			t.Errorf("shard %d: %d of %d records, want %d", shard, n, len(k.streams.logs[int32(shard)]), want)
		}
	}
	if k.streams.passed[0] != 800 {
		t.Errorf("the stream keeps the closed shard from record %d on, though nobody needs it", k.streams.passed[0])
	}
}

func TestAShardThatExpiredIsOver(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{})
	k.reshard()
	k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON"})
	k.clock.RunUntil(at(1500 * ms))
	k.streams.expired = map[int32]bool{0: true}
	k.clock.RunUntil(at(time.Minute))
	if got := k.observer.succeeded(); got[[2]uint64{3, 0}] != 1 {
		t.Error("the shards that follow one that expired are not read")
	}
}

// A shard that follows none of the mapping's own is found by listing now and then, where that is asked for.
func TestShardsAreListedNowAndThen(t *testing.T) {
	for _, tt := range []struct {
		every time.Duration
		found time.Duration
	}{{0, 0}, {30 * time.Second, 60 * time.Second}} {
		t.Run(tt.every.String(), func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{Model: lambda.Model{ListInterval: tt.every}})
			k.function(t, lambda.FunctionModel{})
			k.streams.shards = append(k.streams.shards, record.Shard{Number: 1, Parents: []int32{9}})
			k.streams.closes[9] = at(40 * time.Second)
			k.streams.put(1, at(41*time.Second), "a", 10)
			id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
			k.clock.RunUntil(at(2 * time.Minute))
			var found time.Duration
			for _, in := range k.observer.invocations {
				found = in.Sent.Sub(at(0))
			}
			if found != tt.found {
				t.Errorf("its record came to the function at %v, want %v", found, tt.found)
			}
			if _, err := k.DeleteEventSourceMapping(id); err != nil {
				t.Fatal(err)
			}
			k.clock.RunUntil(at(2*time.Minute + time.Second))
			if _, err := k.GetEventSourceMapping(id); err == nil {
				t.Error("the mapping cannot be deleted")
			}
		})
	}
}
