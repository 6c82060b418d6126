package tanktest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// In a test these are func TestX(t *testing.T) { … } without Try, which is for examples.

// Does my handler survive a poisoned record? One that fails at it holds up its shard until the mapping bisects and gives up.
func ExampleBisectOnError() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 4)
		fn := tank.Handle("orders", func(e events.KinesisEvent) error {
			for _, r := range e.Records {
				if !json.Valid(r.Kinesis.Data) {
					return errors.New("not JSON")
				}
			}
			return nil
		}, tanktest.BisectOnError(), tanktest.MaxRetries(2))
		orders.Put(tanktest.Transactions(10_000), tanktest.Poison(1))
		tank.Advance(time.Hour)
		fn.Delivered(t, 9_999)
		fn.InOrder(t)
		fmt.Println(len(fn.OnFailure().Messages()), "batch was given up")
	})
	fmt.Println(err)
	// Output:
	// 1 batch was given up
	// <nil>
}

// Does my producer send again what was refused? The SDK retries a whole call that fails, and not the records of one.
func ExampleTank_Throttle() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t)
		orders := tank.Stream("orders", 1)
		client := kinesis.NewFromConfig(tank.Config())
		tank.Throttle("orders", 0.5)
		entries := make([]types.PutRecordsRequestEntry, 100)
		for i := range entries {
			entries[i] = types.PutRecordsRequestEntry{PartitionKey: aws.String("k"), Data: []byte("{}")}
		}
		out, err := client.PutRecords(t.Context(), &kinesis.PutRecordsInput{StreamName: aws.String("orders"), Records: entries})
		fmt.Println("error:", err)
		fmt.Println("nothing was refused:", *out.FailedRecordCount == 0)
		fmt.Println("all is stored:", len(orders.Records()) == len(entries))
	})
	fmt.Println(err)
	// Output:
	// error: <nil>
	// nothing was refused: false
	// all is stored: false
	// <nil>
}

// Do I lose records, or a key's order, across a reshard?
func ExampleStream_Split() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 2)
		fn := tank.Handle("orders", func(events.KinesisEvent) error { return nil }, tanktest.Takes(100*time.Millisecond))
		orders.Put(tanktest.Transactions(20_000))
		tank.Advance(5 * time.Second)
		orders.Split(0)
		fn.WaitAll(t)
		fn.ExactlyOnce(t)
		fn.InOrder(t)
		shards := map[string]bool{}
		for _, r := range orders.Records() {
			shards[r.Shard] = true
		}
		fmt.Println("records in", len(shards), "shards")
	})
	fmt.Println(err)
	// Output:
	// records in 4 shards
	// <nil>
}

// What does my consumer do when its iterator has expired? This one takes a new one behind the last record that it has seen.
func ExampleTank_Next() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t)
		orders := tank.Stream("orders", 1)
		for i := range 3 {
			orders.Send(tanktest.Record{Key: "k", Data: fmt.Append(nil, i)})
		}
		client := kinesis.NewFromConfig(tank.Config())
		tank.Next("GetRecords", tanktest.Pass(), tanktest.Fails("ExpiredIteratorException"))

		position, last := types.ShardIteratorTypeTrimHorizon, (*string)(nil)
		for read := 0; read < 3; {
			it, err := client.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{
				StreamName: aws.String("orders"), ShardId: aws.String("0"), ShardIteratorType: position, StartingSequenceNumber: last,
			})
			if err != nil {
				t.Fatal(err)
			}
			for iterator := it.ShardIterator; read < 3; {
				page, err := client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: iterator, Limit: aws.Int32(1)})
				var expired *types.ExpiredIteratorException
				if errors.As(err, &expired) {
					fmt.Println("expired")
					break
				}
				for _, r := range page.Records {
					fmt.Printf("%s\n", r.Data)
					position, last = types.ShardIteratorTypeAfterSequenceNumber, r.SequenceNumber
					read++
				}
				iterator = page.NextShardIterator
			}
		}
	})
	fmt.Println(err)
	// Output:
	// 0
	// expired
	// 1
	// 2
	// <nil>
}

// Which records are handled again when my handler reports one of them? That one and all behind it.
func ExampleReportBatchItemFailures() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		for i := range 5 {
			orders.Send(tanktest.Record{Key: "k", Data: fmt.Append(nil, i)})
		}
		failed := false
		fn := tank.Handle("orders", func(_ context.Context, e events.KinesisEvent) (r events.KinesisEventResponse, err error) {
			var batch []byte
			for _, rec := range e.Records {
				batch = append(batch, rec.Kinesis.Data...)
				if string(rec.Kinesis.Data) == "3" && !failed {
					failed = true
					r.BatchItemFailures = []events.KinesisBatchItemFailure{{ItemIdentifier: rec.Kinesis.SequenceNumber}}
				}
			}
			fmt.Printf("%s\n", batch)
			return r, nil
		}, tanktest.ReportBatchItemFailures())
		tank.Advance(time.Minute)
		fn.ExactlyOnce(t)
	})
	fmt.Println(err)
	// Output:
	// 01234
	// 34
	// <nil>
}

