package server

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdkfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

const place = "ap-northeast-1"

// deliveries is an observer that hands over what has been delivered.
type deliveries chan firehose.Delivery

func (deliveries) Put(time.Time, string, []record.Record, []bool) {}

func (d deliveries) Delivered(one firehose.Delivery) {
	one.Records = nil
	d <- one
}

// firehoseServer serves a world with the bucket clicks and the stream click-stream in Tokyo.
func firehoseServer(t *testing.T, hook fault.Hook) (*httptest.Server, *simulator.World, deliveries) {
	t.Helper()
	wall := clock.NewWall()
	t.Cleanup(wall.Stop)
	seen := make(deliveries, 16)
	worlds := simulator.New(simulator.Config{Clock: wall, Firehose: firehose.Config{Observer: seen}})
	world := worlds.World("123456789012", place)
	name, one := "click-stream", int32(1)
	err := errors.Join(
		world.Objects.CreateBucket(wall.Now(), "clicks"),
		world.Kinesis.CreateStream(kinesis.CreateStreamInput{StreamName: &name, ShardCount: &one}),
	)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(New(Config{AWS: worlds, Faults: hook}))
	t.Cleanup(s.Close)
	return s, world, seen
}

func firehoseClient(s *httptest.Server) *sdkfirehose.Client {
	return sdkfirehose.New(sdkfirehose.Options{
		Region:       place,
		BaseEndpoint: aws.String(s.URL),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer:      aws.NopRetryer{},
		HTTPClient:   httpclient.New(s.Client().Transport),
	})
}

func destination(seconds int32, format types.CompressionFormat) *types.ExtendedS3DestinationConfiguration {
	return &types.ExtendedS3DestinationConfiguration{
		RoleARN: aws.String("arn:aws:iam::123456789012:role/r"), BucketARN: aws.String("arn:aws:s3:::clicks"), Prefix: aws.String("p/"),
		BufferingHints:    &types.BufferingHints{SizeInMBs: aws.Int32(1), IntervalInSeconds: aws.Int32(seconds)},
		CompressionFormat: format,
	}
}

func TestFirehoseWithTheSDK(t *testing.T) {
	server, world, seen := firehoseServer(t, nil)
	c, ctx := firehoseClient(server), t.Context()
	name := aws.String("clicks-to-s3")
	made, err := c.CreateDeliveryStream(ctx, &sdkfirehose.CreateDeliveryStreamInput{DeliveryStreamName: name, ExtendedS3DestinationConfiguration: destination(900, types.CompressionFormatGzip)})
	if err != nil || *made.DeliveryStreamARN != "arn:aws:firehose:ap-northeast-1:123456789012:deliverystream/clicks-to-s3" {
		t.Fatalf("%+v, %v", made, err)
	}
	_, err = c.CreateDeliveryStream(ctx, &sdkfirehose.CreateDeliveryStreamInput{DeliveryStreamName: name, ExtendedS3DestinationConfiguration: destination(900, "")})
	if inUse := (*types.ResourceInUseException)(nil); !errors.As(err, &inUse) {
		t.Errorf("twice: %v", err)
	}
	desc, err := c.DescribeDeliveryStream(ctx, &sdkfirehose.DescribeDeliveryStreamInput{DeliveryStreamName: name})
	if err != nil {
		t.Fatal(err)
	}
	d := desc.DeliveryStreamDescription
	if d.DeliveryStreamStatus != types.DeliveryStreamStatusActive || *d.Destinations[0].ExtendedS3DestinationDescription.BufferingHints.IntervalInSeconds != 900 || d.CreateTimestamp.Year() < 2026 {
		t.Errorf("%+v", d)
	}

	data := bytes.Repeat([]byte("x"), 1<<18)
	batch, err := c.PutRecordBatch(ctx, &sdkfirehose.PutRecordBatchInput{DeliveryStreamName: name, Records: []types.Record{{Data: data}, {Data: data}, {Data: []byte{}}, {Data: data}}})
	if err != nil || *batch.FailedPutCount != 0 || len(batch.RequestResponses) != 4 || aws.ToString(batch.RequestResponses[2].RecordId) == "" {
		t.Fatalf("%+v, %v", batch, err)
	}
	// 262,144 of 1 MiB a second are left: one record of the two fits.
	batch, err = c.PutRecordBatch(ctx, &sdkfirehose.PutRecordBatchInput{DeliveryStreamName: name, Records: []types.Record{{Data: data}, {Data: data}}})
	if err != nil || *batch.FailedPutCount != 1 || *batch.RequestResponses[1].ErrorCode != "ServiceUnavailableException" || *batch.RequestResponses[1].ErrorMessage != "Slow down." {
		t.Fatalf("%+v, %v", batch, err)
	}
	_, err = c.PutRecord(ctx, &sdkfirehose.PutRecordInput{DeliveryStreamName: name, Record: &types.Record{Data: bytes.Repeat(data, 3)}})
	if slow := (*types.ServiceUnavailableException)(nil); !errors.As(err, &slow) {
		t.Errorf("over the limit: %v", err)
	}

	one := <-seen // 1 MiB is reached
	o, err := world.Objects.Get("clicks", one.Key)
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := gzip.NewReader(bytes.NewReader(o.Body))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(zipped); err != nil || !bytes.Equal(body, bytes.Repeat(data, 4)) {
		t.Errorf("%d bytes delivered, %v", len(body), err)
	}

	list, err := c.ListDeliveryStreams(ctx, &sdkfirehose.ListDeliveryStreamsInput{})
	if err != nil || len(list.DeliveryStreamNames) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := c.DeleteDeliveryStream(ctx, &sdkfirehose.DeleteDeliveryStreamInput{DeliveryStreamName: name}); err != nil {
		t.Error(err)
	}
	_, err = c.DescribeDeliveryStream(ctx, &sdkfirehose.DescribeDeliveryStreamInput{DeliveryStreamName: name})
	if gone := (*types.ResourceNotFoundException)(nil); !errors.As(err, &gone) {
		t.Errorf("after it was deleted: %v", err)
	}
	_, err = c.UpdateDestination(ctx, &sdkfirehose.UpdateDestinationInput{DeliveryStreamName: name, CurrentDeliveryStreamVersionId: aws.String("1"), DestinationId: aws.String("d")})
	wantCode(t, "not offered", err, "UnknownOperationException")
	if err != nil && !strings.Contains(err.Error(), "wavetank does not offer firehose UpdateDestination") {
		t.Errorf("the answer does not name the operation: %v", err)
	}
}

