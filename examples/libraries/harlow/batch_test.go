package harlow

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	consumer "github.com/harlow/kinesis-consumer"
	store "github.com/harlow/kinesis-consumer/store/memory"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// batches has a consumer note what ScanBatch gives it in a book.
func batches(c *consumer.Consumer, book *suite.Book, opts ...consumer.ScanBatchOption) func(context.Context) error {
	return func(ctx context.Context) error {
		return c.ScanBatch(ctx, func(batch []*consumer.Record) error {
			for _, r := range batch {
				if err := book.Add(r.Data); err != nil {
					return err
				}
			}
			return nil
		}, opts...)
	}
}

// A batch that was not full when ScanBatch ended is handed over, and its checkpoint is written.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, checkpoints := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, store.New()
		orders := tank.Stream("orders", 2)
		for round := range 3 {
			stop := suite.Go(t, batches(scanner(t, tank, consumer.WithStore(checkpoints)), book, consumer.WithBatchFlushInterval(time.Hour)))
			suite.Send(orders, 250*round, 250*round+250)
			tank.Advance(10 * time.Second)
			stop()
		}
		book.Complete(t, 750)
		book.Once(t)
	})
}

// ScanBatch never tells the reader of a shard how far it is. When one read is throttled for longer than the SDK tries, the reader
// begins again where it was when Scan was called, and everything comes twice.
func TestBatchesBeginAgainAfterAThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		stop := suite.Go(t, batches(scanner(t, tank, consumer.WithStore(store.New())), book))
		for i := range 10 {
			suite.Send(orders, 100*i, 100*i+100)
			tank.Advance(10 * time.Second)
		}
		book.Complete(t, 1000)
		book.Once(t) // until here nothing has failed
		suite.During(tank, 10*time.Second, "GetRecords", tanktest.Fails("ProvisionedThroughputExceededException"))
		tank.Advance(time.Minute)
		stop()
		if n := book.Twice(); n != 1000 {
			t.Errorf("%d of 1000 records came twice: does ScanBatch still begin again?", n)
		}
	})
}

// The batches of a shard that has ended wait for the next flush, as those of any shard do. Its children fill theirs meanwhile,
// which overtake it: ScanBatch does not keep the order of a key across a split.
func TestBatchesOvertakeAcrossASplit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		suite.Send(orders, 0, 50) // fewer than fill a batch
		orders.Split(0)
		tank.Advance(time.Second)
		suite.Send(orders, 50, 450)
		stop := suite.Go(t, batches(scanner(t, tank), book, consumer.WithBatchFlushInterval(time.Minute)))
		tank.Advance(90 * time.Second)
		stop()
		book.All(t, 450)
		if book.Early() == 0 {
			t.Error("no record was overtaken: does ScanBatch keep the order now?")
		}
	})
}
