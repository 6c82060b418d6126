package batching_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"example.com/consumers/batching"
	"example.com/consumers/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

func producer(tank *tanktest.Tank) *batching.Producer {
	return batching.New(kinesis.NewFromConfig(tank.Config()), "orders", slog.New(slog.DiscardHandler))
}

// run puts n records by several goroutines, each its keys, and returns when all are stored, and how many records the stream has
// of them. They are complete and in their order, or the test fails.
func run(t *testing.T, tank *tanktest.Tank, orders *tanktest.Stream, n int) (stored int, twice int) {
	t.Helper()
	p := producer(tank)
	ended := make(chan error, 1)
	go func() { ended <- p.Run(t.Context()) }()
	for i := range n {
		key, data := suite.Record(i)
		if err := p.Put(t.Context(), key, []byte(data)); err != nil {
			t.Fatal(err)
		}
		if i%100 == 99 {
			time.Sleep(50 * time.Millisecond)
		}
	}
	p.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	book := &suite.Book{}
	for key, records := range orders.ByKey() {
		for _, r := range records {
			stored++
			for _, u := range batching.Split(key, r.Data) {
				if err := book.Add(u.Key, string(u.Data)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	book.Complete(t, n)
	return stored, book.Twice()
}

func TestAggregates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		stored, twice := run(t, tank, tank.Stream("orders", 2), 10_000)
		if stored > 10_000/5 || twice > 0 {
			t.Errorf("10,000 records are %d of the stream, and %d of them are there twice", stored, twice)
		}
	})
}

// Whatever the stream does for ten seconds: nothing is lost, and no record overtakes one of its key.
func TestPutsThatFail(t *testing.T) {
	for name, row := range map[string]struct {
		action tanktest.Action
		twice  bool // a record may be there twice
	}{
		"some are refused": {tanktest.Refuses(0.4), false},
		"all are refused":  {tanktest.Refuses(1), false},
		"throttled":        {tanktest.Fails("ProvisionedThroughputExceededException"), false},
		"service fails":    {tanktest.Fails("InternalFailureException"), false},
		"connection cut":   {tanktest.Cuts(), false},
		"answer lost":      {tanktest.Loses(), true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				orders := tank.Stream("orders", 2)
				until := tank.Now().Add(10 * time.Second)
				tank.Hook(func(now time.Time, r tanktest.Request) tanktest.Action {
					if r.Operation != "PutRecords" || !now.Before(until) {
						return tanktest.Pass()
					}
					return row.action
				})
				_, twice := run(t, tank, orders, 30_000) // more than may wait
				if twice > 0 != row.twice {
					t.Errorf("%d records are there twice", twice)
				}
			})
		})
	}
}

// A producer need not know of splits: an aggregate has one key.
func TestAcrossASplit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		orders := tank.Stream("orders", 2)
		time.AfterFunc(time.Second, func() { orders.Split(0) })
		run(t, tank, orders, 10_000)
		for _, r := range orders.Records() {
			for _, u := range batching.Split(r.Key, r.Data) {
				if u.Key != r.Key {
					t.Fatalf("a record of key %s holds one of %s, whose shard may be another", r.Key, u.Key)
				}
			}
		}
	})
}

// Put waits when too much waits, and gives up when its context does, or the producer.
func TestPutWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		tank.Throttle("orders", 1)
		p := producer(tank)
		running, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(running) }()

		short, done := context.WithTimeout(t.Context(), time.Minute)
		defer done()
		n, err := 0, error(nil)
		for ; err == nil; n++ {
			err = p.Put(short, "key", []byte("x"))
		}
		if n != 20_001 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Put has taken %d records and then returned %v", n-1, err)
		}
		cancel()
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "20000 records are not stored") {
			t.Errorf("Run has returned %v", err)
		}
		if err := p.Put(t.Context(), "key", []byte("x")); !errors.Is(err, batching.ErrClosed) {
			t.Errorf("Put has returned %v after the end", err)
		}
	})
}

// A record that Kinesis would never take is refused at once, before it spoils a request of others.
func TestPutRefuses(t *testing.T) {
	p := batching.New(nil, "orders", slog.New(slog.DiscardHandler))
	for _, row := range []struct{ key, data int }{{0, 1}, {257, 1}, {1, 1 << 20}} {
		if err := p.Put(t.Context(), strings.Repeat("k", row.key), make([]byte, row.data)); err == nil {
			t.Errorf("Put has taken %d bytes under a key of %d", row.data, row.key)
		}
	}
}

func TestEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		tank.Fail("PutRecords", "AccessDeniedException")
		p := producer(tank)
		if err := p.Put(t.Context(), "key", []byte("x")); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "AccessDeniedException") {
			t.Errorf("Run has returned %v", err)
		}
	})
}

// Records that are too large for an aggregate go as they are, between those of their key.
func TestLargeRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		orders := tank.Stream("orders", 1)
		p := producer(tank)
		var want []int
		for i := range 30 {
			size := 10 + i
			if i%3 == 0 {
				size = 60_000 + i
			}
			want = append(want, size)
			if err := p.Put(t.Context(), "key", []byte(strings.Repeat("x", size))); err != nil {
				t.Fatal(err)
			}
		}
		p.Close()
		if err := p.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, r := range orders.Records() {
			users := batching.Split(r.Key, r.Data)
			if len(users) > 1 && len(r.Data) > 50<<10 {
				t.Errorf("an aggregate of %d records has %d bytes", len(users), len(r.Data))
			}
			for _, u := range users {
				got = append(got, len(u.Data))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the stream has records of these sizes:\n%v\nnot of these:\n%v", got, want)
		}
	})
}

func TestOnTheWall(t *testing.T) {
	tank := tanktest.Start(t)
	stored, _ := run(t, tank, tank.Stream("orders", 2), 500)
	if stored >= 500 {
		t.Errorf("500 records are %d of the stream", stored)
	}
}
