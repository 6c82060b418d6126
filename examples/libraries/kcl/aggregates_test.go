package kcl

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// Aggregates come out as their records, also those whose keys belong to another shard since a split. The KCL for Java drops these.
func TestAggregates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		w := start(t, tank, newLeases(), "a", into(book))
		send := func(from, to int) {
			for i := from; i < to; i += 5 {
				orders.Send(tanktest.Record{Key: suite.Key(i), Data: suite.Aggregate(i, i+1, i+2, i+3, i+4)})
			}
		}
		send(0, 100)
		tank.Advance(10 * time.Second)
		orders.Split(0)
		tank.Advance(time.Second)
		send(100, 200) // by a producer that does not know yet
		tank.Advance(time.Minute)
		w.Shutdown()
		book.All(t, 200)
		book.Once(t)
	})
}

// An aggregate with a good checksum that cannot be read makes the deaggregator give up all that was read with it. The worker logs
// that and reads on: healthy records are lost.
func TestUnreadableAggregateTakesOthersAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders := tank.Stream("orders", 1)
		suite.Send(orders, 0, 50)
		orders.Send(tanktest.Record{Key: "key-0", Data: suite.Seal([]byte("no protobuf"))})
		suite.Send(orders, 50, 100)
		w := start(t, tank, newLeases(), "a", into(book))
		tank.Advance(10 * time.Second)
		suite.Send(orders, 100, 200)
		tank.Advance(10 * time.Second)
		w.Shutdown()
		if book.Len() != 100 || book.Has(0) || book.Has(99) || !book.Has(100) {
			t.Errorf("%d records have come: are the first 100 not lost any more?", book.Len())
		}
	})
}
