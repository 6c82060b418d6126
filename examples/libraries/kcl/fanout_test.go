package kcl

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmware/vmware-go-kcl-v2/clientlibrary/config"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// fanOutShards is how many shards a worker subscribes to at once. A worker has one client, and two event streams of one client are a
// data race in smithy-go 1.28 (https://github.com/aws/smithy-go/issues/714): under the race detector it is one.
var fanOutShards = 2

func fanOut(c *config.KinesisClientLibConfiguration) { c.WithEnhancedFanOutConsumer(true) }

// It registers its consumer, and renews subscriptions when their five minutes are over.
func TestFanOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", fanOutShards)
		w := start(t, tank, newLeases(), "a", into(book), fanOut, seldom)
		for i := range 60 {
			suite.Send(orders, 20*i, 20*i+20)
			tank.Advance(30 * time.Second)
		}
		w.Shutdown()
		book.Complete(t, 1200)
		book.Once(t)
		if n := tank.Calls("SubscribeToShard"); n < 5*fanOutShards {
			t.Errorf("there were %d subscriptions in half an hour", n)
		}
	})
}

func TestFanOutAcrossASplit(t *testing.T) {
	if fanOutShards < 2 {
		t.Skip("its children are two subscriptions of one client, which race in smithy-go")
	}
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		w := start(t, tank, newLeases(), "a", into(book), fanOut)
		tank.Advance(10 * time.Second)
		suite.FeedASplit(tank, orders, 600)
		tank.Advance(time.Minute)
		w.Shutdown()
		book.Complete(t, 600)
		book.Once(t)
	})
}

// Whatever becomes of subscriptions for half a minute, the shard is given up, taken again and read from its checkpoint on. One that is
// cut is asked for again at once, and that is refused: one may subscribe to a shard once in five seconds.
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
				orders := tank.Stream("orders", 1)
				w := start(t, tank, newLeases(), "a", into(book), fanOut)
				if row.operation == "SubscribeToShardEvent" {
					tank.Advance(10 * time.Second)
				}
				suite.During(tank, 30*time.Second, row.operation, row.action)
				for i := range 60 {
					suite.Send(orders, 10*i, 10*i+10)
					tank.Advance(time.Second)
				}
				tank.Advance(time.Minute)
				w.Shutdown()
				book.Complete(t, 600)
			})
		})
	}
}

// A subscription that is there and says nothing is waited for, for ever.
func TestSubscriptionFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		w := start(t, tank, newLeases(), "a", into(book), fanOut, seldom)
		suite.Send(orders, 0, 50)
		tank.Advance(time.Minute)
		held := tank.Hold("SubscribeToShardEvent")
		suite.Send(orders, 50, 100)
		tank.Advance(time.Hour)
		if n := tank.Calls("SubscribeToShard"); n != 1 || book.Len() != 50 {
			t.Errorf("after an hour of silence there are %d subscriptions and %d records: does it give up now?", n, book.Len())
		}
		held.Release()
		tank.Advance(time.Minute)
		w.Shutdown()
		book.Complete(t, 100)
	})
}
