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

// consume starts a plain consumer of the scenario: a process for each shard, positioned before consume returns.
func (t *Target) consume(ctx context.Context, name string, c scenarios.Consumer) error {
	passed := func(int32, uint64) {}
	if t.config.Inside != nil {
		passed = t.config.Inside.Reader(c.Stream, name)
	}
	return t.read(ctx, "consumer "+name, c.Stream, func(shard string) *shardReader {
		var records []target.Record
		return &shardReader{
			every: c.Every.Std(), from: types.ShardIteratorType(c.StartingPosition),
			got: func(now time.Time, read []types.Record) {
				records = records[:0]
				for i := range read {
					records = append(records, t.received(&read[i], shard))
				}
				last := records[len(records)-1]
				records = t.ours(c.Stream, records)
				t.observer.Consumed(now, name, records)
				t.markers.seen(name, records)
				if last.Shard >= 0 {
					passed(last.Shard, last.Seq+1)
				}
			},
			refused: func(now time.Time) {
				if t.config.Inside == nil { // else the inside tells it itself
					t.observer.ShardRead(now, c.Stream, shardNumber(shard), name, 0, "unknown")
				}
			},
		}
	})
}

// read starts a process for each shard of a stream, positioned before read returns.
func (t *Target) read(ctx context.Context, process, stream string, reader func(shard string) *shardReader) error {
	shards, err := t.shards(ctx, stream)
	if err != nil {
		return err
	}
	for i := range shards {
		id := aws.ToString(shards[i].ShardId)
		r := reader(id)
		r.target, r.stream, r.shard = t, stream, id
		if err := r.position(ctx); err != nil {
			return err
		}
		t.config.Clock.Go(process, r.run)
	}
	return nil
}

// shards lists the open shards of a stream: what is put now goes to these, and one that others have resharded has closed
// ones too.
func (t *Target) shards(ctx context.Context, stream string) ([]types.Shard, error) {
	var all []types.Shard
	in := &kinesis.ListShardsInput{StreamName: t.stream(stream)}
	for {
		out, err := t.kinesis.ListShards(ctx, in)
		if err != nil {
			return nil, err
		}
		for i := range out.Shards {
			if r := out.Shards[i].SequenceNumberRange; r == nil || r.EndingSequenceNumber == nil {
				all = append(all, out.Shards[i])
			}
		}
		if out.NextToken == nil {
			return all, nil
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken}
	}
}

// shardReader reads one shard with GetRecords at an even pace.
type shardReader struct {
	target  *Target
	stream  string
	shard   string
	every   time.Duration
	from    types.ShardIteratorType
	got     func(now time.Time, records []types.Record) // of one read, at least one
	refused func(now time.Time)                         // by a limit
	ended   func()                                      // the process is about to end; may be nil

	iterator *string
	last     string // the sequence number it has come to; "" at its starting position
}

// position gets an iterator, after the last record read or at the starting position.
func (r *shardReader) position(ctx context.Context) error {
	in := &kinesis.GetShardIteratorInput{
		StreamName: r.target.stream(r.stream), ShardId: aws.String(r.shard), ShardIteratorType: r.from,
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
	if r.ended != nil {
		defer r.ended()
	}
	next := p.Now()
	for r.iterator != nil {
		r.read(p)
		next = next.Add(r.every)
		if now := p.Now(); next.Before(now) {
			next = now
		}
		if !p.SleepUntil(next) {
			return
		}
	}
	r.target.note("shard " + r.shard + " of " + r.stream + " was closed by a reshard during the run: its children were not read from here")
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
		r.refused(now)
		return
	case err != nil:
		return
	}
	r.iterator = out.NextShardIterator
	if n := len(out.Records); n > 0 {
		r.last = aws.ToString(out.Records[n-1].SequenceNumber)
		r.got(now, out.Records)
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
