package server

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

const half = "170141183460469231731687303715884105728" // 2^127

// TestReshardingWithTheSDK splits and merges as a program does: ask, wait until the stream is ACTIVE, look at its shards, and
// follow a closed shard to its children.
func TestReshardingWithTheSDK(t *testing.T) {
	client, ctx := start(t, Config{}), t.Context()
	name := aws.String("clicks")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	open := func(want ...string) {
		t.Helper()
		must(sdk.NewStreamExistsWaiter(client).Wait(ctx, &sdk.DescribeStreamInput{StreamName: name}, time.Minute))
		out, err := client.ListShards(ctx, &sdk.ListShardsInput{StreamName: name, ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}})
		must(err)
		var got []string
		for _, sh := range out.Shards {
			got = append(got, *sh.ShardId)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the open shards are %v, want %v", got, want)
		}
	}
	_, err := client.CreateStream(ctx, &sdk.CreateStreamInput{StreamName: name, ShardCount: aws.Int32(1)})
	must(err)
	put, err := client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: name, Data: []byte("before"), PartitionKey: aws.String("k")})
	must(err)
	_, err = client.SplitShard(ctx, &sdk.SplitShardInput{StreamName: name, ShardToSplit: put.ShardId, NewStartingHashKey: aws.String(half)})
	must(err)
	open("shardId-000000000001", "shardId-000000000002")

	it, err := client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{StreamName: name, ShardId: put.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
	must(err)
	got, err := client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: it.ShardIterator})
	must(err)
	if len(got.Records) != 1 || got.NextShardIterator != nil || len(got.ChildShards) != 2 || got.ChildShards[1].ParentShards[0] != *put.ShardId {
		t.Errorf("the split shard ends with %+v", got)
	}

	_, err = client.MergeShards(ctx, &sdk.MergeShardsInput{
		StreamName: name, ShardToMerge: aws.String("shardId-000000000001"), AdjacentShardToMerge: aws.String("shardId-000000000002"),
	})
	must(err)
	open("shardId-000000000003")
	scaled, err := client.UpdateShardCount(ctx, &sdk.UpdateShardCountInput{StreamName: name, TargetShardCount: aws.Int32(2), ScalingType: types.ScalingTypeUniformScaling})
	must(err)
	if *scaled.CurrentShardCount != 1 || *scaled.TargetShardCount != 2 || *scaled.StreamName != "clicks" || *scaled.StreamARN != "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks" {
		t.Errorf("scaled %+v", scaled)
	}
	open("shardId-000000000004", "shardId-000000000005")
	_, err = client.UpdateStreamMode(ctx, &sdk.UpdateStreamModeInput{StreamARN: scaled.StreamARN, StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}})
	must(err)
	summary, err := client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: name})
	must(err)
	if d := summary.StreamDescriptionSummary; d.StreamModeDetails.StreamMode != types.StreamModeOnDemand || *d.OpenShardCount != 2 {
		t.Errorf("summary %+v", d)
	}
}

// TestReshardingRefusalsWithTheSDK: each is an exception that the client has a type for.
func TestReshardingRefusalsWithTheSDK(t *testing.T) {
	client, ctx := start(t, Config{}), t.Context()
	name := aws.String("s")
	_, err := client.SplitShard(ctx, &sdk.SplitShardInput{StreamName: name, ShardToSplit: aws.String("shardId-000000000099"), NewStartingHashKey: aws.String(half)})
	if e := (*types.ResourceNotFoundException)(nil); !errors.As(err, &e) {
		t.Errorf("a missing shard: %v", err)
	}
	_, err = client.SplitShard(ctx, &sdk.SplitShardInput{StreamName: name, ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: aws.String("1")})
	if e := (*types.InvalidArgumentException)(nil); !errors.As(err, &e) {
		t.Errorf("a hash key at the start: %v", err)
	}
	_, err = client.MergeShards(ctx, &sdk.MergeShardsInput{StreamName: name, ShardToMerge: aws.String("shardId-000000000000"), AdjacentShardToMerge: aws.String("shardId-000000000002")})
	if e := (*types.InvalidArgumentException)(nil); !errors.As(err, &e) {
		t.Errorf("no neighbours: %v", err)
	}
	_, err = client.UpdateShardCount(ctx, &sdk.UpdateShardCountInput{StreamName: name, TargetShardCount: aws.Int32(33), ScalingType: types.ScalingTypeUniformScaling})
	if e := (*types.LimitExceededException)(nil); !errors.As(err, &e) {
		t.Errorf("more than double: %v", err)
	}
	arn := aws.String("arn:aws:kinesis:eu-west-1:123456789012:stream/s")
	_, err = client.UpdateStreamMode(ctx, &sdk.UpdateStreamModeInput{StreamARN: arn, StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.SplitShard(ctx, &sdk.SplitShardInput{StreamName: name, ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: aws.String("5")})
	if e := (*types.ValidationException)(nil); !errors.As(err, &e) {
		t.Errorf("on demand: %v", err)
	}
}
