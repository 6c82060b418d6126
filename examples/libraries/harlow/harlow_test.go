// Package harlow has github.com/harlow/kinesis-consumer read the streams of a tank.
package harlow

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	consumer "github.com/harlow/kinesis-consumer"
	store "github.com/harlow/kinesis-consumer/store/memory"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// scanner is a consumer of a tank's stream, made as the library's README says, that begins with the oldest record.
func scanner(t testing.TB, tank *tanktest.Tank, opts ...consumer.Option) *consumer.Consumer {
	t.Helper()
	c, err := consumer.New("orders", append([]consumer.Option{
		consumer.WithClient(kinesis.NewFromConfig(tank.Config())), consumer.WithShardIteratorType("TRIM_HORIZON"),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// into has a consumer note what it reads in a book.
func into(c *consumer.Consumer, book *suite.Book) func(context.Context) error {
	return func(ctx context.Context) error {
		return c.Scan(ctx, func(r *consumer.Record) error { return book.Add(r.Data) })
	}
}

func TestAcrossASplitAndAMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 2)
		stop := suite.Go(t, into(scanner(t, tank), book))
		suite.Feed(tank, orders, 1200)
		tank.Advance(time.Minute) // it looks for new shards every 30 seconds
		stop()
		book.Complete(t, 1200)
		book.Once(t)
	})
}

// Splits and merges that are long past when reading begins.
func TestBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		suite.Backlog(tank, tank.Stream("orders", 2), 900)
		stop := suite.Go(t, into(scanner(t, tank), book))
		tank.Advance(time.Minute)
		stop()
		book.Complete(t, 900)
		book.Once(t)
	})
}

// It outlasts a stream that throttles and iterators that expire. All else it leaves to the SDK, which tries three times within
// some seconds: what lasts longer ends Scan. When the program runs it again it goes on at its checkpoints.
func TestReadsThatFail(t *testing.T) {
	for name, action := range suite.Faults() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank, book, checkpoints := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, store.New()
				orders := tank.Stream("orders", 2)
				ends := 0
				stop := suite.Go(t, func(ctx context.Context) error {
					for {
						err := into(scanner(t, tank, consumer.WithStore(checkpoints)), book)(ctx)
						if err == nil || ctx.Err() != nil {
							return err
						}
						ends++
						time.Sleep(time.Second)
					}
				})
				tank.Advance(5 * time.Second)
				suite.During(tank, 30*time.Second, "GetRecords", action)
				suite.Feed(tank, orders, 600)
				tank.Advance(time.Minute)
				stop()
				book.Complete(t, 600)
				book.Once(t) // a checkpoint is written for each record
				if outlasts := name == "throttled" || name == "iterator expires"; (ends == 0) != outlasts {
					t.Errorf("Scan has ended %d times", ends)
				}
			})
		})
	}
}

// What it outlasts while it reads it does not outlast when it begins: the first iterator of a shard is asked for once.
func TestBeginsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		tank.Fail("GetShardIterator", "ProvisionedThroughputExceededException")
		err := into(scanner(t, tank), &suite.Book{})(t.Context())
		if err == nil || !strings.Contains(err.Error(), "ProvisionedThroughputExceededException") {
			t.Errorf("Scan has returned %v", err)
		}
	})
}

// A callback that takes longer than five minutes finds that its iterator has expired.
func TestIteratorExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		c := scanner(t, tank, consumer.WithScanInterval(5*time.Second))
		stop := suite.Go(t, func(ctx context.Context) error {
			return c.Scan(ctx, func(r *consumer.Record) error {
				time.Sleep(time.Minute)
				return book.Add(r.Data)
			})
		})
		for i := range 10 {
			suite.Send(orders, 10*i, 10*i+10)
			tank.Advance(time.Minute)
		}
		tank.Advance(2 * time.Hour)
		stop()
		book.Complete(t, 100)
		book.Once(t)
		if n := tank.Calls("GetShardIterator"); n < 2 {
			t.Errorf("%d iterators were made: this test has shown nothing", n)
		}
	})
}

