package aws

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// answerTimeout is how long a reader waits for an answer.
const answerTimeout = 30 * time.Second

// shardReader reads one shard: with GetRecords at an even pace, or by subscriptions, one after another.
type shardReader struct {
	follower *follower
	shard    string
	of       record.Shard  // its hash keys, as far as the endpoint told them
	consumer string        // the ARN of the stream consumer that it subscribes as; "" for GetRecords
	every    time.Duration // between two reads, or two tries to subscribe
	from     types.ShardIteratorType
	got      func(now time.Time, records []types.Record) // of one read or event, at least one
	refused  func(now time.Time)                         // by a limit

	iterator *string
	events   *subscription      // that is open; nil: none is
	last     string             // the sequence number it has come to; "" at its starting position
	over     bool               // the shard is read to its end
	children []types.ChildShard // as far as the endpoint told them
}

// position gets an iterator, or a subscription, after the last record read or at the starting position.
func (r *shardReader) position(ctx context.Context) error {
	if r.consumer != "" {
		if err := r.subscribe(ctx); err != nil {
			return fmt.Errorf("subscribe to %s of %s for %s: %w", r.shard, r.follower.stream, fanOut, answer(err))
		}
		return nil
	}
	t := r.follower.target
	in := &kinesis.GetShardIteratorInput{
		StreamName: t.stream(r.follower.stream), ShardId: aws.String(r.shard), ShardIteratorType: r.from,
	}
	if r.last != "" {
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, aws.String(r.last)
	}
	out, err := t.kinesis.GetShardIterator(ctx, in)
	if err != nil {
		return err
	}
	r.iterator = out.ShardIterator
	return nil
}

func (r *shardReader) run(p *clock.Proc) {
	defer r.follower.leave()
	next := p.Now()
	read := r.read
	if r.consumer != "" {
		read = r.readEvents
	}
	for {
		read(p)
		if r.over {
			r.follower.finished(p, r)
			return
		}
		next = next.Add(r.every)
		if now := p.Now(); next.Before(now) {
			next = now
		}
		if !p.SleepUntil(next) {
			return
		}
	}
}

// read asks once. A refusal is told and tried again at the next turn; an expired iterator is replaced.
func (r *shardReader) read(p *clock.Proc) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	if r.iterator == nil && r.position(ctx) != nil {
		return // the next turn tries again
	}
	out, err := r.follower.target.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: r.iterator})
	now := p.Now()
	var expired *types.ExpiredIteratorException
	var exceeded *types.ProvisionedThroughputExceededException
	switch {
	case errors.As(err, &expired):
		r.iterator = nil
		return
	case errors.As(err, &exceeded):
		r.refused(now)
		return
	case err != nil:
		return
	}
	r.iterator, r.over, r.children = out.NextShardIterator, out.NextShardIterator == nil, out.ChildShards
	if n := len(out.Records); n > 0 {
		r.last = aws.ToString(out.Records[n-1].SequenceNumber)
		r.got(now, out.Records)
	}
}