func TestFirehoseFaults(t *testing.T) {
	share := 0.0
	server, _, _ := firehoseServer(t, func(_ time.Time, r fault.Request) fault.Action {
		if r.Service != "firehose" || r.Resource != "d" && r.Resource != "" {
			t.Errorf("the hook saw %+v", r)
		}
		if r.Operation == "ListDeliveryStreams" {
			return fault.Action{Err: &fault.Error{Code: "ServiceUnavailableException", Message: "out"}}
		}
		return fault.Action{Share: share}
	})
	c, ctx := firehoseClient(server), t.Context()
	if _, err := c.CreateDeliveryStream(ctx, &sdkfirehose.CreateDeliveryStreamInput{DeliveryStreamName: aws.String("d"), ExtendedS3DestinationConfiguration: destination(60, "")}); err != nil {
		t.Fatal(err)
	}
	_, err := c.ListDeliveryStreams(ctx, &sdkfirehose.ListDeliveryStreamsInput{})
	wantCode(t, "injected", err, "ServiceUnavailableException")
	in := &sdkfirehose.PutRecordBatchInput{DeliveryStreamName: aws.String("d")}
	for range 500 {
		in.Records = append(in.Records, types.Record{Data: []byte("x")})
	}
	for _, s := range []float64{0, 0.3, 1} {
		share = s
		out, err := c.PutRecordBatch(ctx, in)
		if err != nil || float64(*out.FailedPutCount) < 400*s || float64(*out.FailedPutCount) > 600*s {
			t.Errorf("a share of %v refused %d of 500, %v", s, *out.FailedPutCount, err)
		}
	}
	_, err = c.PutRecord(ctx, &sdkfirehose.PutRecordInput{DeliveryStreamName: aws.String("d"), Record: &types.Record{Data: []byte("x")}})
	wantCode(t, "the whole share", err, "ServiceUnavailableException")
}

func TestFirehoseBadRequests(t *testing.T) {
	server, _, _ := firehoseServer(t, nil)
	tests := []struct{ name, operation, body, want string }{
		{"no JSON", "PutRecord", `{`, "SerializationException"},
		{"a number for a name", "PutRecord", `{"DeliveryStreamName": 1}`, "SerializationException"},
		{"no base64", "PutRecord", `{"DeliveryStreamName": "d", "Record": {"Data": "?"}}`, "SerializationException"},
		{"no record", "PutRecord", `{"DeliveryStreamName": "d"}`, "ValidationException"},
		{"no operation", "", `{}`, "UnknownOperationException"},
		{"tags", "TagDeliveryStream", `{}`, "UnknownOperationException"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Amz-Target", "Firehose_20150804."+tt.operation)
			req.Header.Set("Content-Type", "application/x-amz-json-1.1")
			req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AK/20261124/ap-northeast-1/firehose/aws4_request, SignedHeaders=host, Signature=0")
			req.Header.Set("X-Amz-Date", "20261124T000000Z")
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), `"__type":"`+tt.want+`"`) {
				t.Errorf("%d %s, want 400 %s", resp.StatusCode, body, tt.want)
			}
		})
	}
}
