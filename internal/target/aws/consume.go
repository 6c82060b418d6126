package aws

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	simulated "github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
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
	var lost sync.Once
	reader := func(shard string) *shardReader {
		var stored, users []target.Record
		r := &shardReader{
			every: every, consumer: consumer,
			refused: func(now time.Time) {
				if t.config.Inside == nil { // else the inside tells it itself
					t.observer.ShardRead(now, c.Stream, shardNumber(shard), name, 0, "unknown")
				}
			},
		}
		r.got = func(now time.Time, read []types.Record) {
			if consumer != "" && t.config.Inside == nil { // else the inside tells it itself
				t.observer.ShardPushed(now, c.Stream, shardNumber(shard), name, len(read))
			}
			stored = stored[:0]
			for i := range read {
				stored = append(stored, t.received(&read[i], shard))
			}
			last := stored[len(stored)-1]
			records := stored
			if t.config.Open != nil {
				var dropped bool
				if users, dropped = t.userRecords(users[:0], stored, read, &r.of); dropped {
					lost.Do(func() { t.note(target.LostAggregates(name)) })
				}
				records = users
			}
			records = t.ours(c.Stream, records)
			t.observer.Consumed(now, name, records)
			t.markers.seen(name, records)
			if last.Shard >= 0 {
				passed(last.Shard, last.Seq+1)
			}
		}
		return r
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

// userRecords are records of a shard with user records in place of aggregates. Bodies are not kept.
func (t *Target) userRecords(dst, stored []target.Record, read []types.Record, of *record.Shard) (users []target.Record, lost bool) {
	for i := range stored {
		stored[i].Data = read[i].Data
	}
	users, lost = target.Opened(dst, stored, of, t.config.Open)
	for i := range users {
		r := &users[i]
		r.Data, r.Marker = nil, r.Ours && r.Lane == target.MarkerLane
	}
	return users, lost
}