// What becomes of my records when the function is down for two hours? With a record age of one they are given up.
func ExampleMaxRecordAge() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		down := tank.Fail("Invoke", "ServiceException")
		handled := 0
		fn := tank.Handle("orders", func(e events.KinesisEvent) error { handled += len(e.Records); return nil }, tanktest.MaxRecordAge(time.Hour))
		orders.Put(tanktest.Transactions(1000), tanktest.Rate(1000/(3*time.Hour).Seconds()))
		tank.Advance(2 * time.Hour)
		down()
		tank.Advance(2 * time.Hour)
		fmt.Println("handled all:", handled == 1000)
		fmt.Println("the queue was told:", len(fn.OnFailure().Messages()) > 0)
	})
	fmt.Println(err)
	// Output:
	// handled all: false
	// the queue was told: true
	// <nil>
}

// When is an order in the bucket? When the buffer's interval is over, or its size is reached.
func ExampleTank_Deliver() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		archive := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, time.Minute))
		began := tank.Now()
		orders.Send(tanktest.Record{Key: "k", Data: []byte(`{"order":1}`)})
		archive.Wait(t, 1)
		o := archive.Objects()[0]
		fmt.Printf("%s after %v\n", o.Body, o.At.Sub(began))
	})
	fmt.Println(err)
	// Output:
	// {"order":1} after 1m0s
	// <nil>
}

// What does my client do while Kinesis hangs? It waits as long as its context lets it.
func ExampleTank_Hold() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t)
		tank.Stream("orders", 1)
		client := kinesis.NewFromConfig(tank.Config())
		held := tank.Hold("PutRecord")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: []byte("{}")})
		fmt.Println("timed out:", errors.Is(err, context.DeadlineExceeded))
		fmt.Println("requests held:", held.Requests())
	})
	fmt.Println(err)
	// Output:
	// timed out: true
	// requests held: 1
	// <nil>
}

// Is my handler idempotent? An answer that gets lost has it run again with records that it has handled.
func ExampleScript() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Script("lose Invoke 2"))
		orders := tank.Stream("orders", 1)
		handled := 0
		fn := tank.Handle("orders", func(e events.KinesisEvent) error { handled += len(e.Records); return nil })
		orders.Put(tanktest.Transactions(1000))
		tank.Advance(time.Minute)
		fn.Delivered(t, 1000)
		fmt.Println("handled more than there are:", handled > 1000)
	})
	fmt.Println(err)
	// Output:
	// handled more than there are: true
	// <nil>
}

// Does a parallelization factor keep the order of a customer's orders? Of each key it does, of the shard it does not.
func ExampleParallelizationFactor() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		var sequence []string
		fn := tank.Handle("orders", func(e events.KinesisEvent) error {
			for _, r := range e.Records {
				sequence = append(sequence, r.Kinesis.SequenceNumber)
			}
			return nil
		}, tanktest.ParallelizationFactor(10), tanktest.BatchSize(10), tanktest.Takes(300*time.Millisecond))
		orders.Put(tanktest.Transactions(2000))
		tank.Advance(time.Hour)
		fn.ExactlyOnce(t)
		fn.InOrder(t)
		fmt.Println("the shard's order:", slices.IsSorted(sequence))
	})
	fmt.Println(err)
	// Output:
	// the shard's order: false
	// <nil>
}

// How large are my batches? As large as what comes within the window, up to the batch size.
func ExampleBatchingWindow() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", func(events.KinesisEvent) error { return nil }, tanktest.BatchSize(100), tanktest.BatchingWindow(5*time.Second))
		orders.Put(tanktest.Transactions(150), tanktest.Rate(10))
		tank.Advance(time.Minute)
		var sizes []int
		for _, b := range fn.Batches() {
			sizes = append(sizes, b.Size)
		}
		fmt.Println(sizes) // the first window opens with the first record, which is read after a second
	})
	fmt.Println(err)
	// Output:
	// [60 50 40]
	// <nil>
}

// How many reads does my consumer need? A hook sees every request, those of mappings too.
func ExampleTank_Hook() {
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 2)
		seen := map[string]int{}
		tank.Hook(func(_ time.Time, r tanktest.Request) tanktest.Action {
			seen[r.Service+" "+r.Operation]++
			return tanktest.Action{}
		})
		tank.Handle("orders", func(events.KinesisEvent) error { return nil })
		orders.Send(tanktest.Record{Key: "k", Data: []byte("{}")})
		tank.Advance(time.Minute)
		fmt.Println(seen["kinesis GetRecords"], "reads,", seen["lambda Invoke"], "invocation")
	})
	fmt.Println(err)
	// Output:
	// 122 reads, 1 invocation
	// <nil>
}
