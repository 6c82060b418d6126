package conformance

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// delivery is a delivery stream and the bucket it delivers to.
type delivery struct{ name, bucket string }

// hints are buffering hints: MiB and seconds.
func hints(size, interval int32) *types.BufferingHints {
	return &types.BufferingHints{SizeInMBs: &size, IntervalInSeconds: &interval}
}

// configure changes the request that makes a delivery stream.
type configure func(*firehose.CreateDeliveryStreamInput, *types.ExtendedS3DestinationConfiguration)

// deliveryStream makes a bucket and a delivery stream to it, and waits until that is ACTIVE.
func (b *bench) deliveryStream(ctx context.Context, set configure) (delivery, error) {
	d, err := b.newDeliveryStream(ctx, set)
	if err != nil {
		return d, err
	}
	return d, at("wait for ACTIVE", until(ctx, func() (bool, error) {
		status, err := b.deliveryStatus(ctx, d.name)
		return status == types.DeliveryStreamStatusActive, err
	}))
}

// newDeliveryStream is deliveryStream without the wait.
func (b *bench) newDeliveryStream(ctx context.Context, set configure) (delivery, error) {
	bucket, err := b.bucket(ctx)
	if err != nil {
		return delivery{}, err
	}
	d := delivery{name: b.name("flow"), bucket: bucket}
	role, err := b.roleARN(ctx, DeliveryStreamRole)
	if err != nil {
		return d, at("CreateRole", err)
	}
	to := &types.ExtendedS3DestinationConfiguration{RoleARN: role, BucketARN: aws.String("arn:" + b.partition() + ":s3:::" + bucket)}
	in := &firehose.CreateDeliveryStreamInput{DeliveryStreamName: &d.name, ExtendedS3DestinationConfiguration: to}
	if set != nil {
		set(in, to)
	}
	for key, value := range b.tags() {
		in.Tags = append(in.Tags, types.Tag{Key: &key, Value: &value})
	}
	err = patient(ctx, func() error {
		return b.make(ctx, DeliveryStream, d.name, func(ctx context.Context) (string, error) {
			out, err := b.firehose.CreateDeliveryStream(ctx, in)
			if err != nil {
				return "", err
			}
			return aws.ToString(out.DeliveryStreamARN), nil
		})
	})
	if err != nil {
		return d, at("CreateDeliveryStream", err)
	}
	b.made("delivery stream "+d.name, func(ctx context.Context) error {
		_, err := b.firehose.DeleteDeliveryStream(ctx, &firehose.DeleteDeliveryStreamInput{DeliveryStreamName: &d.name})
		return err
	})
	return d, nil
}

// direct is a delivery stream with these hints.
func (b *bench) direct(ctx context.Context, h *types.BufferingHints) (delivery, error) {
	return b.deliveryStream(ctx, func(_ *firehose.CreateDeliveryStreamInput, to *types.ExtendedS3DestinationConfiguration) {
		to.BufferingHints = h
	})
}

func (b *bench) deliveryStatus(ctx context.Context, name string) (types.DeliveryStreamStatus, error) {
	var out *firehose.DescribeDeliveryStreamOutput
	err := patient(ctx, func() (err error) {
		out, err = b.firehose.DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: &name})
		return err
	})
	if err == nil && out.DeliveryStreamDescription == nil {
		err = errOther
	}
	if err != nil {
		return "", at("DescribeDeliveryStream", err)
	}
	return out.DeliveryStreamDescription.DeliveryStreamStatus, nil
}

// hand puts records into a delivery stream as one call and returns the results.
func (b *bench) hand(ctx context.Context, name string, data ...[]byte) ([]types.PutRecordBatchResponseEntry, error) {
	list := make([]types.Record, len(data))
	for i := range data {
		list[i].Data = data[i]
	}
	out, err := b.firehose.PutRecordBatch(ctx, &firehose.PutRecordBatchInput{DeliveryStreamName: &name, Records: list})
	switch {
	case err != nil:
		return nil, at("PutRecordBatch", err)
	case len(out.RequestResponses) != len(data):
		return nil, at("PutRecordBatch", errOther)
	}
	return out.RequestResponses, nil
}

// chunk are n records of so many KiB each that do not compress to nothing.
func chunk(n, size int) [][]byte {
	list := make([][]byte, n)
	for i := range list {
		list[i] = make([]byte, size<<10)
		for j := range list[i] {
			list[i][j] = byte(j*j*31 + j>>8 + i)
		}
	}
	return list
}

// arrive waits until a bucket has an object, for so long at most, and returns the list; an empty one says that none came.
func (b *bench) arrive(ctx context.Context, bucket string, patience time.Duration) ([]s3types.Object, error) {
	end := time.Now().Add(patience)
	for {
		list, err := b.objects(ctx, bucket)
		if err != nil || len(list) > 0 || time.Now().After(end) {
			return list, err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}
