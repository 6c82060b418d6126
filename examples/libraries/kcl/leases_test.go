package kcl

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/vmware/vmware-go-kcl-v2/clientlibrary/checkpoint"
	"github.com/vmware/vmware-go-kcl-v2/clientlibrary/config"
	kcl "github.com/vmware/vmware-go-kcl-v2/clientlibrary/interfaces"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// The leases of a worker that dies, without a word, are taken when their ten seconds are over.
func TestWorkerDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, newLeases()
		orders := tank.Stream("orders", 4)
		a := start(t, tank, table, "a", into(book))
		tank.Advance(30 * time.Second)
		b := start(t, tank, table, "b", into(book))
		table.want(t, "a:4")
		suite.Send(orders, 0, 100)
		tank.Advance(500 * time.Millisecond) // some of it is read, and not all of that is written down
		a.table.cut.Store(true)
		a.Shutdown()
		suite.Send(orders, 100, 300)
		tank.Advance(30 * time.Second)
		table.want(t, "b:4")
		b.Shutdown()
		book.Complete(t, 300)
	})
}

// A worker that cannot reach the table stops to read before others begin. Its processors are dropped: no Shutdown tells them, not
// with ZOMBIE either, and what they hold open stays so.
func TestWorkerIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, newLeases()
		orders := tank.Stream("orders", 2)
		var cut atomic.Bool
		a := start(t, tank, table, "a", func(shard string, data []byte) error {
			if cut.Load() {
				t.Errorf("it was given a record of %s when another had its lease", shard)
			}
			return book.Add(data)
		})
		tank.Advance(30 * time.Second)
		b := start(t, tank, table, "b", into(book))
		suite.Send(orders, 0, 100)
		tank.Advance(5 * time.Second)
		table.want(t, "a:2")

		a.table.cut.Store(true)
		tank.Advance(10 * time.Second)
		cut.Store(true)
		suite.Send(orders, 100, 200)
		tank.Advance(20 * time.Second)
		table.want(t, "b:2")
		if n := a.shutdown[kcl.ZOMBIE].Load() + a.shutdown[kcl.REQUESTED].Load() + a.shutdown[kcl.TERMINATE].Load(); n != 0 {
			t.Errorf("%d processors were told: is Shutdown called now?", n)
		}
		a.Shutdown()
		b.Shutdown()
		book.Complete(t, 200)
	})
}

// The lease of a child that waits for its parent is not renewed. After ten seconds, which is as long as the child sleeps before it
// looks at its parent again, another worker takes it and waits, too. Both then read the child, until the first tries to renew.
func TestChildIsReadByTwoWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, newLeases()
		orders := tank.Stream("orders", 1)
		var late atomic.Bool
		slowly := func(shard string, data []byte) error {
			if shard == "shardId-000000000000" && late.Load() {
				time.Sleep(time.Second)
			}
			return book.Add(data)
		}
		a, b := start(t, tank, table, "a", slowly), start(t, tank, table, "b", slowly)
		tank.Advance(10 * time.Second)
		suite.Send(orders, 0, 40)
		tank.Advance(2 * time.Second)
		late.Store(true)
		suite.Send(orders, 40, 80)
		orders.Split(0)
		tank.Advance(time.Second)
		suite.Send(orders, 80, 200)
		tank.Advance(2 * time.Minute)
		a.Shutdown()
		b.Shutdown()
		book.Complete(t, 200)
		for _, child := range []string{"shardId-000000000001", "shardId-000000000002"} {
			if n := a.readers(child) + b.readers(child); n < 2 {
				t.Errorf("%d processors have read %s: are leases renewed now while they wait?", n, child)
			}
		}
	})
}

func stealing(c *config.KinesisClientLibConfiguration) {
	c.WithLeaseStealing(true).WithLeaseStealingIntervalMillis(1000).WithLeaseSyncingIntervalMillis(1000)
}

// A worker that comes later has nothing to do, unless both may steal.
func TestShares(t *testing.T) {
	for name, row := range map[string]struct {
		changes []change
		want    string
	}{"by itself": {nil, "a:4"}, "stealing": {[]change{stealing}, "a:2 b:2"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, newLeases()
				orders := tank.Stream("orders", 4)
				a := start(t, tank, table, "a", into(book), row.changes...)
				suite.Send(orders, 0, 100)
				tank.Advance(30 * time.Second)
				table.want(t, "a:4")
				b := start(t, tank, table, "b", into(book), row.changes...)
				for i := range 180 {
					suite.Send(orders, 100+i, 101+i)
					tank.Advance(time.Second)
				}
				if row.changes != nil { // which shard is stolen, and when, is drawn
					tank.Until("the shards are shared", func() bool { return fmt.Sprint(table.owners()) == "map["+row.want+"]" })
				}
				table.want(t, row.want)
				a.Shutdown()
				b.Shutdown()
				book.Complete(t, 280)
			})
		})
	}
}

// A child that waits for its parent does not hear Shutdown. Where the parent stops with the worker, which is what Shutdown is for,
// it waits for ever, and so does Shutdown: here until somebody else has read the parent to its end.
func TestShutdownHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, newLeases()
		orders := tank.Stream("orders", 1)
		w := start(t, tank, table, "a", func(_ string, data []byte) error {
			time.Sleep(time.Second) // reading takes its time
			return book.Add(data)
		}, func(c *config.KinesisClientLibConfiguration) { c.WithMaxRecords(10) })
		suite.Send(orders, 0, 10)
		tank.Advance(15 * time.Second) // a checkpoint is written, and the child has something to wait for
		suite.Send(orders, 10, 20)
		tank.Advance(2 * time.Second)
		suite.Send(orders, 20, 120)
		orders.Split(0)
		tank.Advance(20 * time.Second)
		table.want(t, "a:3") // the parent and the children

		done := make(chan struct{})
		go func() {
			defer close(done)
			w.Shutdown()
		}()
		select {
		case <-done:
			t.Error("Shutdown has returned: does it tell those that wait now?")
		case <-time.After(time.Hour):
		}
		parent := table.Get("shardId-000000000000")
		parent[checkpoint.SequenceNumberKey] = &types.AttributeValueMemberS{Value: checkpoint.ShardEnd}
		if err := table.Put("shardId-000000000000", parent, "", nil); err != nil {
			t.Fatal(err)
		}
		<-done
	})
}
