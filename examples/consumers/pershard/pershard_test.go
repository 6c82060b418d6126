package pershard_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"example.com/consumers/internal/suite"
	"example.com/consumers/pershard"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// consumer reads a tank's stream into a book.
func consumer(tank *tanktest.Tank, book *suite.Book) *pershard.Consumer {
	return &pershard.Consumer{
		Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders", Checkpoints: &pershard.Memory{}, Handle: book.Handle,
		Log: slog.New(slog.DiscardHandler),
	}
}

func TestAcrossASplitAndAMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 2)
		stop := suite.Go(t, consumer(tank, book).Run)
		suite.Feed(tank, orders, 1200)
		tank.Advance(5 * time.Second)
		stop()
		book.Complete(t, 1200)
		if n := book.Twice(); n > 0 {
			t.Errorf("nothing has failed, and %d records were read twice", n)
		}
	})
}

// Splits and merges that are long past when reading begins.
func TestBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 2)
		suite.Backlog(tank, orders, 900)
		stop := suite.Go(t, consumer(tank, book).Run)
		tank.Advance(time.Minute)
		stop()
		book.Complete(t, 900)
	})
}

// Whatever fails for half a minute, reading goes on where it was.
func TestReadsThatFail(t *testing.T) {
	for name, action := range map[string]tanktest.Action{
		"throttled":        tanktest.Fails("ProvisionedThroughputExceededException"),
		"service fails":    tanktest.Fails("InternalFailureException"),
		"iterator expires": tanktest.Fails("ExpiredIteratorException"),
		"connection cut":   tanktest.Cuts(),
		"answer lost":      tanktest.Loses(),
	} {
		for _, operation := range []string{"GetRecords", "GetShardIterator"} {
			if name == "iterator expires" && operation == "GetShardIterator" {
				continue // it makes them
			}
			t.Run(name+"/"+operation, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
					orders := tank.Stream("orders", 2)
					until := tank.Now().Add(30 * time.Second)
					var failed atomic.Int64
					tank.Hook(func(now time.Time, r tanktest.Request) tanktest.Action {
						if r.Operation != operation || !now.Before(until) {
							return tanktest.Pass()
						}
						if name == "iterator expires" && failed.Add(1)%5 == 0 {
							return tanktest.Pass() // a new one is good, for a while
						}
						return action
					})
					stop := suite.Go(t, consumer(tank, book).Run)
					suite.Feed(tank, orders, 600)
					tank.Advance(10 * time.Second)
					stop()
					book.Complete(t, 600)
				})
			})
		}
	}
}

// A handler that takes longer than five minutes finds that its iterator has expired.
func TestIteratorExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		c := consumer(tank, book)
		c.Handle = func(ctx context.Context, shard string, records []types.Record) error {
			time.Sleep(6 * time.Minute)
			return book.Handle(ctx, shard, records)
		}
		stop := suite.Go(t, c.Run)
		for i := range 10 {
			suite.Send(orders, 10*i, 10*i+10)
			tank.Advance(time.Minute)
		}
		tank.Advance(time.Hour)
		stop()
		book.Complete(t, 100)
		if n := tank.Calls("GetShardIterator"); n < 2 {
			t.Errorf("%d iterators were made: this test has shown nothing", n)
		}
	})
}

// A consumer that is started again goes on at its checkpoints, also of shards that have ended meanwhile.
func TestResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		c := consumer(tank, book)
		for round := range 6 {
			stop := suite.Go(t, c.Run)
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
		if n := book.Twice(); n > 0 {
			t.Errorf("every round was ended in order, and %d records were read twice", n)
		}
	})
}

// What does not pass ends the consumer, with all of its goroutines, and says where it was.
func TestEnds(t *testing.T) {
	full := errors.New("the disk is full")
	for name, row := range map[string]struct {
		spoil func(*tanktest.Tank, *pershard.Consumer)
		want  string
	}{
		"the handler fails": {func(_ *tanktest.Tank, c *pershard.Consumer) {
			c.Handle = func(context.Context, string, []types.Record) error { return full }
		}, "handle 10 records: the disk is full"},
		"access is denied": {func(k *tanktest.Tank, _ *pershard.Consumer) { k.Fail("GetRecords", "AccessDeniedException") }, "AccessDeniedException"},
		"no such stream":   {func(_ *tanktest.Tank, c *pershard.Consumer) { c.Stream = "other" }, "ResourceNotFoundException"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				suite.Send(tank.Stream("orders", 1), 0, 10)
				c := consumer(tank, &suite.Book{})
				row.spoil(tank, c)
				if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), row.want) {
					t.Errorf("Run has returned %v, want %q", err, row.want)
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
	stop := suite.Go(t, consumer(tank, book).Run)
	tank.Until("all is read", func() bool { return book.Len() == 500 })
	stop()
	book.Complete(t, 500)
}
