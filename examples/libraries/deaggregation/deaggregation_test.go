// Package deaggregation has github.com/awslabs/kinesis-aggregation split the records of a Lambda function behind a tank's stream.
package deaggregation

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/awslabs/kinesis-aggregation/go/v2/deaggregator"
	"github.com/awslabs/kinesis-aggregation/go/v2/records"
	"github.com/golang/protobuf/proto"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// split gives the users' records of an event, as a handler does it: the deaggregator takes the SDK's records, not Lambda's.
func split(event events.KinesisEvent) ([]types.Record, error) {
	var in []types.Record
	for _, r := range event.Records {
		k := r.Kinesis
		in = append(in, types.Record{Data: k.Data, PartitionKey: &k.PartitionKey, SequenceNumber: &k.SequenceNumber})
	}
	return deaggregator.DeaggregateRecords(in)
}

// handler notes the users' records in a book.
func handler(book *suite.Book) func(context.Context, events.KinesisEvent) error {
	return func(_ context.Context, event events.KinesisEvent) error {
		all, err := split(event)
		if err != nil {
			return err
		}
		for _, r := range all {
			if err := book.Add(r.Data); err != nil {
				return err
			}
		}
		return nil
	}
}

// aggregate puts the numbers from one to before another into a stream, in aggregates of ten, as a producer with a shard map of one
// shard does: the keys of an aggregate are all that there are.
func aggregate(s *tanktest.Stream, from, to int) {
	for i := from; i < to; i += 10 {
		s.Send(tanktest.Record{Key: suite.Key(i), Data: suite.Aggregate(i, i+1, i+2, i+3, i+4, i+5, i+6, i+7, i+8, i+9)})
	}
}

// Aggregates and records that are none, with their keys and in their order.
func TestAggregates(t *testing.T) {
	tank, book := tanktest.Start(t, tanktest.Virtual()), &suite.Book{}
	orders := tank.Stream("orders", 1)
	keys := 0
	fn := tank.Handle("orders", func(ctx context.Context, event events.KinesisEvent) error {
		all, err := split(event)
		for _, r := range all {
			if strings.HasPrefix(*r.PartitionKey, "key-") {
				keys++
			}
		}
		if err != nil {
			return err
		}
		return handler(book)(ctx, event)
	})
	aggregate(orders, 0, 100)
	suite.Send(orders, 100, 200)
	aggregate(orders, 200, 300)
	tank.Advance(time.Minute)
	fn.Delivered(t, 120)
	book.Complete(t, 300)
	book.Once(t)
	if keys != 300 {
		t.Errorf("%d of 300 records have a key", keys)
	}
}

// After a split a producer that does not know of it puts aggregates whose keys belong to both children. The KCL for Java drops those
// whose keys are not all the shard's own; here they come, a key's records from both shards, and in no order.
func TestAcrossASplit(t *testing.T) {
	tank, book := tanktest.Start(t, tanktest.Virtual()), &suite.Book{}
	orders := tank.Stream("orders", 1)
	fn := tank.Handle("orders", handler(book))
	all := func(from int) (numbers []int) { // of each key one
		for i := range 20 {
			numbers = append(numbers, from+i)
		}
		return numbers
	}
	for i := range 10 {
		orders.Send(tanktest.Record{Key: suite.Key(i), Data: suite.Aggregate(all(20 * i)...)})
	}
	tank.Advance(10 * time.Second)
	orders.Split(0)
	tank.Advance(time.Second)
	children := map[string]bool{}
	for i := 10; i < 20; i++ {
		orders.Send(tanktest.Record{Key: suite.Key(i), Data: suite.Aggregate(all(20 * i)...)})
	}
	for _, r := range orders.Records()[10:] {
		children[r.Shard] = true
	}
	tank.Advance(time.Minute)
	fn.ExactlyOnce(t)
	book.All(t, 400)
	book.Once(t)
	if len(children) != 2 || book.Early() == 0 {
		t.Errorf("%d children have aggregates, and %d records came out of their keys' order", len(children), book.Early())
	}
}

