package kcl

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmware/vmware-go-kcl-v2/clientlibrary/config"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

func TestAcrossASplit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, newLeases()
		orders := tank.Stream("orders", 2)
		a, b := start(t, tank, table, "a", into(book)), start(t, tank, table, "b", into(book))
		tank.Advance(10 * time.Second)
		suite.FeedASplit(tank, orders, 1200)
		tank.Advance(time.Minute)
		a.Shutdown()
		b.Shutdown()
		book.Complete(t, 1200) // for who reads twice, see TestChildIsReadByTwoWorkers
	})
}

// Whatever fails for half a minute, the shard is given up, taken again and read from its checkpoint on.
func TestReadsThatFail(t *testing.T) {
	for name, action := range suite.Faults() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
				orders := tank.Stream("orders", 2)
				w := start(t, tank, newLeases(), "a", into(book))
				tank.Advance(5 * time.Second)
				time.AfterFunc(10*time.Second, func() { suite.During(tank, 30*time.Second, "GetRecords", action) })
				suite.FeedASplit(tank, orders, 600)
				tank.Advance(time.Minute)
				w.Shutdown()
				book.Complete(t, 600)
			})
		})
	}
}

// A processor that takes longer than five minutes finds that its iterator has expired.
func TestIteratorExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		w := start(t, tank, newLeases(), "a", func(_ string, data []byte) error {
			time.Sleep(time.Minute)
			return book.Add(data)
		}, seldom)
		for i := range 10 {
			suite.Send(orders, 10*i, 10*i+10)
			tank.Advance(time.Minute)
		}
		tank.Advance(2 * time.Hour)
		w.Shutdown()
		book.Complete(t, 100)
		book.Once(t)
		if n := tank.Calls("GetShardIterator"); n < 2 {
			t.Errorf("%d iterators were made: this test has shown nothing", n)
		}
	})
}

// Workers that are started again go on at their checkpoints, also in shards that have ended meanwhile.
func TestResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, newLeases()
		orders := tank.Stream("orders", 1)
		for round := range 4 {
			w := start(t, tank, table, "a", into(book))
			tank.Advance(20 * time.Second)
			suite.Send(orders, 100*round, 100*round+100)
			tank.Advance(20 * time.Second)
			w.Shutdown()
			if round == 1 {
				orders.Split(0)
			}
		}
		book.Complete(t, 400)
		book.Once(t)
	})
}

// A child waits for one parent. After a merge it has two: of the other the records come when they come.
func TestMergedShardOvertakesItsSecondParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 2)
		w := start(t, tank, newLeases(), "a", func(shard string, data []byte) error {
			if shard == "shardId-000000000001" {
				time.Sleep(2 * time.Second)
			}
			return book.Add(data)
		})
		tank.Advance(10 * time.Second)
		suite.Send(orders, 0, 40)
		tank.Advance(time.Second)
		orders.Merge(0, 1)
		tank.Advance(time.Second)
		suite.Send(orders, 40, 200)
		tank.Advance(3 * time.Minute)
		w.Shutdown()
		book.All(t, 200)
		if book.Early() == 0 {
			t.Error("no record was overtaken: does the child wait for both parents now?")
		}
	})
}

// A parent without a checkpoint counts as one that Kinesis has forgotten. So a child does not wait for a parent whose first records
// are still being processed, nor for one that nobody reads yet: over a backlog the keys lose their order.
func TestChildOvertakesAParentWithoutCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		suite.Send(orders, 0, 40)
		orders.Split(0)
		tank.Advance(time.Second)
		suite.Send(orders, 40, 200)
		w := start(t, tank, newLeases(), "a", func(shard string, data []byte) error {
			if shard == "shardId-000000000000" {
				time.Sleep(2 * time.Second)
			}
			return book.Add(data)
		})
		tank.Advance(3 * time.Minute)
		w.Shutdown()
		book.All(t, 200)
		if book.Early() == 0 {
			t.Error("no record was overtaken: does the child wait for its parent now?")
		}
	})
}

func TestOnTheWall(t *testing.T) {
	tank, book := tanktest.Start(t), &suite.Book{}
	orders := tank.Stream("orders", 1)
	suite.Send(orders, 0, 500)
	w := start(t, tank, newLeases(), "a", into(book), func(c *config.KinesisClientLibConfiguration) {
		c.WithShardSyncIntervalMillis(100).WithIdleTimeBetweenReadsInMillis(100)
	})
	tank.Until("all is read", func() bool { return book.Len() == 500 })
	w.Shutdown()
	book.Complete(t, 500)
}
