package server

import (
	"bytes"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// start serves an AWS with the stream s of 16 shards in eu-west-1 and returns a real client of it.
func start(t *testing.T, cfg Config) *sdk.Client {
	t.Helper()
	h := newServer(t, kinesis.Limits{})
	cfg.AWS = h.cfg.AWS
	srv := httptest.NewServer(New(cfg))
	t.Cleanup(srv.Close)
	return newClient(srv.URL, "AKIDEXAMPLE")
}

// TestRealClient walks through every operation with the real client.
func TestRealClient(t *testing.T) {
	client, ctx := start(t, Config{}), t.Context()
	name := aws.String("clicks")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.CreateStream(ctx, &sdk.CreateStreamInput{StreamName: name, StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}})
	must(err)
	must(sdk.NewStreamExistsWaiter(client).Wait(ctx, &sdk.DescribeStreamInput{StreamName: name}, time.Minute))

	summary, err := client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: name})
	must(err)
	d := summary.StreamDescriptionSummary
	if *d.OpenShardCount != 4 || d.StreamStatus != types.StreamStatusActive || *d.StreamARN != "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks" ||
		d.StreamModeDetails.StreamMode != types.StreamModeOnDemand || *d.RetentionPeriodHours != 24 || time.Since(*d.StreamCreationTimestamp) > time.Hour {
		t.Errorf("summary %+v", d)
	}
	listed, err := client.ListStreams(ctx, &sdk.ListStreamsInput{})
	must(err)
	if len(listed.StreamNames) != 2 || *listed.StreamSummaries[0].StreamName != "clicks" {
		t.Errorf("streams %v", listed.StreamNames)
	}
	described, err := client.DescribeStream(ctx, &sdk.DescribeStreamInput{StreamARN: d.StreamARN})
	must(err)
	if n := len(described.StreamDescription.Shards); n != 4 || *described.StreamDescription.HasMoreShards {
		t.Errorf("%d shards are described", n)
	}

	one, err := client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: name, Data: []byte{}, PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("0")})
	must(err)
	var entries []types.PutRecordsRequestEntry
	for i := range 20 {
		entries = append(entries, types.PutRecordsRequestEntry{Data: fmt.Appendf(nil, "record %d \x00\xff", i), PartitionKey: aws.String(fmt.Sprintf("ключ \"%d\"", i))})
	}
	many, err := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamARN: d.StreamARN, Records: entries})
	must(err)
	if *many.FailedRecordCount != 0 || *one.ShardId != "shardId-000000000000" {
		t.Errorf("put %+v and %+v", one, many)
	}

	shards, err := client.ListShards(ctx, &sdk.ListShardsInput{StreamName: name, ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}})
	must(err)
	seen := map[string]types.Record{}
	for _, shard := range shards.Shards {
		it, err := client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{StreamName: name, ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
		must(err)
		out, err := client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: it.ShardIterator})
		must(err)
		for _, r := range out.Records {
			seen[*r.SequenceNumber] = r
		}
		if *out.MillisBehindLatest != 0 || out.NextShardIterator == nil {
			t.Errorf("%s: %d ms behind", *shard.ShardId, *out.MillisBehindLatest)
		}
	}
	if len(seen) != 21 || len(seen[*one.SequenceNumber].Data) != 0 {
		t.Errorf("%d records were read", len(seen))
	}
	for i, r := range many.Records {
		got := seen[*r.SequenceNumber]
		if !bytes.Equal(got.Data, entries[i].Data) || *got.PartitionKey != *entries[i].PartitionKey || time.Since(*got.ApproximateArrivalTimestamp) > time.Minute {
			t.Errorf("record %d came back as %+v", i, got)
		}
	}
	_, err = client.DeleteStream(ctx, &sdk.DeleteStreamInput{StreamName: name})
	must(err)
	var missing *types.ResourceNotFoundException
	_, err = client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: name})
	if !errors.As(err, &missing) || *missing.Message != "Stream clicks under account 123456789012 not found." {
		t.Errorf("after the deletion: %v", err)
	}
}

// TestThrottledRecords: what is over the shard's limit is refused record by record, with AWS's words, and a whole read or
// put is an exception that the client knows.
func TestThrottledRecords(t *testing.T) {
	client, ctx := start(t, Config{}), t.Context()
	name, key := aws.String("s"), aws.String("0")
	entries := make([]types.PutRecordsRequestEntry, 500)
	for i := range entries {
		entries[i] = types.PutRecordsRequestEntry{Data: []byte("x"), PartitionKey: aws.String("k"), ExplicitHashKey: key}
	}
	failed, first := 0, types.PutRecordsResultEntry{}
	for failed == 0 {
		out, err := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: name, Records: entries})
		if err != nil {
			t.Fatal(err)
		}
		failed = int(*out.FailedRecordCount)
		first = out.Records[len(out.Records)-1]
		if len(out.Records) != 500 {
			t.Fatalf("%d results", len(out.Records))
		}
	}
	if *first.ErrorCode != "ProvisionedThroughputExceededException" || first.SequenceNumber != nil || first.ShardId != nil ||
		*first.ErrorMessage != "Rate exceeded for shard shardId-000000000000 in stream s under account 123456789012." {
		t.Errorf("a refused record: %s: %s", *first.ErrorCode, *first.ErrorMessage)
	}
	it, err := client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{StreamName: name, ShardId: aws.String("shardId-000000000000"), ShardIteratorType: types.ShardIteratorTypeLatest})
	for range 50 {
		if err != nil {
			break
		}
		_, err = client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: it.ShardIterator})
	}
	var slow *types.ProvisionedThroughputExceededException
	if !errors.As(err, &slow) || slow.ErrorMessage() != *first.ErrorMessage {
		t.Errorf("fifty reads at once: %v", err)
	}
	if id, ok := awsmiddleware.GetRequestIDMetadata(mustMetadata(t, client)); !ok || len(id) != 36 {
		t.Errorf("request id %q", id)
	}
}

// TestWorldsAreSeparate: the account is the access key id where that is 12 digits, the region is the signature's; neither
// sees the other's streams.
func TestWorldsAreSeparate(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	count := func(key, region string) int {
		out, err := newClient(srv.URL, key).ListStreams(t.Context(), &sdk.ListStreamsInput{}, func(o *sdk.Options) { o.Region = region })
		if err != nil {
			t.Fatal(err)
		}
		return len(out.StreamNames)
	}
	tests := []struct {
		name, key, region string
		want              int
	}{
		{"the default account", "AKIDEXAMPLE", "eu-west-1", 1},
		{"its number as the key", "123456789012", "eu-west-1", 1},
		{"another region", "AKIDEXAMPLE", "us-east-1", 0},
		{"another account", "111122223333", "eu-west-1", 0},
		{"a number of 13 digits is no account", "1111222233334", "eu-west-1", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := count(tt.key, tt.region); got != tt.want {
				t.Errorf("%d streams, want %d", got, tt.want)
			}
		})
	}
}
