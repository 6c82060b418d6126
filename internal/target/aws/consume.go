package aws

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/clock"
	simulated "github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// consume starts a plain consumer: a process for each shard, positioned before consume returns.
func (t *Target) consume(ctx context.Context, name string, c scenarios.Consumer) error {
	shards, err := t.shards(ctx, c.Stream)
	if err != nil {
		return err
	}
	passed := func(int32, uint64) {}
	if t.config.Inside != nil {
		passed = t.config.Inside.Reader(c.Stream, name)
	}
	for i := range shards {
		r := &shardReader{target: t, name: name, consumer: c, shard: aws.ToString(shards[i].ShardId), passed: passed}
		if err := r.position(ctx); err != nil {
			return err
		}
		t.config.Clock.Go("consumer "+name, r.run)
	}
	return nil
}

// shards lists the shards of a stream.
func (t *Target) shards(ctx context.Context, stream string) ([]types.Shard, error) {
	var all []types.Shard
	in := &kinesis.ListShardsInput{StreamName: aws.String(stream)}
	for {
		out, err := t.kinesis.ListShards(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.Shards...)
		if out.NextToken == nil {
			return all, nil
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken}
	}
}

// shardReader reads one shard with GetRecords at an even pace.
type shardReader struct {
	target   *Target
	name     string
	consumer scenarios.Consumer
	shard    string
	iterator *string
	last     string // the sequence number it has come to; "" at its starting position
	records  []target.Record
	passed   func(shard int32, next uint64) // keeps what it has not read; does nothing at an endpoint elsewhere
}

// position gets an iterator, after the last record read or at the starting position.
func (r *shardReader) position(ctx context.Context) error {
	in := &kinesis.GetShardIteratorInput{
		StreamName: aws.String(r.consumer.Stream), ShardId: aws.String(r.shard),
		ShardIteratorType: types.ShardIteratorType(r.consumer.StartingPosition),
	}
	if r.last != "" {
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, aws.String(r.last)
	}
	out, err := r.target.kinesis.GetShardIterator(ctx, in)
	if err != nil {
		return err
	}
	r.iterator = out.ShardIterator
	return nil
}

func (r *shardReader) run(p *clock.Proc) {
	next := p.Now()
	for r.iterator != nil {
		r.read(p)
		next = next.Add(r.consumer.Every.Std())
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
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, err := r.target.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: r.iterator})
	now := p.Now()
	var expired *types.ExpiredIteratorException
	var exceeded *types.ProvisionedThroughputExceededException
	switch {
	case errors.As(err, &expired):
		_ = r.position(ctx) // the next turn tries again
		return
	case errors.As(err, &exceeded):
		if !r.target.Traits().Inside {
			r.target.observer.ShardRead(now, r.consumer.Stream, shardNumber(r.shard), r.name, 0, "unknown")
		}
		return
	case err != nil:
		return
	}
	r.records = r.records[:0]
	for i := range out.Records {
		r.records = append(r.records, r.target.received(&out.Records[i], r.shard))
		r.last = aws.ToString(out.Records[i].SequenceNumber)
	}
	r.iterator = out.NextShardIterator
	if len(r.records) > 0 {
		r.target.observer.Consumed(now, r.name, r.records)
		r.target.markers.seen(r.name, r.records)
		if last := r.records[len(r.records)-1]; last.Shard >= 0 {
			r.passed(last.Shard, last.Seq+1)
		}
	}
}

// received is a record as the services hold it, from one that came over the wire.
func (t *Target) received(in *types.Record, shard string) target.Record {
	r := target.Record{Key: aws.ToString(in.PartitionKey), Size: int32(len(in.Data)), Shard: -1}
	if in.ApproximateArrivalTimestamp != nil {
		r.Arrival = in.ApproximateArrivalTimestamp.UnixNano()
	}
	if n, ok := simulated.ParseSequenceNumber(aws.ToString(in.SequenceNumber)); ok { // else its place is not known
		r.Shard, r.Seq = shardNumber(shard), n.Index()-1
	}
	r.Lane, r.Number, r.Ours = t.config.Identify(in.Data)
	r.Marker = r.Ours && r.Lane == target.MarkerLane
	return r
}
