package simulated

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// streams is what a consumer needs of Kinesis.
type streams interface {
	Shards(stream string) ([]record.Shard, error)
	Position(stream string, shard int32, at record.Position) (uint64, error)
	Read(now time.Time, reader, stream string, shard int32, from uint64, most int, dst []record.Record) (record.Page, error)
	Register(stream, reader string) (passed func(shard int32, next uint64), unregister func())
	Subscribe(consumerARN string, shard int32, from uint64, wake func()) (record.Subscription, error)
}

// consumers starts the scenario's plain readers, positioned before they start.
func (t *Target) consumers(s *scenarios.Scenario) error {
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		if err := t.consume(t.world.Kinesis, name, s.Pipeline.Consumers[name]); err != nil {
			return fmt.Errorf("start consumer %s: %w", name, err)
		}
	}
	return nil
}

// consumer is a plain reader of a stream: a process a shard, each after those of the shard's parents. It learns of new
// shards at the end of one. Virtual time runs one process at once, so there is no lock.
type consumer struct {
	scenarios.Consumer
	target  *Target
	streams streams
	name    string
	lineage *record.Lineage
	shards  map[int32]record.Shard // where it opens aggregates
	noted   bool                   // the loss of an aggregate was told
	passed  func(shard int32, next uint64)
	arn     string // of the stream consumer, with EnhancedFanOut
}

func (t *Target) consume(k streams, name string, c scenarios.Consumer) error {
	r := &consumer{
		Consumer: c, target: t, streams: k, name: name, lineage: record.NewLineage(record.Position{Type: c.StartingPosition}),
	}
	r.passed, _ = k.Register(c.Stream, name)
	if c.EnhancedFanOut {
		return whenActive(t.world, c.Stream, t.config.Clock, func() (err error) {
			if r.arn, err = registerConsumer(t.world, c.Stream, name); err != nil {
				return err
			}
			return r.list()
		})
	}
	return r.list()
}

// list reads the list of shards and starts those whose turn has come.
func (c *consumer) list() error {
	shards, err := c.streams.Shards(c.Stream)
	if err != nil {
		return err
	}
	if c.target.config.Open != nil {
		c.shards = map[int32]record.Shard{}
		for _, sh := range shards {
			c.shards[sh.Number] = sh
		}
	}
	for _, sh := range c.lineage.Add(shards) {
		if _, err := c.place(sh.Number, record.Position{Type: record.Latest}); err != nil && !errors.Is(err, record.ErrNotFound) {
			return err
		}
	}
	return c.next()
}

// next starts the shards whose turn has come.
func (c *consumer) next() error {
	return c.lineage.Start(c.place, func(shard int32, from uint64) {
		run := (&reader{consumer: c, shard: shard, from: from}).run
		if c.EnhancedFanOut {
			run = (&subscriber{consumer: c, shard: shard, from: from}).run
		}
		c.target.config.Clock.Go("consumer "+c.name, run)
	})
}

// place is where a position is in a shard. The stream is told that nothing before it is needed.
func (c *consumer) place(shard int32, at record.Position) (from uint64, err error) {
	from, err = c.streams.Position(c.Stream, shard, at)
	if err == nil {
		c.passed(shard, from)
	}
	return from, err
}

// finished goes on with the shards that follow one that is read to its end.
func (c *consumer) finished(shard int32, children []int32) {
	follow := c.next
	if c.lineage.Finish(shard, children) {
		follow = c.list
	}
	_ = follow() // it fails where the stream is gone, and its shards with it
}

// reader reads one shard at an even pace, as a program with GetRecords in a loop does.
type reader struct {
	consumer *consumer
	shard    int32
	from     uint64
	page     []record.Record
	users    []record.Record // of the page, where aggregates are opened
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
// It returns false at the end of the shard.
func (r *reader) read(p *clock.Proc) bool {
	c := r.consumer
	t, deadline := c.target, p.Now().Add(readTimeout)
	a := t.hook(p.Now(), fault.Request{
		Service: "kinesis", Operation: "GetRecords", Account: Account, Region: Region, Resource: c.Stream,
		Touches: func(shard int32) bool { return shard == r.shard },
	})
	if !a.After && (!held(p, a, deadline) || a.Cut) || a.Err != nil {
		return true
	}
	if !held(p, fault.Action{Delay: t.latencies.latency(t.world.Kinesis.Model().Get)}, deadline) {
		return true
	}
	page, err := c.streams.Read(p.Now(), c.name, c.Stream, r.shard, r.from, 10_000, r.page[:0])
	if errors.Is(err, record.ErrNotFound) { // the stream is gone, or the shard expired before it was read to its end
		c.finished(r.shard, nil)
		return false
	}
	if a.After && (!held(p, a, deadline) || a.Cut) || err != nil {
		return true
	}
	r.page, r.from = page.Records, page.Next
	c.received(p.Now(), r.shard, &page, &r.users)
	return !page.End
}

// received is what a consumer got of a shard.
func (c *consumer) received(now time.Time, shard int32, page *record.Page, users *[]record.Record) {
	if records := c.opened(shard, page.Records, users); len(records) > 0 {
		c.target.observer.Consumed(now, c.name, records)
	}
	c.passed(shard, page.Next)
	if page.End {
		c.finished(shard, page.Children)
	}
}

// opened are the records of a page, with user records in place of aggregates; users is the memory for these.
func (c *consumer) opened(number int32, page []record.Record, users *[]record.Record) []record.Record {
	if c.target.config.Open == nil {
		return page
	}
	shard := c.shards[number]
	var lost bool
	*users, lost = target.Opened((*users)[:0], page, &shard, c.target.config.Open)
	if lost && !c.noted && c.target.config.Note != nil {
		c.noted = true
		c.target.config.Note(target.LostAggregates(c.name))
	}
	return *users
}
