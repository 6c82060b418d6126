package server

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	sdks3 "github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// channelWorld serves an AWS with the on-demand stream clicks and the bucket clicks in eu-west-1.
func channelWorld(t *testing.T, model kinesis.Model) (*sdk.Client, *sdks3.Client) {
	t.Helper()
	wall := clock.NewWall()
	t.Cleanup(wall.Stop)
	worlds := simulator.New(simulator.Config{Clock: wall, Kinesis: kinesis.Config{Model: model}})
	world := worlds.World("123456789012", "eu-west-1")
	if err := world.Objects.CreateBucket(wall.Now(), "clicks"); err != nil {
		t.Fatal(err)
	}
	err := world.Kinesis.CreateStream(kinesis.CreateStreamInput{
		StreamName: aws.String("clicks"), StreamModeDetails: &kinesis.StreamModeDetails{StreamMode: aws.String("ON_DEMAND")},
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(New(Config{AWS: worlds}))
	t.Cleanup(srv.Close)
	return newClient(srv.URL, "AKIDEXAMPLE"), s3Client(srv, "eu-west-1")
}

const arnOfClicks = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"

func newChannelInput() *sdk.CreateChannelInput {
	return &sdk.CreateChannelInput{
		ChannelName: aws.String("to-s3"), ServiceExecutionRoleARN: aws.String("arn:aws:iam::123456789012:role/delivery"),
		StreamConfigurationList: []types.ChannelStreamConfiguration{{
			StreamARN: aws.String(arnOfClicks), RecordConfiguration: &types.RecordConfiguration{RecordFormatType: types.RecordFormatTypeJson},
		}},
		S3DestinationConfiguration: &types.S3DestinationConfiguration{
			StorageConfiguration: &types.S3StorageConfiguration{
				BucketARN: aws.String("arn:aws:s3:::clicks"), ExpectedBucketOwner: aws.String("123456789012"),
				CompressionType: types.S3CompressionTypeNone, StorageClass: types.S3StorageClassGlacierIr, OutputKeyTemplate: aws.String("in/!{channel-name}!{extension}"),
			},
		},
		Tags: map[string]string{"team": "orders"},
	}
}

// TestClientDeliversByAChannel: the real client makes a channel, puts, finds the object, changes the channel, lists it and
// deletes it, and no process is left.
func TestClientDeliversByAChannel(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("deliver", func(t *testing.T) {
		client, s3 := channelWorld(t, kinesis.Model{ChannelRead: 5 * time.Millisecond, ChannelObject: 1, ChannelCreating: 20 * time.Millisecond})
		ctx := t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		made, err := client.CreateChannel(ctx, newChannelInput())
		must(err)
		d := made.ChannelDescription
		if d.ChannelStatus != types.ChannelStatusCreating || *d.S3DestinationConfiguration.DataFreshnessInSeconds != 300 ||
			*d.LoggingConfiguration.CloudWatchLogs.Enabled || time.Since(*d.StreamConfigurationList[0].StreamCreationTimestamp) > time.Minute {
			t.Errorf("made %+v", d)
		}
		for d.ChannelStatus != types.ChannelStatusActive {
			described, err := client.DescribeChannel(ctx, &sdk.DescribeChannelInput{ChannelARN: d.ChannelARN})
			if throttled := (*types.LimitExceededException)(nil); errors.As(err, &throttled) {
				continue
			}
			must(err)
			d = described.ChannelDescription
		}
		_, err = client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: aws.String("clicks"), Data: []byte(`{"n":1}`), PartitionKey: aws.String("k")})
		must(err)
		if body := firstObject(t, s3, "in/to-s3.json-000000-"); body != `{"n":1}` {
			t.Errorf("delivered %q", body)
		}
		summary, err := client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: aws.String("clicks")})
		must(err)
		limits, err := client.DescribeLimits(ctx, &sdk.DescribeLimitsInput{})
		must(err)
		if *summary.StreamDescriptionSummary.ChannelCount != 1 || *limits.ChannelCount != 1 || *limits.ChannelCountLimit != 100 {
			t.Errorf("counted %d and %d of %d", *summary.StreamDescriptionSummary.ChannelCount, *limits.ChannelCount, *limits.ChannelCountLimit)
		}
		updated, err := client.UpdateChannel(ctx, &sdk.UpdateChannelInput{
			ChannelARN: d.ChannelARN, S3DestinationConfiguration: &types.S3DestinationUpdateInput{DataFreshnessInSeconds: aws.Int32(900)},
		})
		must(err)
		if *updated.ChannelDescription.S3DestinationConfiguration.DataFreshnessInSeconds != 900 {
			t.Errorf("updated %+v", updated.ChannelDescription)
		}
		tags, err := client.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceARN: d.ChannelARN})
		must(err)
		listed, err := client.ListChannels(ctx, &sdk.ListChannelsInput{StreamFilter: []types.StreamFilter{{StreamARN: aws.String(arnOfClicks)}}})
		must(err)
		if len(tags.Tags) != 1 || len(listed.ChannelSummaries) != 1 || *listed.ChannelSummaries[0].ChannelARN != *d.ChannelARN ||
			listed.ChannelSummaries[0].ChannelDestinationType != types.ChannelDestinationTypeS3 || *listed.ChannelSummaries[0].Streams[0].StreamARN != arnOfClicks {
			t.Errorf("listed %+v, tags %+v", listed.ChannelSummaries, tags.Tags)
		}
		_, err = client.DeleteStream(ctx, &sdk.DeleteStreamInput{StreamName: aws.String("clicks")})
		if used := (*types.ResourceInUseException)(nil); !errors.As(err, &used) {
			t.Errorf("the stream is deleted with its channel: %v", err)
		}
		_, err = client.DeleteChannel(ctx, &sdk.DeleteChannelInput{ChannelARN: d.ChannelARN})
		must(err)
		listed, err = client.ListChannels(ctx, &sdk.ListChannelsInput{})
		must(err)
		if len(listed.ChannelSummaries) != 0 {
			t.Errorf("listed when it is gone: %+v", listed.ChannelSummaries)
		}
	})
}

