package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
)

// listing is a stream whose open shards are listed, or are not for some times.
type listing struct {
	clock *clock.Virtual
	open  []int32
	fail  int
	calls []string // when
}

func (l *listing) OpenShards(context.Context, string) (shards []record.Shard, err error) {
	l.calls = append(l.calls, fmt.Sprint(l.clock.Now().Sub(clock.Epoch)))
	if l.fail > 0 {
		l.fail--
		return nil, errors.New("no answer")
	}
	for _, n := range l.open {
		shards = append(shards, record.Shard{Number: n})
	}
	return shards, nil
}

// A map is listed anew when an answer says that it is wrong, and not when the answer is to what left before it was listed or was made
// by an older map: many requests are in flight over a reshard.
func TestTheShardMapIsListedOnceAReshard(t *testing.T) {
	v := clock.NewVirtual()
	defer v.Stop()
	shards := &listing{clock: v, open: []int32{2, 3}}
	l := &loader{clk: v, shards: shardMap{stream: "s", lister: shards, open: []record.Shard{{Number: 0}, {Number: 1}}}}
	answer := func(began, now time.Duration, predicted, stored int32) {
		v.RunUntil(clock.Epoch.Add(now))
		l.gathered(&job{
			req:       target.Request{Began: clock.Epoch.Add(began), Outcomes: []target.Outcome{{Status: target.Acked, Shard: stored}}},
			predicted: []int32{predicted},
		})
		v.RunUntil(clock.Epoch.Add(now + time.Millisecond))
	}
	answer(1*time.Second, 2*time.Second, 0, 0) // as predicted
	answer(2*time.Second, 3*time.Second, 0, 2) // wrong: 0 was split
	answer(2*time.Second, 4*time.Second, 1, 3) // it left before the map was listed
	answer(5*time.Second, 6*time.Second, 1, 3) // it was made by the map before
	answer(6*time.Second, 7*time.Second, 2, 2)
	if want := []string{"3s"}; !slices.Equal(shards.calls, want) {
		t.Errorf("listed at %v, want %v", shards.calls, want)
	}
	shards.open, shards.fail = []int32{4, 5}, 2
	answer(8*time.Second, 9*time.Second, 2, 4) // wrong once more; and the listing fails
	answer(8*time.Second, 9500*time.Millisecond, 3, 5)
	v.RunUntil(clock.Epoch.Add(time.Minute))
	if want := []string{"3s", "9s", "10s", "11.5s"}; !slices.Equal(shards.calls, want) {
		t.Errorf("listed at %v, want %v", shards.calls, want)
	}
	if open, news := l.shards.news(); !news || len(open) != 2 || open[0].Number != 4 {
		t.Errorf("the map is %v, news %v", open, news)
	}
}
