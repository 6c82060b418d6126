package fanout_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"example.com/consumers/fanout"
	"example.com/consumers/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// subscriber reads a tank's stream into a book, as a consumer that it registers.
func subscriber(t *testing.T, tank *tanktest.Tank, stream *tanktest.Stream, book *suite.Book) *fanout.Subscriber {
	t.Helper()
	client := kinesis.NewFromConfig(tank.Config())
	out, err := client.RegisterStreamConsumer(t.Context(), &kinesis.RegisterStreamConsumerInput{
		StreamARN: aws.String(stream.ARN()), ConsumerName: aws.String("suite"),
	})
	if err != nil {
		t.Fatal(err)
	}
	arn := out.Consumer.ConsumerARN
	tank.Until("the consumer is active", func() bool {
		out, err := client.DescribeStreamConsumer(t.Context(), &kinesis.DescribeStreamConsumerInput{ConsumerARN: arn})
		return err == nil && out.ConsumerDescription.ConsumerStatus == types.ConsumerStatusActive
	})
	return &fanout.Subscriber{
		NewClient: func() fanout.Client { return kinesis.NewFromConfig(tank.Config()) }, Stream: stream.Name(), ConsumerARN: *arn,
		Handle: book.Handle, Log: slog.New(slog.DiscardHandler),
	}
}

func TestAcrossASplitAndAMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 2)
		stop := suite.Go(t, subscriber(t, tank, orders, book).Run)
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
		stop := suite.Go(t, subscriber(t, tank, orders, book).Run)
		tank.Advance(time.Minute)
		stop()
		book.Complete(t, 900)
	})
}

// Kinesis ends a subscription after five minutes. In half an hour there are six, and a record is read once.
func TestSubscribesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		stop := suite.Go(t, subscriber(t, tank, orders, book).Run)
		for i := range 180 {
			suite.Send(orders, 5*i, 5*i+5)
			tank.Advance(10 * time.Second)
		}
		stop()
		book.Complete(t, 900)
		if n := book.Twice(); n > 0 {
			t.Errorf("%d records were read twice", n)
		}
		if n := tank.Calls("SubscribeToShard"); n < 6 || n > 8 {
			t.Errorf("%d subscriptions in half an hour", n)
		}
	})
}

// Whatever becomes of subscriptions for half a minute, reading goes on where it was.
func TestSubscriptionsThatFail(t *testing.T) {
	for name, row := range map[string]struct {
		operation string
		action    tanktest.Action
	}{
		"refused":          {"SubscribeToShard", tanktest.Fails("LimitExceededException")},
		"in use":           {"SubscribeToShard", tanktest.Fails("ResourceInUseException")},
		"service fails":    {"SubscribeToShard", tanktest.Fails("InternalFailureException")},
		"never connected":  {"SubscribeToShard", tanktest.Cuts()},
		"cut when open":    {"SubscribeToShardEvent", tanktest.Cuts()},
		"an event is lost": {"SubscribeToShardEvent", tanktest.Loses()},
		"fails when open":  {"SubscribeToShardEvent", tanktest.Fails("InternalFailureException")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
				orders := tank.Stream("orders", 2)
				s := subscriber(t, tank, orders, book)
				until := tank.Now().Add(30 * time.Second)
				tank.Hook(func(now time.Time, r tanktest.Request) tanktest.Action {
					if r.Operation != row.operation || !now.Before(until) {
						return tanktest.Pass()
					}
					return row.action
				})
				stop := suite.Go(t, s.Run)
				suite.Feed(tank, orders, 600)
				tank.Advance(time.Minute)
				stop()
				book.Complete(t, 600)
			})
		})
	}
}

// A connection that is there and says nothing is given up.
func TestFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		stop := suite.Go(t, subscriber(t, tank, orders, book).Run)
		suite.Send(orders, 0, 50)
		tank.Advance(time.Minute)
		held := tank.Hold("SubscribeToShardEvent")
		suite.Send(orders, 50, 100)
		tank.Until("a second subscription", func() bool { return tank.Calls("SubscribeToShard") > 1 })
		held.Release()
		tank.Advance(time.Minute)
		stop()
		book.Complete(t, 100)
	})
}

// What does not pass ends the subscriber, with all of its goroutines and subscriptions.
func TestEnds(t *testing.T) {
	full := errors.New("the disk is full")
	for name, row := range map[string]struct {
		spoil func(*tanktest.Tank, *fanout.Subscriber)
		want  string
	}{
		"the handler fails": {func(_ *tanktest.Tank, s *fanout.Subscriber) {
			s.Handle = func(context.Context, string, []types.Record) error { return full }
		}, "handle records: the disk is full"},
		"access is denied": {func(k *tanktest.Tank, _ *fanout.Subscriber) { k.Fail("SubscribeToShard", "AccessDeniedException") }, "AccessDeniedException"},
		"no such consumer": {func(_ *tanktest.Tank, s *fanout.Subscriber) { s.ConsumerARN += "0" }, "ResourceNotFoundException"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				orders := tank.Stream("orders", 2)
				suite.Send(orders, 0, 10)
				s := subscriber(t, tank, orders, &suite.Book{})
				row.spoil(tank, s)
				if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), row.want) {
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
	stop := suite.Go(t, subscriber(t, tank, orders, book).Run)
	tank.Until("all is read", func() bool { return book.Len() == 500 })
	stop()
	book.Complete(t, 500)
}
