// Package producer has github.com/a8m/kinesis-producer put records into the streams of a tank.
package producer

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	kp "github.com/a8m/kinesis-producer"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/awslabs/kinesis-aggregation/go/v2/deaggregator"

	"example.com/libraries/internal/suite"

	"github.com/wavetank/wavetank/runner/tanktest"
)

type quiet struct{}

func (quiet) Info(string, ...kp.LogValue)         {}
func (quiet) Error(string, error, ...kp.LogValue) {}

// producer is a started producer of a tank's stream.
func producer(tank *tanktest.Tank, change func(*kp.Config)) *kp.Producer {
	c := &kp.Config{StreamName: "orders", Client: kinesis.NewFromConfig(tank.Config()), Logger: quiet{}, FlushInterval: time.Second}
	if change != nil {
		change(c)
	}
	p := kp.New(c)
	p.Start()
	return p
}

// single has records go as they are, not joined.
func single(c *kp.Config) { c.AggregateBatchSize = 1 }

// put puts the records from a number to before another, a hundred each 50 ms.
func put(t testing.TB, p *kp.Producer, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if err := p.Put([]byte(strconv.Itoa(i)), suite.Key(i)); err != nil {
			t.Fatal(err)
		}
		if i%100 == 99 {
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// user is a record as it was put, and the key that it has come out with.
type user struct{ key, data string }

// users are the records that a stream holds, deaggregated, in the order of their shards.
func users(t testing.TB, s *tanktest.Stream) (all []user) {
	t.Helper()
	for _, r := range s.Records() {
		out, err := deaggregator.DeaggregateRecords([]types.Record{{Data: r.Data, PartitionKey: &r.Key}})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range out {
			all = append(all, user{*u.PartitionKey, string(u.Data)})
		}
	}
	return all
}

// book notes what a stream holds.
func book(t testing.TB, s *tanktest.Stream) *suite.Book {
	t.Helper()
	b := &suite.Book{}
	for _, u := range users(t, s) {
		if err := b.Add([]byte(u.data)); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestAggregates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		orders := tank.Stream("orders", 2)
		p := producer(tank, nil)
		put(t, p, 0, 10_000)
		p.Stop()
		b := book(t, orders)
		b.All(t, 10_000)
		b.Once(t)
		if n := len(orders.Records()); n > 20 {
			t.Errorf("10,000 records are %d of the stream", n)
		}
	})
}

// What is refused in part is put again until it is stored, whatever the share, and nothing twice. So is what a split moves.
func TestPartsThatAreRefused(t *testing.T) {
	for name, share := range map[string]float64{"some": 0.4, "all": 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				orders := tank.Stream("orders", 2)
				suite.During(tank, 30*time.Second, "PutRecords", tanktest.Refuses(share))
				time.AfterFunc(2*time.Second, func() { orders.Split(0) })
				p := producer(tank, single)
				put(t, p, 0, 5000)
				p.Stop()
				b := book(t, orders)
				b.All(t, 5000)
				b.Once(t)
			})
		})
	}
}

// A request that fails as a whole is left to the SDK, which tries three times. Then its records are gone: who listens is told of each,
// and can put it again; to others it is a line in the log.
func TestRequestsThatFail(t *testing.T) {
	for name, row := range map[string]struct {
		action tanktest.Action
		stored bool // in spite of the failure
	}{
		"throttled":      {tanktest.Fails("ProvisionedThroughputExceededException"), false},
		"service fails":  {tanktest.Fails("InternalFailureException"), false},
		"connection cut": {tanktest.Cuts(), false},
		"answer lost":    {tanktest.Loses(), true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				orders := tank.Stream("orders", 2)
				suite.During(tank, 30*time.Second, "PutRecords", row.action)
				p := producer(tank, single)
				told, heard := &suite.Book{}, sync.WaitGroup{}
				heard.Go(func() {
					for f := range p.NotifyFailures() {
						if err := told.Add(f.Data); err != nil {
							t.Error(err)
						}
					}
				})
				put(t, p, 0, 1000)
				time.Sleep(time.Minute)
				put(t, p, 1000, 2000)
				p.Stop()
				heard.Wait()
				stored := book(t, orders)
				for i := range 2000 {
					if !stored.Has(i) && !told.Has(i) {
						t.Fatalf("record %d is neither stored nor told of", i)
					}
					if i >= 1000 && !stored.Has(i) {
						t.Fatalf("record %d is not stored, and nothing has failed", i)
					}
				}
				if told.Len() == 0 {
					t.Error("it has told of no failure: does it outlast half a minute now?")
				}
				if both := stored.Has(0) && told.Has(0); both != row.stored {
					t.Errorf("the first record is stored: %v, told of: %v", stored.Has(0), told.Has(0))
				}
			})
		})
	}
}

