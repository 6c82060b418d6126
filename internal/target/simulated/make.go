package simulated

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/scenarios"
)

// Make makes a scenario's pipeline in a world: streams, functions with their mappings, buckets and delivery streams.
func Make(w *simulator.World, s *scenarios.Scenario, now time.Time) error {
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		if err := makeStream(w, name, s.Pipeline.Streams[name]); err != nil {
			return fmt.Errorf("make stream %s: %w", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		if err := makeFunction(w, name, s.Pipeline.Functions[name]); err != nil {
			return fmt.Errorf("make function %s: %w", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		if err := makeDeliveryStream(w, name, s.Pipeline.DeliveryStreams[name], now); err != nil {
			return fmt.Errorf("make delivery stream %s: %w", name, err)
		}
	}
	return nil
}

func makeStream(w *simulator.World, name string, s scenarios.Stream) error {
	in := kinesis.CreateStreamInput{StreamName: &name}
	if s.StreamMode == scenarios.OnDemand {
		in.StreamModeDetails = &kinesis.StreamModeDetails{StreamMode: &s.StreamMode}
	} else {
		in.ShardCount = new(int32(s.ShardCount))
	}
	return w.Kinesis.CreateStream(in)
}

// Function is a scenario's function as the simulated Lambda describes it.
func Function(name string, f scenarios.Function) lambda.Function {
	return lambda.Function{Name: name, Model: lambda.FunctionModel{
		Duration:   lambda.Distribution{P50: f.Model.Duration.P50.Std(), P99: f.Model.Duration.P99.Std()},
		Errors:     float64(f.Model.Errors),
		ColdStart:  f.Model.ColdStart.Std(),
		MemorySize: int64(f.Model.MemorySize),
	}}
}

func makeFunction(w *simulator.World, name string, f scenarios.Function) error {
	if _, err := w.Lambda.CreateFunction(Function(name, f)); err != nil {
		return err
	}
	for _, e := range f.EventSources {
		in := lambda.CreateEventSourceMappingInput{
			FunctionName:                   name,
			EventSourceArn:                 w.Kinesis.StreamARN(e.Stream),
			StartingPosition:               e.StartingPosition,
			BatchSize:                      &e.BatchSize,
			ParallelizationFactor:          &e.ParallelizationFactor,
			MaximumBatchingWindowInSeconds: new(int(e.MaximumBatchingWindow.Std() / time.Second)),
		}
		if _, err := w.Lambda.CreateEventSourceMapping(in); err != nil {
			return fmt.Errorf("map %s to it: %w", e.Stream, err)
		}
	}
	return nil
}

func makeDeliveryStream(w *simulator.World, name string, d scenarios.DeliveryStream, now time.Time) error {
	err := w.Objects.CreateBucket(now, d.S3.Bucket)
	if err != nil && !errors.Is(err, objectstore.ErrBucketExists) { // two delivery streams may share one
		return err
	}
	return w.Firehose.Create(firehose.DeliveryStream{
		Name: name, Source: d.Source, Bucket: d.S3.Bucket, Prefix: d.S3.Prefix,
		Buffering: &firehose.BufferingHints{
			Size: int64(d.S3.BufferingHints.Size), Interval: d.S3.BufferingHints.Interval.Std(),
		},
		Compression: d.S3.CompressionFormat,
	})
}

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
	for {
		now := p.Now()
		page, err := r.target.world.Kinesis.Read(now, r.name, r.consumer.Stream, r.shard, r.from, 10_000, r.page[:0])
		if err == nil {
			r.page, r.from = page.Records, page.Next
			if len(page.Records) > 0 {
				r.target.observer.Consumed(now, r.name, page.Records)
			}
			r.passed(r.shard, r.from)
			if page.End {
				return
			}
		}
		next = next.Add(r.consumer.Every.Std())
		if !p.SleepUntil(next) {
			return
		}
	}
}
