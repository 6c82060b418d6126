package leases_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"example.com/consumers/internal/suite"
	"example.com/consumers/leases"

	"github.com/wavetank/wavetank/runner/tanktest"
)

const timeout = 10 * time.Second

func worker(tank *tanktest.Tank, n int, table leases.Table, book *suite.Book) *leases.Worker {
	return &leases.Worker{
		Name: fmt.Sprintf("worker-%d", n), Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders", Table: table, Timeout: timeout,
		Log: slog.New(slog.DiscardHandler), Handle: book.Handle,
	}
}

// shares is how many leases of shards that are not at their end each worker has.
func shares(t *testing.T, table leases.Table) map[string]int {
	t.Helper()
	all, err := table.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, l := range all {
		if l.Checkpoint != "SHARD_END" {
			n[l.Owner]++
		}
	}
	return n
}

func wantShares(t *testing.T, table leases.Table, want string) {
	t.Helper()
	if got := fmt.Sprint(shares(t, table)); got != "map["+want+"]" {
		t.Errorf("the workers have %s, not %s", got, want)
	}
}

func TestAcrossASplitAndAMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, &leases.Memory{}
		orders := tank.Stream("orders", 2)
		first, second := suite.Go(t, worker(tank, 1, table, book).Run), suite.Go(t, worker(tank, 2, table, book).Run)
		tank.Advance(time.Minute)
		suite.Feed(tank, orders, 1200)
		tank.Advance(3 * timeout)
		wantShares(t, table, "worker-1:1 worker-2:1")
		first()
		second()
		book.Complete(t, 1200)
	})
}

// Splits and merges that are long past when reading begins.
func TestBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, &leases.Memory{}
		orders := tank.Stream("orders", 2)
		suite.Backlog(tank, orders, 900)
		first, second := suite.Go(t, worker(tank, 1, table, book).Run), suite.Go(t, worker(tank, 2, table, book).Run)
		tank.Advance(2 * time.Minute)
		first()
		second()
		book.Complete(t, 900)
	})
}

// Workers that come and go share evenly, and lose nothing.
func TestShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, &leases.Memory{}
		orders := tank.Stream("orders", 6)
		sent := 0
		live := func() {
			for range 60 {
				suite.Send(orders, sent, sent+10)
				sent += 10
				tank.Advance(time.Second)
			}
		}
		first := suite.Go(t, worker(tank, 1, table, book).Run)
		live()
		wantShares(t, table, "worker-1:6")
		second := suite.Go(t, worker(tank, 2, table, book).Run)
		live()
		wantShares(t, table, "worker-1:3 worker-2:3")
		third := suite.Go(t, worker(tank, 3, table, book).Run)
		live()
		wantShares(t, table, "worker-1:2 worker-2:2 worker-3:2")
		first()
		live()
		wantShares(t, table, "worker-2:3 worker-3:3")
		second()
		third()
		wantShares(t, table, ":6")
		book.Complete(t, sent)
	})
}

// Where leases cannot be shared evenly they stay where they are.
func TestLeasesDoNotWander(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book, table := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}, &leases.Memory{}
		tank.Stream("orders", 5)
		first, second := suite.Go(t, worker(tank, 1, table, book).Run), suite.Go(t, worker(tank, 2, table, book).Run)
		taken := func() (n int64) {
			all, err := table.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range all {
				n += l.Epoch
			}
			return n
		}
		tank.Advance(2 * time.Minute)
		before := taken()
		tank.Advance(10 * time.Minute)
		if n := taken() - before; n > 0 {
			t.Errorf("leases were taken %d times in ten minutes in which nothing happened", n)
		}
		first()
		second()
	})
}

// far is a table that can be cut off.
type far struct {
	*leases.Memory
	cut atomic.Bool
}

var errFar = errors.New("the table cannot be reached")

func (f *far) List(ctx context.Context) ([]leases.Lease, error) {
	if f.cut.Load() {
		return nil, errFar
	}
	return f.Memory.List(ctx)
}

func (f *far) Create(ctx context.Context, l leases.Lease) error {
	if f.cut.Load() {
		return errFar
	}
	return f.Memory.Create(ctx, l)
}

func (f *far) Take(ctx context.Context, l leases.Lease, worker string) (leases.Lease, error) {
	if f.cut.Load() {
		return l, errFar
	}
	return f.Memory.Take(ctx, l, worker)
}

func (f *far) Renew(ctx context.Context, l leases.Lease) error {
	if f.cut.Load() {
		return errFar
	}
	return f.Memory.Renew(ctx, l)
}

func (f *far) Checkpoint(ctx context.Context, l leases.Lease, sequence string) error {
	if f.cut.Load() {
		return errFar
	}
	return f.Memory.Checkpoint(ctx, l, sequence)
}

func (f *far) Release(ctx context.Context, l leases.Lease) error {
	if f.cut.Load() {
		return errFar
	}
	return f.Memory.Release(ctx, l)
}

