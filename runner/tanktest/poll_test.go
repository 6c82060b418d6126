package tanktest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// A poller of the real client reads once a second and gets a record a minute, for as long as it likes: nothing in its way
// keeps a bubble's time from passing. A whole day of it is in day_test.go.
func TestAPollerInABubble(t *testing.T) { poll(t, 20*time.Minute) }

func poll(t *testing.T, long time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		orders := tank.Stream("orders", 1)
		put := int(long / time.Minute)
		orders.Put(tanktest.Transactions(put), tanktest.Rate(1.0/60))
		client := kinesis.NewFromConfig(tank.Config())
		out, err := client.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{
			StreamName: aws.String("orders"), ShardId: aws.String("0"), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for iterator, end := out.ShardIterator, tank.Now().Add(long); tank.Now().Before(end); time.Sleep(time.Second) {
			page, err := client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: iterator})
			if err != nil {
				t.Fatal(err)
			}
			got += len(page.Records)
			iterator = page.NextShardIterator
		}
		if reads := tank.Calls("GetRecords"); reads != int(long/time.Second) || got != put {
			t.Errorf("%d reads and %d records", reads, got)
		}
	})
}
