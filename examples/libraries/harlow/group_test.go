package harlow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	consumer "github.com/harlow/kinesis-consumer"
	"github.com/harlow/kinesis-consumer/group/consumergroup"
	store "github.com/harlow/kinesis-consumer/store/memory"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// team are workers of one group: a table of leases, a store of checkpoints.
type team struct {
	tank        *tanktest.Tank
	table       leases
	checkpoints *store.Store
	every       time.Duration // how often it renews and assigns; its own 5 and 10 seconds
}

func (m *team) worker(t testing.TB, name string) *consumer.Consumer {
	t.Helper()
	group, err := consumergroup.New(consumergroup.Config{
		GroupName: "readers", StreamName: "orders", WorkerID: name, Repository: &m.table, CheckpointStore: m.checkpoints,
		KinesisClient: kinesis.NewFromConfig(m.tank.Config()), RenewInterval: m.every, AssignInterval: m.every,
	})
	if err != nil {
		t.Fatal(err)
	}
	return scanner(t, m.tank, consumer.WithGroup(group), consumer.WithStore(m.checkpoints))
}

// untilOwners waits until the workers have so many shards each, and read them. Handing over takes some rounds, and how many is left to
// chance.
func (m *team) untilOwners(want string) {
	m.tank.Until("the workers have "+want, func() bool { return fmt.Sprint(m.table.owners()) == "map["+want+"]" })
	m.tank.Advance(5 * time.Second)
}

func TestGroupAcrossASplitAndAMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders, m := tank.Stream("orders", 2), &team{tank: tank, checkpoints: store.New()}
		first, second := suite.Go(t, into(m.worker(t, "a"), book)), suite.Go(t, into(m.worker(t, "b"), book))
		tank.Advance(time.Minute)
		suite.Feed(tank, orders, 1200)
		tank.Advance(2 * time.Minute)
		m.untilOwners("a:1 b:1")
		first()
		second()
		book.Complete(t, 1200)
	})
}

func TestGroupBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		m := &team{tank: tank, checkpoints: store.New()}
		suite.Backlog(tank, tank.Stream("orders", 2), 900)
		first, second := suite.Go(t, into(m.worker(t, "a"), book)), suite.Go(t, into(m.worker(t, "b"), book))
		tank.Advance(5 * time.Minute)
		first()
		second()
		book.Complete(t, 900)
	})
}

// Workers that come and go share the shards, and lose nothing.
func TestGroupShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders, m := tank.Stream("orders", 6), &team{tank: tank, checkpoints: store.New()}
		sent := 0
		live := func() {
			for range 60 {
				suite.Send(orders, sent, sent+10)
				sent += 10
				tank.Advance(time.Second)
			}
		}
		first := suite.Go(t, into(m.worker(t, "a"), book))
		live()
		m.untilOwners("a:6")
		second := suite.Go(t, into(m.worker(t, "b"), book))
		live()
		m.untilOwners("a:3 b:3")
		first()
		live()
		m.untilOwners("b:6")
		second()
		m.untilOwners(":6")
		book.Complete(t, sent)
	})
}

// A worker that cannot reach the table ends, and its leases are taken when their 20 seconds are over.
func TestGroupWorkerDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		orders, m := tank.Stream("orders", 4), &team{tank: tank, checkpoints: store.New()}
		died := make(chan error, 1)
		go func() { died <- into(m.worker(t, "a"), book)(t.Context()) }()
		second := suite.Go(t, into(m.worker(t, "b"), book))
		tank.Advance(time.Minute)
		m.untilOwners("a:2 b:2")
		suite.Send(orders, 0, 100)
		m.table.cutOff("a")
		if err := <-died; !errors.Is(err, errFar) {
			t.Errorf("it has died of %v", err)
		}
		suite.Send(orders, 100, 300)
		tank.Advance(40 * time.Second)
		m.untilOwners("b:4")
		second()
		book.Complete(t, 300)
	})
}

// Scan keeps one error and waits for its group. A group whose request for the shards is under way when a shard's error ends the
// scan has an error, too, which nobody takes: Scan never returns, and its goroutines stay. A bubble cannot end while they are
// there, so that this is on the wall's time; tanktest.Try has the tank's complaint.
func TestScanHangs(t *testing.T) {
	full := errors.New("the disk is full")
	err := tanktest.Try(func(t testing.TB) {
		tank := tanktest.Start(t)
		orders, m := tank.Stream("orders", 1), &team{tank: tank, checkpoints: store.New(), every: 10 * time.Millisecond}
		done, begun := make(chan error, 1), make(chan struct{})
		go func() {
			done <- m.worker(t, "a").Scan(context.Background(), func(*consumer.Record) error {
				<-begun
				return full
			})
		}()
		suite.Send(orders, 0, 1)
		tank.Until("a record is read", func() bool { return tank.Calls("GetRecords") > 0 })
		held := tank.Hold("ListShards")
		tank.Until("the group asks for the shards", func() bool { return held.Requests() > 0 })
		close(begun)
		select {
		case err := <-done:
			t.Errorf("Scan has returned %v", err)
		case <-time.After(200 * time.Millisecond):
		}
	})
	if err == nil || !strings.Contains(err.Error(), "still there when it ends") || !strings.Contains(err.Error(), "(*Consumer).Scan") {
		t.Errorf("does Scan return now? %v", err)
	}
}
