package server

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// BenchmarkWireEvents is how long a record takes from before its put to the SubscribeToShard event that holds it, through
// the SDK, one record at a time, the server in a process of its own.
func BenchmarkWireEvents(b *testing.B) {
	for _, to := range []string{"server", "peer"} {
		b.Run(to, func(b *testing.B) {
			e := endpoint{os.Getenv(peerVariable), os.Getenv(peerProcessVariable)}
			switch {
			case to != "peer":
				e = otherProcess(b, to)
			case e.url == "":
				b.Skip(peerVariable + " is not set")
			}
			prepare(b, work{}, e)
			events(b, newClient(e.url, "AKIDEXAMPLE"))
		})
	}
}

func events(b *testing.B, client *sdk.Client) {
	ctx := context.Background()
	stream := subscribed(ctx, b, client)
	defer stream.Close()
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	for i := range took {
		begin := time.Now()
		_, err := client.PutRecord(ctx, &sdk.PutRecordInput{
			StreamName: aws.String("s"), Data: []byte("x"), PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("0"),
		})
		if err != nil {
			b.Fatal(err)
		}
		for arrived := 0; arrived == 0; {
			event, ok := (<-stream.Events()).(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
			if !ok {
				b.Fatal("the subscription is over: ", stream.Err())
			}
			arrived = len(event.Value.Records)
		}
		took[i] = time.Since(begin)
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// subscribed subscribes a new consumer to the first shard, from now on.
func subscribed(ctx context.Context, b *testing.B, client *sdk.Client) *sdk.SubscribeToShardEventStream {
	s, err := client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: aws.String("s")})
	if err != nil {
		b.Fatal(err)
	}
	arn, name := s.StreamDescriptionSummary.StreamARN, aws.String(time.Now().Format("reader-150405.000000"))
	c, err := client.RegisterStreamConsumer(ctx, &sdk.RegisterStreamConsumerInput{StreamARN: arn, ConsumerName: name})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_, _ = client.DeregisterStreamConsumer(ctx, &sdk.DeregisterStreamConsumerInput{ConsumerARN: c.Consumer.ConsumerARN})
	})
	for begin := time.Now(); time.Since(begin) < 10*time.Second; {
		out, err := client.SubscribeToShard(ctx, &sdk.SubscribeToShardInput{
			ConsumerARN: c.Consumer.ConsumerARN, ShardId: aws.String("shardId-000000000000"),
			StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest},
		})
		if err == nil {
			return out.GetStream()
		}
	}
	b.Fatal("the consumer does not become active")
	return nil
}
