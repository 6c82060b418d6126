package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// Deploy checks what is there already, makes the rest of the pipeline and starts what looks at its sinks. A stream that
// exists and that the scenario does not name so is not ours to write to: it is an error. What takes its time becomes
// active while the rest is made.
func (t *Target) Deploy(ctx context.Context, s *scenarios.Scenario, o target.Observer) error {
	t.observer, t.reshards = o, s.Reshards
	made := t.toMake(s)
	t.names = newNames(t.config.Owner, t.config.Suffix, made)
	t.shared = t.sharedStreams(s)
	if err := t.deliverable(s); err != nil {
		return err
	}
	t.remember(s)
	if t.config.Inside == nil && s.Storage != (scenarios.Storage{}) {
		t.note("storage is of the embedded target: " + t.Traits().Name + " keeps records in its own way")
	}
	packed, stop := t.pack(ctx, made)
	defer stop()
	if err := t.answers(ctx); err != nil {
		return err
	}
	if err := t.checkExisting(ctx, s); err != nil {
		return err
	}
	if err := packed(); err != nil {
		return err
	}
	if err := t.makeRoles(ctx, made); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(made.Streams)) {
		t.phase("making stream " + name)
		if err := t.makeStream(ctx, name, made.Streams[name]); err != nil {
			return fmt.Errorf("make stream %s: %w", name, err)
		}
	}
	var err error
	if t.markers, err = t.newMarkers(ctx, s); err != nil {
		return err
	}
	if err := t.receive(ctx, s); err != nil {
		return err
	}
	delivering, err := t.deliver(ctx, made)
	if err != nil {
		return err
	}
	defer delivering.making.Wait() // what is under way is to be taken down, too
	if err := t.makeFunctions(ctx, made, s.Seed); err != nil {
		return err
	}
	return t.watch(ctx, s, delivering)
}

// phase tells what is being made, where somebody listens.
func (t *Target) phase(text string) {
	if t.config.Phase != nil {
		t.config.Phase(text)
	}
}

