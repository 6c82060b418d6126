package conformance

import (
	"context"
	"math/big"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func reshardingCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "split-shard", Area: "resharding", Needs: needs, Makes: twoShards, run: splitShard,
			Claim:  "a split closes the parent: its records stay readable, its end names the two children",
			Source: "API reference SplitShard, GetRecords",
		},
		{
			Name: "update-shard-count", Area: "resharding", Needs: needs, Makes: twoShards, run: updateShardCount,
			Claim:  "UpdateShardCount doubles the open shards",
			Source: "API reference UpdateShardCount",
		},
		{
			Name: "shard-count-at-most-double", Area: "resharding", Needs: needs, Makes: oneShard, run: atMostDouble,
			Claim:  "UpdateShardCount to more than double is refused",
			Source: "API reference UpdateShardCount",
		},
	}
}

func splitShard(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	before, err := b.put(ctx, name, record("key", []byte("before")))
	if err != nil {
		return stuck(err)
	}
	parent := before[0].ShardId
	middle := new(big.Int).Lsh(big.NewInt(1), 127).String()
	_, err = b.kinesis.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: &name, ShardToSplit: parent, NewStartingHashKey: &middle})
	if err != nil {
		return refused(err)
	}
	if err := b.active(ctx, name); err != nil {
		return stuck(err)
	}
	it, err := b.iterator(ctx, name, *parent, kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
	if err != nil {
		return stuck(err)
	}
	read := 0
	for range 20 {
		out, err := b.read(ctx, it, nil)
		if err != nil {
			return stuck(err)
		}
		read, it = read+len(out.Records), out.NextShardIterator
		switch {
		case it != nil:
			continue
		case read != 1:
			return differs("the parent ends after %d records, not 1", read)
		case len(out.ChildShards) != 2:
			return differs("the parent ends with %d ChildShards, not 2", len(out.ChildShards))
		}
		return does("1 record, then 2 ChildShards")
	}
	return doesNot("the parent does not end")
}

func (b *bench) setShardCount(ctx context.Context, name string, n int32) error {
	_, err := b.kinesis.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{
		StreamName: &name, TargetShardCount: aws.Int32(n), ScalingType: types.ScalingTypeUniformScaling,
	})
	return err
}

func updateShardCount(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	if err := b.setShardCount(ctx, name, 2); err != nil {
		return refused(err)
	}
	open := 0
	err = until(ctx, func() (bool, error) {
		status, err := b.status(ctx, name)
		if err != nil || status != types.StreamStatusActive {
			return false, err
		}
		shards, err := b.shards(ctx, name)
		open = 0
		for _, s := range shards {
			if s.SequenceNumberRange != nil && s.SequenceNumberRange.EndingSequenceNumber == nil {
				open++
			}
		}
		return true, err
	})
	switch {
	case err != nil:
		return stuck(err)
	case open != 2:
		return differs("ACTIVE with %d open shards, not 2", open)
	}
	return does("2 open shards")
}

func atMostDouble(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	err = b.setShardCount(ctx, name, 5)
	switch codeOf(err) {
	case "InvalidArgumentException", "LimitExceededException", "ValidationException": // AWS does not say which
		return does("%s", explain(err))
	}
	return wants(err, "InvalidArgumentException", "")
}
