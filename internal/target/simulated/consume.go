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
	made    bool                   // the shards that it begins with have their places
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
	err := r.list()
	r.made = true
	return err
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
		run := (&reader{consumer: c, shard: shard, from: from, placed: !c.made}).run
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

// finished goes on with the shards that follow one that is read to its end. Where these must be listed, it asks for the list again and
// again at the reader's pace, as over the wire.
func (c *consumer) finished(p *clock.Proc, shard int32, children []int32, pace time.Duration) {
	follow := c.next
	if c.lineage.Finish(shard, children) {
		for follow = c.list; !c.asked(p, "ListShards", noShard); {
			if !p.Sleep(pace) {
				return
			}
		}
	}
	_ = follow() // it fails where the stream is gone, and its shards with it
}

const noShard = -1 // of a request that names none

// ask lets faults act on a request, as on the wire, up to where the service is asked. ok is false where it is not, or answers with an
// error.
func (c *consumer) ask(p *clock.Proc, operation string, shard int32, deadline time.Time) (a fault.Action, ok bool) {
	q := fault.Request{Service: "kinesis", Operation: operation, Account: Account, Region: Region, Resource: c.Stream}
	if shard != noShard {
		q.Touches = func(touched int32) bool { return touched == shard }
	}
	a = c.target.hook(p.Now(), q)
	return a, (a.After || held(p, a, deadline) && !a.Cut) && a.Err == nil
}

// answered lets faults act on the answer to a request. It returns false where there is none.
func answered(p *clock.Proc, a fault.Action, deadline time.Time) bool {
	return (!a.After || held(p, a, deadline) && !a.Cut) && !a.Lost
}

// asked is both, of a request that changes nothing. It returns false where it has no answer, or an error.
func (c *consumer) asked(p *clock.Proc, operation string, shard int32) bool {
	deadline := p.Now().Add(readTimeout)
	a, ok := c.ask(p, operation, shard, deadline)
	return ok && answered(p, a, deadline)
}

// reader reads one shard at an even pace, as a program with GetRecords in a loop does.
type reader struct {
	consumer *consumer
	shard    int32
	from     uint64
	placed   bool // it has its iterator
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

// read asks once, as GetRecords over the wire does, and first for its iterator: faults act on both, and what it got without an answer it
// asks for again. It returns false at the end of the shard.
func (r *reader) read(p *clock.Proc) bool {
	c := r.consumer
	t, deadline := c.target, p.Now().Add(readTimeout)
	if !r.placed {
		if r.placed = c.asked(p, "GetShardIterator", r.shard); !r.placed {
			return true
		}
	}
	a, ok := c.ask(p, "GetRecords", r.shard, deadline)
	if !ok || !held(p, fault.Action{Delay: t.latencies.latency(t.world.Kinesis.Model().Get)}, deadline) {
		return true
	}
	page, err := c.streams.Read(p.Now(), c.name, c.Stream, r.shard, r.from, 10_000, r.page[:0])
	if errors.Is(err, record.ErrNotFound) { // the stream is gone, or the shard expired before it was read to its end
		c.finished(p, r.shard, nil, c.Every.Std())
		return false
	}
	if !answered(p, a, deadline) || err != nil {
		return true
	}
	r.page, r.from = page.Records, page.Next
	c.received(p, r.shard, &page, &r.users, c.Every.Std())
	return !page.End
}

// received is what a consumer got of a shard.
func (c *consumer) received(p *clock.Proc, shard int32, page *record.Page, users *[]record.Record, pace time.Duration) {
	if records := c.opened(shard, page.Records, users); len(records) > 0 {
		c.target.observer.Consumed(p.Now(), c.name, records)
	}
	c.passed(shard, page.Next)
	if page.End {
		c.finished(p, shard, page.Children, pace)
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
