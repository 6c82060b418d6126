package simulated

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/scenarios"
)

// consumers starts the scenario's plain readers: a process a shard, positioned before it starts.
func (t *Target) consumers(s *scenarios.Scenario) error {
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		c := s.Pipeline.Consumers[name]
		shards, err := t.world.Kinesis.Shards(c.Stream)
		if err != nil {
			return fmt.Errorf("start consumer %s: %w", name, err)
		}
		passed, _ := t.world.Kinesis.Register(c.Stream, name)
		for _, shard := range shards {
			from, err := t.world.Kinesis.Position(c.Stream, shard.Number, record.Position{Type: c.StartingPosition})
			if err != nil {
				return fmt.Errorf("start consumer %s: %w", name, err)
			}
			passed(shard.Number, from)
			r := &reader{target: t, name: name, consumer: c, shard: shard.Number, from: from, passed: passed}
			t.config.Clock.Go("consumer "+name, r.run)
		}
	}
	return nil
}

// reader reads one shard at an even pace, as a program with GetRecords in a loop does.
type reader struct {
	target   *Target
	name     string
	consumer scenarios.Consumer
	shard    int32
	from     uint64
	passed   func(shard int32, next uint64)
	page     []record.Record
}

func (r *reader) run(p *clock.Proc) {
	next := p.Now()
	for r.read(p) {
		next = next.Add(r.consumer.Every.Std())
		if now := p.Now(); next.Before(now) {
			next = now
		}
		if !p.SleepUntil(next) {
			return
		}
	}
}

// readTimeout is how long a consumer waits for an answer.
const readTimeout = 30 * time.Second

// read asks once, as GetRecords over the wire does: faults act on it, and what it got without an answer it asks for again.
// It returns false at the end of the shard, or when the clock is stopped.
func (r *reader) read(p *clock.Proc) bool {
	t, deadline := r.target, p.Now().Add(readTimeout)
	a := t.hook(p.Now(), fault.Request{
		Service: "kinesis", Operation: "GetRecords", Account: Account, Region: Region, Resource: r.consumer.Stream,
	})
	if !a.After && (!held(p, a, deadline) || a.Cut) || a.Err != nil {
		return true
	}
	k := t.world.Kinesis
	if !held(p, fault.Action{Delay: t.latencies.latency(k.Model().Get)}, deadline) {
		return true
	}
	page, err := k.Read(p.Now(), r.name, r.consumer.Stream, r.shard, r.from, 10_000, r.page[:0])
	if a.After && (!held(p, a, deadline) || a.Cut) || err != nil {
		return true
	}
	r.page, r.from = page.Records, page.Next
	if len(page.Records) > 0 {
		t.observer.Consumed(p.Now(), r.name, page.Records)
	}
	r.passed(r.shard, r.from)
	return !page.End
}
