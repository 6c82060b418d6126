package aws

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	simulated "github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// consumed notes what a consumer got, in order.
type consumed struct {
	target.Observer

	mu      sync.Mutex
	numbers []uint64
	events  int
	arrived chan struct{}
}

func (c *consumed) Consumed(_ time.Time, _ string, records []target.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range records {
		c.numbers = append(c.numbers, r.Number)
	}
	select {
	case c.arrived <- struct{}{}:
	default:
	}
}

func (c *consumed) ShardPushed(time.Time, string, int32, string, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events++
}

// A consumer at an endpoint whose subscriptions live for a moment only: it goes on with the next where the last one ended,
// through the end of a shard, and no record is left out or comes twice. Closing the target ends what is open.
func TestAConsumerRenewsItsSubscriptions(t *testing.T) {
	w := clock.NewWall()
	world := simulator.New(simulator.Config{Clock: w, Kinesis: simulated.Config{Limits: simulated.Limits{
		SubscriptionAge: 20 * time.Millisecond, Takeover: time.Nanosecond, SubscribeCalls: 1000,
	}}})
	var calls atomic.Int64
	count := func(_ time.Time, r fault.Request) fault.Action {
		if r.Operation == "SubscribeToShard" {
			calls.Add(1)
		}
		return fault.Action{}
	}
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.New(server.Config{AWS: world, Faults: count}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	seen := &consumed{arrived: make(chan struct{}, 1)}
	made := New(Config{Endpoint: l.URL(), Clock: w, Identify: identify, Next: func([]byte) int { return -1 }, Marker: []byte("<9>")})
	defer w.Stop()
	defer func() {
		if err := made.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("the stream does not go with its consumer: %v", err)
		}
	}()
	made.observer = seen
	if err := made.makeStream(t.Context(), "s", scenarios.Stream{ShardCount: 1}); err != nil {
		t.Fatal(err)
	}
	if err := made.consume(t.Context(), "c", scenarios.Consumer{Stream: "s", StartingPosition: "LATEST", EnhancedFanOut: true}); err != nil {
		t.Fatal(err)
	}
	const split = 20 // records
	records := 0
	for n := 0; n < 2*split || calls.Load() < 6; n++ { // of two shards one after the other
		records++
		if n == split {
			_, err := made.kinesis.SplitShard(t.Context(), &kinesis.SplitShardInput{
				StreamName: aws.String("s"), ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: aws.String("85070591730234615865843651857942052864"),
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := made.kinesis.PutRecord(t.Context(), &kinesis.PutRecordInput{
			StreamName: aws.String("s"), PartitionKey: aws.String("k"), Data: fmt.Appendf(nil, "<%d>", n),
		})
		if err != nil {
			t.Fatal(err)
		}
		for got := 0; got <= n; {
			<-seen.arrived // the test's own deadline ends it where none comes
			seen.mu.Lock()
			got = len(seen.numbers)
			seen.mu.Unlock()
		}
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	for i, n := range seen.numbers {
		if int(n) != i {
			t.Fatalf("record %d where %d should be", n, i)
		}
	}
	if len(seen.numbers) != records || seen.events == 0 || seen.events > records {
		t.Errorf("%d records in %d events, want %d", len(seen.numbers), seen.events, records)
	}
	list, err := made.kinesis.ListStreamConsumers(t.Context(), &kinesis.ListStreamConsumersInput{
		StreamARN: aws.String("arn:aws:kinesis:us-east-1:" + made.account + ":stream/s"),
	})
	if err != nil || len(list.Consumers) != 1 || list.Consumers[0].ConsumerStatus != types.ConsumerStatusActive {
		t.Errorf("consumers %+v, %v", list, err)
	}
}
