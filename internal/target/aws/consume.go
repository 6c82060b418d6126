package aws

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	simulated "github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// consume starts a plain consumer of the scenario, positioned before consume returns.
func (t *Target) consume(ctx context.Context, name string, c scenarios.Consumer) error {
	passed, every, consumer := func(int32, uint64) {}, c.Every.Std(), ""
	if t.config.Inside != nil {
		passed = t.config.Inside.Reader(c.Stream, name)
	}
	if c.EnhancedFanOut {
		arn, err := t.register(ctx, c.Stream, name)
		if err != nil {
			return err
		}
		every, consumer = subscribeEvery, arn
	}
	reader := func(shard string) *shardReader {
		var records []target.Record
		return &shardReader{
			every: every, consumer: consumer,
			got: func(now time.Time, read []types.Record) {
				if consumer != "" && t.config.Inside == nil { // else the inside tells it itself
					t.observer.ShardPushed(now, c.Stream, shardNumber(shard), name, len(read))
				}
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
	}
	return t.follow(ctx, &follower{process: "consumer " + name, stream: c.Stream, start: c.StartingPosition, reader: reader})
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