// The leases of a worker that dies, without a word, are taken when their time is over.
func TestWorkerDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		table := &far{Memory: &leases.Memory{}}
		orders := tank.Stream("orders", 4)
		first, second := suite.Go(t, worker(tank, 1, table, book).Run), suite.Go(t, worker(tank, 2, table.Memory, book).Run)
		tank.Advance(time.Minute)
		suite.Send(orders, 0, 100)
		tank.Advance(500 * time.Millisecond) // some of it is read, and not all of that is written down
		table.cut.Store(true)
		first()
		suite.Send(orders, 100, 300)
		tank.Advance(2 * timeout) // its last beat may be a third of it ago, and the other looks three times in it
		wantShares(t, table.Memory, "worker-2:4")
		tank.Advance(5 * time.Second)
		second()
		book.Complete(t, 300)
	})
}

// A worker that cannot reach the table stops to read before others begin, so that what they write is not overtaken by what it
// believes, and takes its share when it can reach it again.
func TestWorkerIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank, book := tanktest.Start(t, tanktest.Bubble()), &suite.Book{}
		table := &far{Memory: &leases.Memory{}}
		orders := tank.Stream("orders", 4)
		lost := worker(tank, 1, table, book)
		var cut atomic.Bool
		lost.Handle = func(ctx context.Context, shard string, records []types.Record) error {
			if cut.Load() {
				t.Errorf("it was given %d records of %s when others had its leases", len(records), shard)
			}
			return book.Handle(ctx, shard, records)
		}
		first, second := suite.Go(t, lost.Run), suite.Go(t, worker(tank, 2, table.Memory, book).Run)
		tank.Advance(time.Minute)
		wantShares(t, table.Memory, "worker-1:2 worker-2:2")

		table.cut.Store(true)
		tank.Advance(2 * timeout) // nothing comes, so that no checkpoint tells it
		cut.Store(true)
		for i := range 60 {
			suite.Send(orders, 10*i, 10*i+10)
			tank.Advance(time.Second)
		}
		wantShares(t, table.Memory, "worker-2:4")
		cut.Store(false)
		table.cut.Store(false)
		tank.Advance(time.Minute)
		wantShares(t, table.Memory, "worker-1:2 worker-2:2")
		first()
		second()
		book.Complete(t, 600)
	})
}

// What an owner of before writes is refused.
func TestEpochs(t *testing.T) {
	table, ctx := &leases.Memory{}, t.Context()
	if err := table.Create(ctx, leases.Lease{Shard: "s"}); err != nil {
		t.Fatal(err)
	}
	all, _ := table.List(ctx)
	old, err := table.Take(ctx, all[0], "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Take(ctx, all[0], "b"); !errors.Is(err, leases.ErrLost) {
		t.Errorf("what two have seen free both have taken: %v", err)
	}
	again, err := table.Take(ctx, old, "a") // the same worker, after it was started again
	if err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"renew": table.Renew(ctx, old), "checkpoint": table.Checkpoint(ctx, old, "1"), "release": table.Release(ctx, old),
	} {
		if !errors.Is(err, leases.ErrLost) {
			t.Errorf("%s of a lease of before: %v", what, err)
		}
	}
	if err := table.Checkpoint(ctx, again, "2"); err != nil {
		t.Error(err)
	}
}

// What does not pass ends the worker, and its leases are free.
func TestEnds(t *testing.T) {
	for name, row := range map[string]struct {
		spoil func(*tanktest.Tank, *leases.Worker)
		want  string
	}{
		"the handler fails": {func(_ *tanktest.Tank, w *leases.Worker) {
			w.Handle = func(context.Context, string, []types.Record) error { return errors.New("the disk is full") }
		}, "the disk is full"},
		"access is denied": {func(k *tanktest.Tank, _ *leases.Worker) { k.Fail("GetRecords", "AccessDeniedException") }, "AccessDeniedException"},
		"no such stream":   {func(_ *tanktest.Tank, w *leases.Worker) { w.Stream = "other" }, "ResourceNotFoundException"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank, table := tanktest.Start(t, tanktest.Bubble()), &leases.Memory{}
				suite.Send(tank.Stream("orders", 2), 0, 10)
				w := worker(tank, 1, table, &suite.Book{})
				row.spoil(tank, w)
				if err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), row.want) {
					t.Errorf("Run has returned %v, want %q", err, row.want)
				}
				if n := shares(t, table)["worker-1"]; n > 0 {
					t.Errorf("it still has %d leases", n)
				}
			})
		})
	}
}

func TestOnTheWall(t *testing.T) {
	tank, book, table := tanktest.Start(t), &suite.Book{}, &leases.Memory{}
	orders := tank.Stream("orders", 2)
	suite.Send(orders, 0, 500)
	w := worker(tank, 1, table, book)
	w.Timeout = 300 * time.Millisecond
	stop := suite.Go(t, w.Run)
	tank.Until("all is read", func() bool { return book.Len() == 500 })
	stop()
	book.Complete(t, 500)
}
