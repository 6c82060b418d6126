package aws

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"

	"github.com/wavetank/wavetank/scenarios"
)

// s3Destination is where a delivery stream delivers to.
func (t *Target) s3Destination(d scenarios.DeliveryStream) *types.ExtendedS3DestinationConfiguration {
	c := &types.ExtendedS3DestinationConfiguration{
		BucketARN: t.bucketARN(d), RoleARN: aws.String(t.deliveryStreamRole()),
		BufferingHints: &types.BufferingHints{
			SizeInMBs: megabytes(d.S3.BufferingHints), IntervalInSeconds: seconds(d.S3.BufferingHints.Interval),
		},
		CompressionFormat: types.CompressionFormat(d.S3.CompressionFormat),
	}
	if d.S3.Prefix != "" {
		c.Prefix = aws.String(d.S3.Prefix)
	}
	return c
}

// httpDestination is the run's receiver, with the bucket of the backup.
func (t *Target) httpDestination(name string, d scenarios.DeliveryStream) *types.HttpEndpointDestinationConfiguration {
	backup := &types.S3DestinationConfiguration{
		BucketARN: t.bucketARN(d), RoleARN: aws.String(t.deliveryStreamRole()),
		BufferingHints: &types.BufferingHints{
			SizeInMBs: megabytes(d.S3.BufferingHints), IntervalInSeconds: seconds(d.S3.BufferingHints.Interval),
		},
		CompressionFormat: types.CompressionFormat(d.S3.CompressionFormat),
	}
	if d.S3.Prefix != "" {
		backup.Prefix = aws.String(d.S3.Prefix)
	}
	h := d.HTTP
	return &types.HttpEndpointDestinationConfiguration{
		EndpointConfiguration: &types.HttpEndpointConfiguration{Url: aws.String(t.receiver.url(name)), Name: aws.String("wavetank")},
		BufferingHints: &types.HttpEndpointBufferingHints{
			SizeInMBs: megabytes(h.BufferingHints), IntervalInSeconds: seconds(h.BufferingHints.Interval),
		},
		RequestConfiguration: &types.HttpEndpointRequestConfiguration{
			ContentEncoding: types.ContentEncoding(h.RequestConfiguration.ContentEncoding),
		},
		RetryOptions:    &types.HttpEndpointRetryOptions{DurationInSeconds: seconds(h.RetryOptions.Duration)},
		RoleARN:         aws.String(t.deliveryStreamRole()),
		S3BackupMode:    types.HttpEndpointS3BackupMode(h.S3BackupMode),
		S3Configuration: backup,
	}
}

func (t *Target) bucketARN(d scenarios.DeliveryStream) *string {
	return aws.String("arn:" + t.partition() + ":s3:::" + *t.bucket(d.S3.Bucket))
}

func megabytes(h scenarios.BufferingHints) *int32 { return aws.Int32(int32(h.Size >> 20)) }

func seconds(d scenarios.Duration) *int32 { return aws.Int32(int32(d.Std() / time.Second)) }
