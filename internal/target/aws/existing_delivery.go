package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/wavetank/wavetank/scenarios"
)

// What Firehose buffers where nobody has said otherwise. AWS, API reference, BufferingHints.
const (
	defaultBufferMiB     = 5
	defaultBufferSeconds = 300
)

// checkDeliveryStream wants a delivery stream to be there as the scenario describes it, its objects to be of a form that
// can be read, and its bucket to be one that can be listed.
func (t *Target) checkDeliveryStream(ctx context.Context, name string, want scenarios.DeliveryStream) error {
	out, err := ask(ctx, t.firehose.DescribeDeliveryStream, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: &name})
	if err != nil {
		return err
	}
	d := out.DeliveryStreamDescription
	if d.DeliveryStreamStatus != types.DeliveryStreamStatusActive {
		return notReady(string(d.DeliveryStreamStatus))
	}
	found := differences{path: "pipeline.deliveryStreams." + name}
	found.compare("source", sourceOf(d), want.Source)
	if len(d.Destinations) == 0 || d.Destinations[0].ExtendedS3DestinationDescription == nil {
		return errors.New("it does not deliver to S3, and wavetank reads nothing else: take it out of the scenario")
	}
	to := d.Destinations[0].ExtendedS3DestinationDescription
	if c := to.DataFormatConversionConfiguration; c != nil && aws.ToBool(c.Enabled) {
		return errors.New("it converts records to a columnar format, which wavetank does not read: take it out of the scenario")
	}
	switch format := cmp.Or(string(to.CompressionFormat), scenarios.Uncompressed); format {
	case scenarios.Uncompressed, scenarios.Gzip:
		found.compare("s3.compressionFormat", format, want.S3.CompressionFormat)
	default:
		return fmt.Errorf("it compresses its objects as %s, which wavetank does not read: take it out of the scenario", format)
	}
	_, bucket, _ := strings.Cut(aws.ToString(to.BucketARN), ":::")
	found.compare("s3.bucket", bucket, want.S3.Bucket)
	found.compare("s3.prefix", aws.ToString(to.Prefix), want.S3.Prefix)
	size, interval := buffersOf(to.BufferingHints)
	found.compare("s3.bufferingHints.size", size.String(), want.S3.BufferingHints.Size.String())
	found.compare("s3.bufferingHints.interval", interval.String(), want.S3.BufferingHints.Interval.String())
	if err := found.err(); err != nil {
		return err
	}
	return t.listable(ctx, want.S3)
}

// sourceOf is the stream that a delivery stream reads; "" where it takes Direct PUT.
func sourceOf(d *types.DeliveryStreamDescription) string {
	if d.Source == nil || d.Source.KinesisStreamSourceDescription == nil {
		return ""
	}
	_, name, _ := strings.Cut(aws.ToString(d.Source.KinesisStreamSourceDescription.KinesisStreamARN), ":stream/")
	return name
}

func buffersOf(h *types.BufferingHints) (size scenarios.Bytes, interval scenarios.Duration) {
	mebibytes, seconds := int32(defaultBufferMiB), int32(defaultBufferSeconds)
	if h != nil && h.SizeInMBs != nil {
		mebibytes = *h.SizeInMBs
	}
	if h != nil && h.IntervalInSeconds != nil {
		seconds = *h.IntervalInSeconds
	}
	return scenarios.Bytes(mebibytes) * scenarios.MiB, scenarios.Duration(time.Duration(seconds) * time.Second)
}

// listable wants a bucket that can be listed: what is delivered is seen in no other way.
func (t *Target) listable(ctx context.Context, to scenarios.S3Destination) error {
	_, err := ask(ctx, t.s3.ListObjectsV2, &s3.ListObjectsV2Input{
		Bucket: &to.Bucket, Prefix: aws.String(staticPrefix(to.Prefix)), MaxKeys: aws.Int32(1),
	})
	if err != nil {
		return fmt.Errorf("list its bucket %s: %w", to.Bucket, err)
	}
	return nil
}

// staticPrefix is the part of a prefix before its first expression.
func staticPrefix(prefix string) string {
	before, _, _ := strings.Cut(prefix, "!{")
	return before
}
