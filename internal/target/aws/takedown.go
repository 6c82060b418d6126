package aws

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// made is what Deploy made, by name, so that Close deletes that and nothing else.
type made struct {
	streams, functions, deliveryStreams, buckets, mappings []string

	fannedOut []string // streams with consumers, which go with them
}

// takeDown deletes what was made. It goes on after an error and returns the first.
func (t *Target) takeDown(ctx context.Context) error {
	var errs []error
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	for _, id := range t.made.mappings {
		_, err := t.lambda.DeleteEventSourceMapping(ctx, &lambda.DeleteEventSourceMappingInput{UUID: aws.String(id)})
		note(err)
	}
	for _, name := range t.made.functions {
		_, err := t.lambda.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: t.function(name)})
		note(err)
	}
	for _, name := range t.made.deliveryStreams {
		_, err := t.firehose.DeleteDeliveryStream(ctx, &firehose.DeleteDeliveryStreamInput{DeliveryStreamName: t.deliveryStream(name)})
		note(err)
	}
	for _, name := range t.made.streams {
		_, err := t.kinesis.DeleteStream(ctx, t.deletion(name))
		note(err)
	}
	for _, name := range t.made.buckets {
		note(t.deleteBucket(ctx, *t.bucket(name)))
	}
	t.made = made{}
	if len(errs) > 0 {
		return fmt.Errorf("take the pipeline down at %s: %w", t.config.Endpoint, errs[0])
	}
	return nil
}

// deletion is the request that deletes a stream, with the consumers that were registered with it.
func (t *Target) deletion(stream string) *kinesis.DeleteStreamInput {
	in := &kinesis.DeleteStreamInput{StreamName: t.stream(stream)}
	if slices.Contains(t.made.fannedOut, stream) {
		in.EnforceConsumerDeletion = aws.Bool(true)
	}
	return in
}

// deleteBucket empties a bucket that Deploy made and deletes it, again where an object came between the two: a delivery on
// its way outlives its delivery stream. After ten seconds of that the bucket is somebody else's, too, and stays.
func (t *Target) deleteBucket(ctx context.Context, name string) error {
	for again := 0; ; again++ {
		err := t.emptyAndDelete(ctx, name)
		var answer smithy.APIError
		if again == 40 || !errors.As(err, &answer) || answer.ErrorCode() != "BucketNotEmpty" || pause(ctx, 250*time.Millisecond) != nil {
			return err
		}
	}
}

func (t *Target) emptyAndDelete(ctx context.Context, name string) error {
	pages := s3.NewListObjectsV2Paginator(t.s3, &s3.ListObjectsV2Input{Bucket: aws.String(name)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		objects := make([]types.ObjectIdentifier, 0, len(page.Contents))
		for i := range page.Contents {
			objects = append(objects, types.ObjectIdentifier{Key: page.Contents[i].Key})
		}
		stay, err := t.deleteObjects(ctx, name, objects)
		if err != nil {
			return err
		}
		if len(stay) > 0 {
			return fmt.Errorf("delete s3://%s/%s: %s: %s",
				name, aws.ToString(stay[0].Key), aws.ToString(stay[0].Code), aws.ToString(stay[0].Message))
		}
	}
	_, err := t.s3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String(name)})
	return err
}

// deleteObjects deletes up to 1,000 objects of a bucket of that name at the endpoint, and returns those that stay, each with
// the reason.
func (t *Target) deleteObjects(ctx context.Context, name string, objects []types.ObjectIdentifier) ([]types.Error, error) {
	if len(objects) == 0 {
		return nil, nil
	}
	out, err := t.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: aws.String(name), Delete: &types.Delete{Objects: objects, Quiet: aws.Bool(true)},
	})
	if err != nil {
		return nil, err
	}
	return out.Errors, nil
}
