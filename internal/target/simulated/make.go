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
	"github.com/wavetank/wavetank/scenarios"
)

// Receiver tells the URL of the receiver of a delivery stream.
type Receiver func(deliveryStream string) string

// nowhere is a receiver that is called in the process: nothing is sent to its URL.
func nowhere(deliveryStream string) string { return "https://receiver.invalid/" + deliveryStream }

// Make makes a scenario's pipeline in a world: streams, functions with their mappings, buckets and delivery streams.
func Make(w *simulator.World, s *scenarios.Scenario, receiver Receiver, c clock.Clock) error {
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		if err := makeStream(w, name, s.Pipeline.Streams[name], c); err != nil {
			return fmt.Errorf("make stream %s: %w", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		if err := makeFunction(w, name, s.Pipeline.Functions[name], c); err != nil {
			return fmt.Errorf("make function %s: %w", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		if err := makeDeliveryStream(w, name, s.Pipeline.DeliveryStreams[name], receiver, c.Now()); err != nil {
			return fmt.Errorf("make delivery stream %s: %w", name, err)
		}
	}
	return nil
}

// makeStream makes a stream, unless a disk has brought it back.
func makeStream(w *simulator.World, name string, s scenarios.Stream, c clock.Clock) error {
	if _, err := w.Kinesis.Shards(name); err == nil {
		return nil
	}
	in := kinesis.CreateStreamInput{StreamName: &name}
	if s.StreamMode == scenarios.OnDemand {
		in.StreamModeDetails = &kinesis.StreamModeDetails{StreamMode: &s.StreamMode}
	} else {
		in.ShardCount = new(int32(s.ShardCount))
	}
	if s.LargeRecords() {
		in.MaxRecordSizeInKiB = new(int32(s.MaxRecordSize / scenarios.KiB))
	}
	if err := w.Kinesis.CreateStream(in); err != nil || !s.Retained() {
		return err
	}
	return retain(w, name, s.RetentionPeriod, c)
}

// retain has a new stream keep its records for longer.
func retain(w *simulator.World, name string, period scenarios.Duration, c clock.Clock) error {
	in := kinesis.IncreaseStreamRetentionPeriodInput{StreamName: &name, RetentionPeriodHours: new(int32(period.Std() / time.Hour))}
	return whenActive(w, name, c, func() error { return w.Kinesis.IncreaseStreamRetentionPeriod(in) })
}

// whenActive does something to a new stream as soon as it is ACTIVE: at once where no time passes until then.
func whenActive(w *simulator.World, stream string, c clock.Clock, do func() error) error {
	creating := w.Kinesis.Model().Creating
	if creating == 0 {
		return do()
	}
	c.Go("when "+stream+" is active", func(p *clock.Proc) {
		if p.Sleep(creating) {
			_ = do() // it fails where somebody has deleted the stream
		}
	})
	return nil
}

// registerConsumer registers a stream consumer for enhanced fan-out and returns its ARN.
func registerConsumer(w *simulator.World, stream, name string) (arn string, err error) {
	out, err := w.Kinesis.RegisterStreamConsumer(kinesis.RegisterStreamConsumerInput{
		StreamARN: new(w.Kinesis.StreamARN(stream)), ConsumerName: &name,
	})
	if err != nil {
		return "", err
	}
	return out.Consumer.ConsumerARN, nil
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

// role is the role of functions that are code of this process. Nobody checks it.
const role = "arn:aws:iam::" + Account + ":role/wavetank"

// MakeCode makes those of a scenario's functions that are code of this process, without their mappings: Make adds them.
func MakeCode(w *simulator.World, s *scenarios.Scenario, code map[string]lambda.Code) error {
	for _, name := range slices.Sorted(maps.Keys(code)) {
		f := Function(name, s.Pipeline.Functions[name])
		f.Code, f.Role = code[name], role
		if _, err := w.Lambda.CreateFunction(f); err != nil {
			return fmt.Errorf("make function %s: %w", name, err)
		}
	}
	return nil
}

// makeFunction makes a function, unless it is there already, and its mappings.
func makeFunction(w *simulator.World, name string, f scenarios.Function, c clock.Clock) error {
	if _, err := w.Lambda.GetFunction(name); err != nil {
		if _, err := w.Lambda.CreateFunction(Function(name, f)); err != nil {
			return err
		}
	}
	for _, e := range f.EventSources {
		if err := makeMapping(w, name, e, c); err != nil {
			return fmt.Errorf("map %s to it: %w", e.Stream, err)
		}
	}
	return nil
}

func makeMapping(w *simulator.World, function string, e scenarios.EventSource, c clock.Clock) error {
	in := lambda.CreateEventSourceMappingInput{
		FunctionName:                   function,
		EventSourceArn:                 w.Kinesis.StreamARN(e.Stream),
		StartingPosition:               e.StartingPosition,
		BatchSize:                      &e.BatchSize,
		ParallelizationFactor:          &e.ParallelizationFactor,
		MaximumBatchingWindowInSeconds: new(int(e.MaximumBatchingWindow.Std() / time.Second)),
	}
	if !e.EnhancedFanOut {
		_, err := w.Lambda.CreateEventSourceMapping(in)
		return err
	}
	return whenActive(w, e.Stream, c, func() (err error) {
		if in.EventSourceArn, err = registerConsumer(w, e.Stream, function); err != nil {
			return err
		}
		_, err = w.Lambda.CreateEventSourceMapping(in)
		return err
	})
}

func makeDeliveryStream(w *simulator.World, name string, d scenarios.DeliveryStream, receiver Receiver, now time.Time) error {
	err := w.Objects.CreateBucket(now, d.S3.Bucket)
	if err != nil && !errors.Is(err, objectstore.ErrBucketExists) { // two delivery streams may share one
		return err
	}
	made := firehose.DeliveryStream{
		Name: name, Source: d.Source, Bucket: d.S3.Bucket, Prefix: d.S3.Prefix,
		Buffering: hints(d.S3.BufferingHints), Compression: d.S3.CompressionFormat,
	}
	if h := d.HTTP; h != nil {
		made.HTTP = &firehose.HTTPEndpoint{
			URL: receiver(name), Buffering: hints(h.BufferingHints), BackupMode: h.S3BackupMode,
			Gzip:          h.RequestConfiguration.ContentEncoding == scenarios.Gzip,
			RetryDuration: new(h.RetryOptions.Duration.Std()),
		}
	}
	return w.Firehose.Create(made)
}

func hints(h scenarios.BufferingHints) *firehose.BufferingHints {
	return &firehose.BufferingHints{Size: int64(h.Size), Interval: h.Interval.Std()}
}
