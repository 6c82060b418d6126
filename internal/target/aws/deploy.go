package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// role is one that every stand-in accepts; real AWS is not a target yet. It must be of the account that the pipeline is
// in: LocalStack reads a function's stream with it.
func (t *Target) role() string {
	return "arn:aws:iam::" + cmp.Or(t.account, "123456789012") + ":role/wavetank"
}

// Deploy makes the pipeline and starts what looks at its sinks. A stream that exists already is not ours to write to: it
// is an error. What takes its time becomes active while the rest is made.
func (t *Target) Deploy(ctx context.Context, s *scenarios.Scenario, o target.Observer) error {
	t.observer = o
	if err := t.answers(ctx); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		t.phase("making stream " + name)
		if err := t.makeStream(ctx, name, s.Pipeline.Streams[name]); err != nil {
			return fmt.Errorf("make stream %s: %w", name, err)
		}
	}
	var err error
	if t.markers, err = t.newMarkers(ctx, s); err != nil {
		return err
	}
	deliveryStreams := slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams))
	for _, name := range deliveryStreams {
		t.phase("making delivery stream " + name)
		if err := t.makeDeliveryStream(ctx, name, s.Pipeline.DeliveryStreams[name]); err != nil {
			return fmt.Errorf("make delivery stream %s: %w", name, err)
		}
	}
	if err := t.makeFunctions(ctx, s); err != nil {
		return err
	}
	for _, name := range deliveryStreams {
		t.phase("waiting for delivery stream " + name + " to become ACTIVE")
		if err := t.deliveryStreamActive(ctx, name); err != nil {
			return fmt.Errorf("make delivery stream %s: %w", name, err)
		}
	}
	t.delivers = map[target.Destination]bool{}
	for name, d := range s.Pipeline.DeliveryStreams {
		from := target.Destination{Stream: d.Source}
		if d.Source == "" {
			from.DeliveryStream = name
		}
		t.delivers[from] = t.config.Inside == nil
	}
	return t.watch(ctx, s)
}

// phase tells what is being made, where somebody listens.
func (t *Target) phase(text string) {
	if t.config.Phase != nil {
		t.config.Phase(text)
	}
}

// answers asks the endpoint for something small, so that one that does not answer is told before anything is made.
func (t *Target) answers(ctx context.Context) error {
	patience := 5 * time.Second
	if t.config.StandIn {
		patience = time.Minute // it loads a service at the first call
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := t.kinesis.ListStreams(ctx, &kinesis.ListStreamsInput{}); err != nil {
		return fmt.Errorf("the target %s does not answer: %w", t.config.Endpoint, innermost(err))
	}
	return nil
}

// innermost is the cause that a person wants to read, without the SDK's layers.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

func (t *Target) makeStream(ctx context.Context, name string, s scenarios.Stream) error {
	in := &kinesis.CreateStreamInput{StreamName: aws.String(name)}
	if s.StreamMode == scenarios.OnDemand {
		in.StreamModeDetails = &kinesistypes.StreamModeDetails{StreamMode: kinesistypes.StreamModeOnDemand}
	} else {
		in.ShardCount = aws.Int32(int32(s.ShardCount))
	}
	_, err := t.kinesis.CreateStream(ctx, in)
	var exists *kinesistypes.ResourceInUseException
	if errors.As(err, &exists) {
		return t.exists("it")
	}
	if err != nil {
		return err
	}
	t.made.streams = append(t.made.streams, name)
	d, err := kinesis.NewStreamExistsWaiter(t.kinesis, func(o *kinesis.StreamExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, 2*time.Second
	}).WaitForOutput(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String(name)}, 2*time.Minute)
	if err != nil {
		return err
	}
	if parts := strings.Split(aws.ToString(d.StreamDescription.StreamARN), ":"); len(parts) > 4 {
		t.account = parts[4]
	}
	return nil
}

// exists is the answer to something of the scenario that is there already.
func (t *Target) exists(what string) error {
	return fmt.Errorf("%s exists already at %s, and wavetank writes only to what it made: delete it, or name another in the scenario",
		what, t.config.Endpoint)
}

func (t *Target) makeDeliveryStream(ctx context.Context, name string, d scenarios.DeliveryStream) error {
	if err := t.makeBucket(ctx, d.S3.Bucket); err != nil {
		return err
	}
	destination := &firehosetypes.ExtendedS3DestinationConfiguration{
		BucketARN: aws.String("arn:aws:s3:::" + d.S3.Bucket),
		RoleARN:   aws.String(t.role()),
		BufferingHints: &firehosetypes.BufferingHints{
			SizeInMBs:         aws.Int32(int32(d.S3.BufferingHints.Size >> 20)),
			IntervalInSeconds: aws.Int32(int32(d.S3.BufferingHints.Interval.Std() / time.Second)),
		},
		CompressionFormat: firehosetypes.CompressionFormat(d.S3.CompressionFormat),
	}
	if d.S3.Prefix != "" {
		destination.Prefix = aws.String(d.S3.Prefix)
	}
	in := &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName:                 aws.String(name),
		DeliveryStreamType:                 firehosetypes.DeliveryStreamTypeDirectPut,
		ExtendedS3DestinationConfiguration: destination,
	}
	if d.Source != "" {
		summary, err := t.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String(d.Source)})
		if err != nil {
			return err
		}
		in.DeliveryStreamType = firehosetypes.DeliveryStreamTypeKinesisStreamAsSource
		in.KinesisStreamSourceConfiguration = &firehosetypes.KinesisStreamSourceConfiguration{
			KinesisStreamARN: summary.StreamDescriptionSummary.StreamARN, RoleARN: aws.String(t.role()),
		}
	}
	if _, err := t.firehose.CreateDeliveryStream(ctx, in); err != nil {
		return err
	}
	t.made.deliveryStreams = append(t.made.deliveryStreams, name)
	return nil
}

// deliveryStreamActive waits until the delivery stream takes records.
func (t *Target) deliveryStreamActive(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		out, err := t.firehose.DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String(name)})
		if err != nil {
			return err
		}
		switch status := out.DeliveryStreamDescription.DeliveryStreamStatus; status {
		case firehosetypes.DeliveryStreamStatusActive:
			return nil
		case firehosetypes.DeliveryStreamStatusCreatingFailed:
			return fmt.Errorf("it is %s", status)
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return fmt.Errorf("it did not become ACTIVE: %w", err)
		}
	}
}

// makeBucket makes a bucket, once for all delivery streams that share it. Creating one that is there already succeeds in
// us-east-1, so that it is looked for first: what others have in it is not ours to delete.
func (t *Target) makeBucket(ctx context.Context, name string) error {
	if slices.Contains(t.made.buckets, name) {
		return nil
	}
	_, err := t.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(name)})
	if err == nil {
		return t.exists("bucket " + name)
	}
	if missing := (*s3types.NotFound)(nil); !errors.As(err, &missing) {
		return fmt.Errorf("look for bucket %s: %w", name, err)
	}
	if _, err := t.s3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(name)}); err != nil {
		return fmt.Errorf("make bucket %s: %w", name, err)
	}
	t.made.buckets = append(t.made.buckets, name)
	return nil
}

// pause waits for d or for the context's end.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
