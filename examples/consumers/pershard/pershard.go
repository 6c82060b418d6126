// Package pershard reads a stream as most programs do that keep their own checkpoints: a goroutine for each shard, which asks with
// GetRecords, and a store that says how far it came.
package pershard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"example.com/consumers/internal/calls"
	"example.com/consumers/internal/lineage"
)

// End is the checkpoint of a shard that was read to its end.
const End = "SHARD_END"

const (
	idle = time.Second            // between two reads of a shard that has nothing new
	pace = 200 * time.Millisecond // between two reads of one that has: a shard takes five a second
)

// Client is the part of a *kinesis.Client that reads.
type Client interface {
	lineage.Lister
	GetShardIterator(context.Context, *kinesis.GetShardIteratorInput, ...func(*kinesis.Options)) (*kinesis.GetShardIteratorOutput, error)
	GetRecords(context.Context, *kinesis.GetRecordsInput, ...func(*kinesis.Options)) (*kinesis.GetRecordsOutput, error)
}

// Checkpoints is how far each shard was read. It is used by many goroutines, and by one at a time for a shard.
type Checkpoints interface {
	// Get returns the sequence number of the last record that was handled, End, or "" where the shard is new.
	Get(ctx context.Context, shard string) (sequence string, err error)
	Set(ctx context.Context, shard, sequence string) error
}

// Consumer reads a stream, each record at least once, and those of a key in their order.
type Consumer struct {
	Client      Client
	Stream      string
	Checkpoints Checkpoints
	Log         *slog.Logger

	// Handle takes records of a shard. An error of its ends the Consumer.
	Handle func(ctx context.Context, shard string, records []types.Record) error
}

// Run reads all shards, also those that come of splits and merges, until the context is done or something fails that does
// not pass.
func (c *Consumer) Run(ctx context.Context) error {
	shards, err := lineage.List(ctx, c.Client, c.Stream)
	if err != nil {
		return err
	}
	return lineage.Walk(ctx, shards, c.Read)
}

// Read reads a shard from its checkpoint to its end, and returns its children.
func (c *Consumer) Read(ctx context.Context, shard string) (children []types.ChildShard, err error) {
	sequence, err := c.Checkpoints.Get(ctx, shard)
	if err != nil {
		return nil, fmt.Errorf("get the checkpoint of %s: %w", shard, err)
	}
	if sequence == End {
		return nil, nil // whoever wrote this saw the children, and ListShards does
	}
	iterator := ""
	for failures := 0; ; {
		var out *kinesis.GetRecordsOutput
		if iterator, out, err = c.get(ctx, shard, iterator, sequence); err != nil {
			if iterator, err = c.afterFailure(ctx, shard, iterator, err, &failures); err != nil {
				return nil, err
			}
			continue
		}
		failures = 0
		if n := len(out.Records); n > 0 {
			if err := c.Handle(ctx, shard, out.Records); err != nil {
				return nil, fmt.Errorf("handle %d records: %w", n, err)
			}
			sequence = aws.ToString(out.Records[n-1].SequenceNumber)
			if err := c.Checkpoints.Set(ctx, shard, sequence); err != nil {
				return nil, fmt.Errorf("set the checkpoint of %s: %w", shard, err)
			}
		}
		if out.NextShardIterator == nil {
			return out.ChildShards, c.Checkpoints.Set(ctx, shard, End)
		}
		iterator = *out.NextShardIterator
		if err := calls.Wait(ctx, between(out)); err != nil {
			return nil, err
		}
	}
}

func between(out *kinesis.GetRecordsOutput) time.Duration {
	if aws.ToInt64(out.MillisBehindLatest) == 0 {
		return idle
	}
	return pace
}

// get reads once, by an iterator that it makes where there is none.
func (c *Consumer) get(ctx context.Context, shard, iterator, sequence string) (used string, out *kinesis.GetRecordsOutput, err error) {
	if iterator == "" {
		in := &kinesis.GetShardIteratorInput{StreamName: &c.Stream, ShardId: &shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
		if sequence != "" {
			in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &sequence
		}
		made, err := c.Client.GetShardIterator(ctx, in)
		if err != nil {
			return "", nil, err
		}
		iterator = aws.ToString(made.ShardIterator)
	}
	out, err = c.Client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: &iterator})
	return iterator, out, err
}

// afterFailure says how to go on after a failure: with no iterator where it has expired, and with the same one, after a while,
// where the failure passes. Otherwise it returns the error.
func (c *Consumer) afterFailure(ctx context.Context, shard, iterator string, err error, failures *int) (next string, _ error) {
	var expired *types.ExpiredIteratorException
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.As(err, &expired):
		c.Log.InfoContext(ctx, "an iterator has expired", "shard", shard)
		return "", nil
	case !calls.Passes(err):
		return "", err
	}
	*failures++
	c.Log.WarnContext(ctx, "a read has failed", "shard", shard, "in a row", *failures, "err", err)
	return iterator, calls.Wait(ctx, calls.Backoff(*failures))
}
