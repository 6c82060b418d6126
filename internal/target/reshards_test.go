package target

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/scenarios"
)

// Each reshard is called at its instant, whatever their order is, and noted with its answer; one that is refused keeps none
// of the others.
func TestReshardsAreCalledAtTheirInstants(t *testing.T) {
	const second = scenarios.Duration(time.Second)
	v := clock.NewVirtual()
	defer v.Stop()
	start := v.Now().Add(time.Second)
	list := []scenarios.Reshard{
		{At: 20 * second, Stream: "clicks", ShardCount: 8},
		{At: 5 * second, Stream: "clicks", ShardCount: 4},
		{At: 10 * second, Stream: "orders", ShardCount: 2},
		{At: 90 * second, Stream: "orders", ShardCount: 4},
	}
	var called []time.Duration
	var notes []string
	StartReshards(v, start, list, func(p *clock.Proc, r scenarios.Reshard) (int, error) {
		called = append(called, p.Now().Sub(start))
		if r.Stream == "orders" {
			return 0, errors.New("LimitExceededException: no more")
		}
		return r.ShardCount / 2, nil
	}, func(text string) { notes = append(notes, text) })
	v.RunUntil(start.Add(time.Minute))
	want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second}
	if diff := cmp.Diff(want, called); diff != "" {
		t.Errorf("called (-want +got):\n%s", diff)
	}
	wantNotes := []string{
		"5s after the start of the load, UpdateShardCount of clicks from 2 to 4 shards was accepted",
		"10s after the start of the load, UpdateShardCount of orders to 2 shards failed: LimitExceededException: no more",
		"20s after the start of the load, UpdateShardCount of clicks from 4 to 8 shards was accepted",
	}
	if diff := cmp.Diff(wantNotes, notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}
