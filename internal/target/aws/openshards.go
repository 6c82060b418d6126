package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	simulated "github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// OpenShards are the shards of a stream that take records now, as ListShards tells them.
func (t *Target) OpenShards(ctx context.Context, stream string) (open []record.Shard, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	shards, err := t.shards(ctx, stream)
	for i := range shards {
		one := shardOf(&shards[i])
		one.Number = shardNumber(one.ID)
		open = append(open, one)
	}
	return open, err
}

// shardOf is a shard without its number and its parents.
func shardOf(s *types.Shard) record.Shard {
	one := record.Shard{ID: aws.ToString(s.ShardId), Closed: !isOpen(s)}
	if r := s.HashKeyRange; r != nil {
		start, ok1 := simulated.ParseHash(aws.ToString(r.StartingHashKey))
		end, ok2 := simulated.ParseHash(aws.ToString(r.EndingHashKey))
		if ok1 && ok2 {
			one.Start, one.End = start, end
		}
	}
	return one
}