// A record that only looks like an aggregate comes as it is.
func TestLookalikes(t *testing.T) {
	for name, data := range map[string][]byte{
		"the magic number alone": []byte("\xf3\x89\x9a\xc2"),
		"too short":              []byte("\xf3\x89\x9a\xc20123456789abcdef"),
		"another checksum":       append(suite.Aggregate(1, 2, 3), 'x'),
		"nothing":                {},
	} {
		out, err := deaggregator.DeaggregateRecords([]types.Record{{Data: data}})
		if err != nil || len(out) != 1 || string(out[0].Data) != string(data) {
			t.Errorf("%s: %d records, %v", name, len(out), err)
		}
	}
}

// An aggregate with a good checksum that cannot be read fails all of its batch: the deaggregator gives an error and none of the
// others. Lambda, told to bisect, finds it.
func TestUnreadable(t *testing.T) {
	tank, book := tanktest.Start(t, tanktest.Virtual()), &suite.Book{}
	orders := tank.Stream("orders", 1)
	fn := tank.Handle("orders", handler(book), tanktest.BisectOnError(), tanktest.MaxRetries(2))
	aggregate(orders, 0, 100)
	orders.Send(tanktest.Record{Key: "key-0", Data: suite.Seal([]byte("no protobuf"))})
	aggregate(orders, 100, 200)
	tank.Advance(time.Hour)
	fn.Delivered(t, 20)
	fn.OnFailure().Batches(t, 1)
	book.Complete(t, 200)
}

// A record whose key is behind the end of the aggregate's table of keys makes the deaggregator panic. A function does, too, and
// Lambda goes on as after any failure; a program that reads by itself ends.
func TestKeyBehindTheTable(t *testing.T) {
	body, err := proto.Marshal(&records.AggregatedRecord{
		PartitionKeyTable: []string{"key-0"},
		Records:           []*records.Record{{PartitionKeyIndex: proto.Uint64(1), Data: []byte("0")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	tank, book := tanktest.Start(t, tanktest.Virtual()), &suite.Book{}
	orders := tank.Stream("orders", 1)
	fn := tank.Handle("orders", handler(book), tanktest.BisectOnError(), tanktest.MaxRetries(2))
	aggregate(orders, 0, 100)
	orders.Send(tanktest.Record{Key: "key-0", Data: suite.Seal(body)})
	tank.Advance(time.Hour)
	fn.OnFailure().Batches(t, 1)
	book.Complete(t, 100)
	for _, b := range fn.Batches() {
		if b.Failed != "" && !strings.Contains(b.Failed, "index out of range") {
			t.Errorf("a batch has failed with %q", b.Failed)
		}
	}
}

// The records of an aggregate have one sequence number. A handler that reports the one in the middle is given all of it again.
func TestHalfAnAggregateCannotBeReported(t *testing.T) {
	tank, book := tanktest.Start(t, tanktest.Virtual()), &suite.Book{}
	orders := tank.Stream("orders", 1)
	failed := false
	fn := tank.Handle("orders", func(_ context.Context, event events.KinesisEvent) (out events.KinesisEventResponse, err error) {
		all, err := split(event)
		if err != nil {
			return out, err
		}
		for i, r := range all {
			if i == 25 && !failed {
				failed = true
				out.BatchItemFailures = append(out.BatchItemFailures, events.KinesisBatchItemFailure{ItemIdentifier: *r.SequenceNumber})
				return out, nil
			}
			if err := book.Add(r.Data); err != nil {
				return out, err
			}
		}
		return out, nil
	}, tanktest.ReportBatchItemFailures())
	aggregate(orders, 0, 100)
	tank.Advance(time.Minute)
	fn.AtLeastOnce(t)
	book.Complete(t, 100)
	if n := book.Twice(); n != 5 {
		t.Errorf("%d records came twice, not the five of the third aggregate that were done", n)
	}
}