// firstObject waits until an object whose key begins so is in the bucket clicks, and gives its body.
func firstObject(t *testing.T, client *sdks3.Client, prefix string) string {
	t.Helper()
	for t.Context().Err() == nil {
		listed, err := client.ListObjectsV2(t.Context(), &sdks3.ListObjectsV2Input{Bucket: aws.String("clicks"), Prefix: aws.String(prefix)})
		if err != nil {
			t.Fatal(err)
		}
		if len(listed.Contents) == 0 {
			continue
		}
		out, err := client.GetObject(t.Context(), &sdks3.GetObjectInput{Bucket: aws.String("clicks"), Key: listed.Contents[0].Key})
		if err != nil {
			t.Fatal(err)
		}
		if out.StorageClass != s3types.StorageClassGlacierIr || listed.Contents[0].StorageClass != s3types.ObjectStorageClassGlacierIr {
			t.Errorf("the object is %q, and listed as %q", out.StorageClass, listed.Contents[0].StorageClass)
		}
		body, err := io.ReadAll(out.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	return ""
}

// TestClientIsToldWhatChannelsAreNotEmulated: by the name of the member.
func TestClientIsToldWhatChannelsAreNotEmulated(t *testing.T) {
	client, _ := channelWorld(t, kinesis.Model{})
	in := newChannelInput()
	in.S3DestinationConfiguration = nil
	in.S3TablesDestinationConfiguration = &types.S3TablesDestinationConfiguration{
		DeadLetterQueueS3Configuration: &types.DeadLetterQueueS3Configuration{BucketARN: aws.String("arn:aws:s3:::dead"), ExpectedBucketOwner: aws.String("123456789012")},
		S3TablesConfigurationList: []types.S3TablesConfiguration{{
			CompressionType: types.S3TablesCompressionTypeNone, Namespace: aws.String("n"), TableName: aws.String("t"),
			TableBucketARN: aws.String("arn:aws:s3tables:eu-west-1:123456789012:bucket/tables"),
		}},
	}
	_, err := client.CreateChannel(t.Context(), in)
	var invalid *types.InvalidArgumentException
	if !errors.As(err, &invalid) || !strings.Contains(*invalid.Message, "wavetank does not emulate S3TablesDestinationConfiguration") {
		t.Errorf("S3 Tables: %v", err)
	}
}

// TestChannelCallsAreThrottled: five a second of each operation.
func TestChannelCallsAreThrottled(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	for _, operation := range []string{"CreateChannel", "UpdateChannel", "DeleteChannel", "DescribeChannel", "ListChannels"} {
		refused := 0
		for range 40 {
			if strings.Contains(ask(h, "POST", kinesisTarget+operation, `{}`).Body.String(), "LimitExceededException") {
				refused++
			}
		}
		if refused < 30 {
			t.Errorf("of 40 %s at once %d were refused", operation, refused)
		}
	}
}