// With one connection at a time a key keeps its order where requests succeed; where parts of them are refused it does not: what was
// refused comes behind what was stored.
func TestOrder(t *testing.T) {
	for name, row := range map[string]struct {
		share float64
		early bool
	}{"nothing is refused": {0, false}, "some is refused": {0.4, true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				orders := tank.Stream("orders", 8)
				suite.During(tank, time.Minute, "PutRecords", tanktest.Refuses(row.share))
				p := producer(tank, func(c *kp.Config) {
					single(c)
					c.MaxConnections = 1
				})
				put(t, p, 0, 5000)
				p.Stop()
				b := book(t, orders)
				b.All(t, 5000)
				if n := b.Early(); n > 0 != row.early {
					t.Errorf("%d records are behind a later one of their key", n)
				}
			})
		})
	}
}

// All records of an aggregate have the key of its first: the others' keys are gone, and with them their shards. A consumer that works
// by key is given the records of one key under several, and in no order.
func TestKeysAreLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		orders := tank.Stream("orders", 8)
		p := producer(tank, nil)
		for _, i := range []int{1, 2, 3} {
			put(t, p, i, i+1)
		}
		p.Stop()
		for _, u := range users(t, orders) {
			if u.key != "key-1" {
				t.Errorf("record %s has the key %s: are keys kept now?", u.data, u.key)
			}
		}
		if n := len(users(t, orders)); n != 3 {
			t.Errorf("%d records are stored", n)
		}
	})
}

// AggregateBatchSize says only which records are joined at all. An aggregate grows until the flush, or to a megabyte.
func TestAggregatesOutgrowTheirSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		orders := tank.Stream("orders", 1)
		p := producer(tank, func(c *kp.Config) { c.AggregateBatchSize = 10_000 })
		for range 300 {
			if err := p.Put([]byte(strings.Repeat("x", 1000)), "key"); err != nil {
				t.Fatal(err)
			}
		}
		p.Stop()
		records := orders.Records()
		if len(records) != 1 || len(records[0].Data) < 300_000 {
			t.Errorf("300 kB are %d records: does an aggregate have at most 10 kB now?", len(records))
		}
	})
}

// A Put that waits for room when the producer is stopped panics: Stop closes the channel that it sends to.
func TestPutPanicsWhenStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		suite.During(tank, 10*time.Second, "PutRecords", tanktest.Refuses(1))
		p := producer(tank, func(c *kp.Config) {
			single(c)
			c.MaxConnections, c.BatchCount, c.BacklogCount = 1, 1, 1
		})
		var putters sync.WaitGroup
		panics := make(chan any, 100)
		for i := range 100 {
			putters.Go(func() {
				defer func() {
					if e := recover(); e != nil {
						panics <- e
					}
				}()
				_ = p.Put([]byte(strconv.Itoa(i)), suite.Key(i))
			})
		}
		synctest.Wait() // one is being put, one waits in the backlog, and others for room in it
		p.Stop()
		putters.Wait()
		if len(panics) == 0 {
			t.Error("no Put has panicked: is Stop gentle now?")
			return
		}
		if e, ok := (<-panics).(error); !ok || !strings.Contains(e.Error(), "send on closed channel") {
			t.Errorf("it panicked with %v", e)
		}
	})
}

func TestOnTheWall(t *testing.T) {
	tank := tanktest.Start(t)
	orders := tank.Stream("orders", 2)
	p := producer(tank, nil)
	put(t, p, 0, 500)
	p.Stop()
	book(t, orders).All(t, 500)
}