// A consumer of the default position, LATEST, that has not read a record yet asks for LATEST again when a read fails: what came
// meanwhile is lost, and nobody is told.
func TestLatestLosesWhatCameWhileItWasThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		stop := suite.Go(t, into(scanner(t, tank, consumer.WithShardIteratorType("LATEST")), book))
		tank.Advance(10 * time.Second) // it reads, and finds nothing
		suite.During(tank, 30*time.Second, "GetRecords", tanktest.Fails("ProvisionedThroughputExceededException"))
		tank.Advance(10 * time.Second)
		suite.Send(orders, 0, 100)
		tank.Advance(time.Minute)
		suite.Send(orders, 100, 200)
		tank.Advance(time.Minute)
		stop()
		if book.Has(0) || book.Has(99) || !book.Has(100) || book.Len() != 100 {
			t.Errorf("it has read %d records: does it still lose those of the half minute?", book.Len())
		}
	})
}

// A consumer that is run again goes on at its checkpoints, also in shards that have ended meanwhile.
func TestResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, checkpoints := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, store.New()
		orders := tank.Stream("orders", 1)
		for round := range 6 {
			stop := suite.Go(t, into(scanner(t, tank, consumer.WithStore(checkpoints)), book))
			tank.Advance(10 * time.Second)
			suite.Send(orders, 100*round, 100*round+100)
			tank.Advance(10 * time.Second)
			stop()
			switch round {
			case 1:
				orders.Split(0)
			case 3:
				orders.Merge(1, 2)
			}
		}
		book.Complete(t, 600)
		book.Once(t)
	})
}

// Aggregates come out as their records, and across a restart between two of them none is lost. A restart within one loses the rest
// of it, as the library's README says: a checkpoint has no place for where in an aggregate it is.
func TestAggregates(t *testing.T) {
	for name, row := range map[string]struct{ stopAt, lost int }{"between two": {50, 0}, "within one": {45, 5}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank, book, checkpoints := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, store.New()
				orders := tank.Stream("orders", 1)
				for i := 0; i < 100; i += 10 {
					orders.Send(tanktest.Record{Key: suite.Key(i), Data: suite.Aggregate(i, i+1, i+2, i+3, i+4, i+5, i+6, i+7, i+8, i+9)})
				}
				full := errors.New("the disk is full")
				c := scanner(t, tank, consumer.WithStore(checkpoints), consumer.WithAggregation(true))
				err := c.Scan(t.Context(), func(r *consumer.Record) error {
					if book.Len() == row.stopAt {
						return full
					}
					return book.Add(r.Data)
				})
				if !errors.Is(err, full) {
					t.Errorf("Scan has returned %v", err)
				}
				stop := suite.Go(t, into(scanner(t, tank, consumer.WithStore(checkpoints), consumer.WithAggregation(true)), book))
				tank.Advance(10 * time.Second)
				stop()
				if lost := 100 - book.Len(); lost != row.lost || book.Early() > 0 {
					t.Errorf("%d records were lost, not %d, and %d came out of order", lost, row.lost, book.Early())
				}
			})
		})
	}
}

// What does not pass ends Scan, with all of its goroutines.
func TestEnds(t *testing.T) {
	for name, row := range map[string]struct {
		spoil func(*tanktest.Tank)
		want  string
	}{
		"the callback fails": {func(*tanktest.Tank) {}, "the disk is full"},
		"access is denied":   {func(k *tanktest.Tank) { k.Fail("GetRecords", "AccessDeniedException") }, "AccessDeniedException"},
		"no list":            {func(k *tanktest.Tank) { k.Fail("ListShards", "AccessDeniedException") }, "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				suite.Send(tank.Stream("orders", 1), 0, 10)
				row.spoil(tank)
				err := scanner(t, tank).Scan(t.Context(), func(*consumer.Record) error { return errors.New("the disk is full") })
				if err == nil || !strings.Contains(err.Error(), row.want) {
					t.Errorf("Scan has returned %v, want %q", err, row.want)
				}
			})
		})
	}
}

// The same on the wall's time, through a socket.
func TestOnTheWall(t *testing.T) {
	tank, book := tanktest.Start(t), &suite.Book{}
	orders := tank.Stream("orders", 2)
	suite.Send(orders, 0, 500)
	stop := suite.Go(t, into(scanner(t, tank), book))
	tank.Until("all is read", func() bool { return book.Len() == 500 })
	stop()
	book.Complete(t, 500)
}
