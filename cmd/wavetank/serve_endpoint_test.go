package main

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/receiver"
)

// TestServeDeliversToAnEndpoint makes a delivery stream with the SDK that posts to an HTTP endpoint of this machine.
func TestServeDeliversToAnEndpoint(t *testing.T) {
	defer goleak.VerifyNone(t)
	came := make(chan *receiver.Request, 1)
	endpoint := httptest.NewServer(receiver.New(receiver.Config{
		AccessKey: "secret",
		Receive:   func(r *receiver.Request) receiver.Reply { came <- r; return receiver.Reply{} },
	}))
	defer endpoint.Close()
	s := start(t, nil)
	defer s.stop()
	config := s.config("us-east-1", "any")
	objects := s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := objects.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("backup")}); err != nil {
		t.Fatal(err)
	}
	client := firehose.NewFromConfig(config)
	name := aws.String("to-endpoint")
	if _, err := client.CreateDeliveryStream(t.Context(), &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: name,
		HttpEndpointDestinationConfiguration: &types.HttpEndpointDestinationConfiguration{
			EndpointConfiguration: &types.HttpEndpointConfiguration{Url: &endpoint.URL, AccessKey: aws.String("secret")},
			BufferingHints:        &types.HttpEndpointBufferingHints{SizeInMBs: aws.Int32(1), IntervalInSeconds: aws.Int32(1)},
			RoleARN:               aws.String("arn:aws:iam::123456789012:role/any"),
			S3Configuration: &types.S3DestinationConfiguration{
				BucketARN: aws.String("arn:aws:s3:::backup"), RoleARN: aws.String("arn:aws:iam::123456789012:role/any"),
			},
		},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutRecord(t.Context(), &firehose.PutRecordInput{
		DeliveryStreamName: name, Record: &types.Record{Data: []byte("hello")},
	}); err != nil {
		t.Fatal(err)
	}
	got := <-came
	if len(got.Records) != 1 || string(got.Records[0].Data) != "hello" || got.SourceARN != "arn:aws:firehose:us-east-1:123456789012:deliverystream/to-endpoint" {
		t.Errorf("%+v", got)
	}
}