// answers asks the endpoint for something small, so that one that does not answer is told before anything is made. An
// owner has asked the account already, and for what its policy allows.
func (t *Target) answers(ctx context.Context) error {
	if t.config.Owner != nil {
		return nil
	}
	patience := 5 * time.Second
	if t.config.StandIn {
		patience = time.Minute // it loads a service at the first call
	}
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := ask(asked, t.kinesis.ListStreams, &kinesis.ListStreamsInput{}); err != nil {
		if ctx.Err() == nil && asked.Err() != nil {
			return fmt.Errorf("the target %s does not answer: nothing came within %v: is it an AWS endpoint, and is it up?",
				t.config.Endpoint, patience)
		}
		var answer *smithyhttp.ResponseError
		if named := smithy.APIError(nil); errors.As(err, &answer) && answer.HTTPStatusCode() != 0 && !errors.As(err, &named) {
			return fmt.Errorf("the target %s answers ListStreams with HTTP %d and not as Kinesis does: is it an AWS endpoint?",
				t.config.Endpoint, answer.HTTPStatusCode())
		}
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
	in := &kinesis.CreateStreamInput{StreamName: t.stream(name), Tags: t.tags()}
	if s.StreamMode == scenarios.OnDemand {
		in.StreamModeDetails = &kinesistypes.StreamModeDetails{StreamMode: kinesistypes.StreamModeOnDemand}
	} else {
		in.ShardCount = aws.Int32(int32(s.ShardCount))
	}
	if s.LargeRecords() {
		in.MaxRecordSizeInKiB = aws.Int32(int32(s.MaxRecordSize / scenarios.KiB))
	}
	err := t.make(ctx, kindStream, name, func(ctx context.Context) (string, error) {
		_, err := t.kinesis.CreateStream(ctx, in)
		return "", err
	})
	var exists *kinesistypes.ResourceInUseException
	if errors.As(err, &exists) {
		return t.exists("it")
	}
	if err != nil {
		return err
	}
	t.made.streams = append(t.made.streams, name)
	d, err := kinesis.NewStreamExistsWaiter(t.kinesis, func(o *kinesis.StreamExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = t.look(), 2*time.Second
	}).WaitForOutput(ctx, &kinesis.DescribeStreamInput{StreamName: t.stream(name)}, 2*time.Minute)
	if err != nil {
		return err
	}
	if t.account == "" { // set before others read it
		t.account = accountOf(aws.ToString(d.StreamDescription.StreamARN))
	}
	return t.retain(ctx, name, s)
}

// retain has a stream that was made keep its records for longer, where the scenario says so.
func (t *Target) retain(ctx context.Context, name string, s scenarios.Stream) error {
	if !s.Retained() {
		return nil
	}
	_, err := ask(ctx, t.kinesis.IncreaseStreamRetentionPeriod, &kinesis.IncreaseStreamRetentionPeriodInput{
		StreamName: t.stream(name), RetentionPeriodHours: aws.Int32(int32(s.RetentionPeriod.Std() / time.Hour)),
	})
	if err != nil {
		return fmt.Errorf("keep its records for %v: %w", s.RetentionPeriod, err)
	}
	return nil
}

// exists is the answer to something of the scenario that is there already.
func (t *Target) exists(what string) error {
	return fmt.Errorf("%s exists already at %s, and wavetank writes only to what it made: delete it, or name another in the scenario, or this one under existing",
		what, cmp.Or(t.config.Endpoint, t.config.Name))
}

func (t *Target) makeDeliveryStream(ctx context.Context, name string, d scenarios.DeliveryStream) error {
	if err := t.makeBucket(ctx, d.S3.Bucket); err != nil {
		return err
	}
	in := &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: t.deliveryStream(name), DeliveryStreamType: firehosetypes.DeliveryStreamTypeDirectPut,
	}
	if d.HTTP != nil {
		in.HttpEndpointDestinationConfiguration = t.httpDestination(name, d)
	} else {
		in.ExtendedS3DestinationConfiguration = t.s3Destination(d)
	}
	if d.Source != "" {
		summary, err := t.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: t.stream(d.Source)})
		if err != nil {
			return err
		}
		in.DeliveryStreamType = firehosetypes.DeliveryStreamTypeKinesisStreamAsSource
		in.KinesisStreamSourceConfiguration = &firehosetypes.KinesisStreamSourceConfiguration{
			KinesisStreamARN: summary.StreamDescriptionSummary.StreamARN, RoleARN: aws.String(t.deliveryStreamRole()),
		}
	}
	tags := t.tags()
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		in.Tags = append(in.Tags, firehosetypes.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	err := t.make(ctx, kindDeliveryStream, name, func(ctx context.Context) (string, error) {
		out, err := t.firehose.CreateDeliveryStream(ctx, in)
		if err != nil {
			return "", err
		}
		return aws.ToString(out.DeliveryStreamARN), nil
	})
	if err != nil {
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
		out, err := ask(ctx, t.firehose.DescribeDeliveryStream, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: t.deliveryStream(name)})
		if err != nil {
			return err
		}
		switch status := out.DeliveryStreamDescription.DeliveryStreamStatus; status {
		case firehosetypes.DeliveryStreamStatusActive:
			return nil
		case firehosetypes.DeliveryStreamStatusCreatingFailed:
			return fmt.Errorf("it is %s", status)
		}
		if err := pause(ctx, t.look()); err != nil {
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
	_, err := t.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: t.bucket(name)})
	if err == nil {
		return t.exists("bucket " + name)
	}
	if missing := (*s3types.NotFound)(nil); !errors.As(err, &missing) {
		return fmt.Errorf("look for bucket %s: %w", name, err)
	}
	in := &s3.CreateBucketInput{Bucket: t.bucket(name)}
	if t.config.Owner != nil && t.config.Region != "us-east-1" { // which S3 wants unsaid
		in.CreateBucketConfiguration = &s3types.CreateBucketConfiguration{
			LocationConstraint: s3types.BucketLocationConstraint(t.config.Region),
		}
	}
	err = t.make(ctx, kindBucket, name, func(ctx context.Context) (string, error) {
		_, err := t.s3.CreateBucket(ctx, in)
		return "", err
	})
	if err != nil {
		return fmt.Errorf("make bucket %s: %w", name, err)
	}
	t.made.buckets = append(t.made.buckets, name)
	return t.tagBucket(ctx, name)
}

// tagBucket tags a bucket that was made without: one call for both needs a permission of its own.
func (t *Target) tagBucket(ctx context.Context, name string) error {
	tags := t.tags()
	if len(tags) == 0 {
		return nil
	}
	in := &s3.PutBucketTaggingInput{Bucket: t.bucket(name), Tagging: &s3types.Tagging{}}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		in.Tagging.TagSet = append(in.Tagging.TagSet, s3types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	if _, err := t.s3.PutBucketTagging(ctx, in); err != nil {
		return fmt.Errorf("tag bucket %s: %w", name, err)
	}
	return nil
}

// look is the pause between two looks at what is being made. An account allows ten DescribeStream a second, for all.
func (t *Target) look() time.Duration {
	if t.config.Owner != nil {
		return time.Second
	}
	return 100 * time.Millisecond
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
