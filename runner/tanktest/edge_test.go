package tanktest_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// Every answer of a handler that is called with JSON is its own, however many invocations are under way: aws-lambda-go uses its memory again.
func TestAnswersAreTheirOwn(t *testing.T) {
	t.Parallel()
	tank := tanktest.Start(t, tanktest.Virtual())
	s := tank.Stream("s", 2)
	d := tank.Deliver("ddd", "s", tanktest.Transform(func(e events.KinesisFirehoseEvent) (any, error) {
		var r events.KinesisFirehoseResponse
		for _, in := range e.Records {
			r.Records = append(r.Records, events.KinesisFirehoseResponseRecord{RecordID: in.RecordID, Result: "Ok", Data: in.Data})
		}
		return r, nil
	}, tanktest.TransformTakes(time.Second)))
	s.Send(tanktest.Record{Key: "6", Data: []byte("six")}, tanktest.Record{Key: "1", Data: []byte("one")}) // one in each shard
	tank.Advance(time.Hour)
	d.Delivered(t, 2)
	d.ExactlyOnce(t)
}

func TestReportsAreTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		s := tank.Stream("s", 4)
		fn := tank.Handle("s", func(e events.KinesisEvent) (r events.KinesisEventResponse, err error) { // of no type that is called without JSON
			if k := e.Records[0].Kinesis; strings.HasPrefix(string(k.Data), "bad") {
				r.BatchItemFailures = []events.KinesisBatchItemFailure{{ItemIdentifier: k.SequenceNumber}}
			}
			return r, nil
		}, tanktest.ParallelizationFactor(10), tanktest.BatchSize(1), tanktest.ReportBatchItemFailures(), tanktest.MaxRetries(0))
		for i := range 2000 {
			data := "good"
			if i%2 == 0 {
				data = "bad"
			}
			s.Send(tanktest.Record{Key: fmt.Sprint(i), Data: []byte(data)})
		}
		tank.Advance(time.Minute)
		fn.Delivered(t, 1000)
		fn.OnFailure().Batches(t, 1000)
	})
}

// A panic of a handler after a failed assertion is a panic: only the test's FailNow ends the test.
func TestAPanicBehindAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told := false
		err := tanktest.Try(func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Bubble())
			s := tank.Stream("s", 1)
			fn := tank.Handle("s", func(events.KinesisEvent) error { panic("poison") }, tanktest.MaxRetries(1))
			s.Send(tanktest.Record{Key: "k", Data: []byte("x")})
			t.Errorf("a first failure")
			tank.Advance(time.Minute)
			fn.OnFailure().Batches(t, 1)
			told = true
		})
		if err == nil || !strings.Contains(err.Error(), "a first failure") || strings.Contains(err.Error(), "batches") || !told {
			t.Errorf("told to the end: %v; %v", told, err)
		}
	})
}

// Records of one instant on both sides of a reshard have an order.
func TestOrderAcrossAReshardAtOneInstant(t *testing.T) {
	t.Parallel()
	tank := tanktest.Start(t, tanktest.Virtual())
	s := tank.Stream("s", 1)
	c, right := s.Consumer("c"), s.Consumer("right")
	s.Send(tanktest.Record{Key: "k"})
	s.Split(0)
	s.Send(tanktest.Record{Key: "k"})
	rs := s.Records() // of the parent, then of the child
	c.Got(rs[1].SequenceNumber)
	c.Got(rs[0].SequenceNumber)
	right.Got(rs[0].SequenceNumber)
	right.Got(rs[1].SequenceNumber)
	fails(t, func(t testing.TB) { c.InOrder(t) }, "out of their keys' order", "a later one of its key")
	right.InOrder(t)
}

// A key in two shards of which none became the other has no order: one with explicit hash keys, or the KPL's of an aggregate.
func TestNoOrderOfShardsSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		s := tank.Stream("s", 2)
		c, wrong := s.Consumer("c"), s.Consumer("wrong")
		const first, last = "0", "340282366920938463463374607431768211455"
		var rs []string
		for _, hash := range []string{first, last, first} {
			out, err := kinesis.NewFromConfig(tank.Config()).PutRecord(t.Context(), &kinesis.PutRecordInput{
				StreamName: aws.String("s"), PartitionKey: aws.String("a"), ExplicitHashKey: &hash, Data: []byte("x"),
			})
			if err != nil {
				t.Fatal(err)
			}
			rs = append(rs, *out.SequenceNumber)
			time.Sleep(time.Second)
		}
		for _, i := range []int{1, 0, 2} {
			c.Got(rs[i])
		}
		c.InOrder(t)
		for _, i := range []int{2, 1, 0} {
			wrong.Got(rs[i])
		}
		fails(t, func(t testing.TB) { wrong.InOrder(t) }, "comes out at wrong behind record 1 of shardId-000000000000, a later one of its key")
	})
}

// What comes true behind the patience is not waited for, and the time is that at which it was over.
func TestPatienceInVirtualTime(t *testing.T) {
	t.Parallel()
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Patience(time.Minute))
		p := tank.Stream("s", 1).Put(tanktest.Records(1, func(int) tanktest.Record { return tanktest.Record{Key: "k"} }), tanktest.Rate(0.0001))
		tank.Until("it is put", p.Done)
	}, "it is put: still not so after 1m0s")
}

// A Start that fails leaves nothing behind, in a bubble and on the wall.
func TestAStartThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fails(t, func(t testing.TB) { tanktest.Start(t, tanktest.Bubble(), tanktest.Script("bogus")) }, `Script("bogus")`)
	})
	fails(t, func(t testing.TB) { tanktest.Start(t, tanktest.Script("bogus")) }, `Script("bogus")`)
}

// Goroutines of a bubble may wait beside each other, for one tank and for several.
func TestWaitersOfABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tank, other := tanktest.Start(t, tanktest.Bubble()), tanktest.Start(t, tanktest.Bubble())
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", func(events.KinesisEvent) error { return nil })
		archive := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, time.Minute))
		orders.Put(tanktest.Transactions(100))
		var wg sync.WaitGroup
		wg.Go(func() { fn.WaitAll(t) })
		wg.Go(func() { archive.WaitAll(t) })
		wg.Go(func() { other.Advance(time.Minute) })
		wg.Go(func() { tank.Advance(time.Minute) })
		wg.Wait()
		fn.ExactlyOnce(t)
		archive.ExactlyOnce(t)
	})
}

// That nothing was given up, dropped or failed is no finding before anything could be.
func TestNoLossesOfNothing(t *testing.T) {
	t.Parallel()
	tank := tanktest.Start(t, tanktest.Virtual())
	s := tank.Stream("orders", 1)
	fn := tank.Handle("orders", func(events.KinesisEvent) error { return nil })
	d := tank.Deliver("out", "orders", tanktest.Transform(func(events.KinesisFirehoseEvent) (r events.KinesisFirehoseResponse, err error) {
		return r, errors.New("always")
	}))
	fails(t, func(t testing.TB) { fn.OnFailure().Batches(t, 0) }, "orders has taken no record")
	fails(t, func(t testing.TB) { d.Dropped(t, 0) }, "orders has taken no record")
	fails(t, func(t testing.TB) { d.Failed(t, 0) }, "orders has taken no record")
	s.Send(tanktest.Record{Key: "k", Data: []byte("x")})
	fails(t, func(t testing.TB) { fn.OnFailure().Batches(t, 0) }, "was invoked with no batch")
	fails(t, func(t testing.TB) { d.Dropped(t, 0) }, "nothing is shown")
	p := s.Put(tanktest.Clickstream(100))
	fails(t, func(t testing.TB) { fn.OnFailure().Batches(t, 0) }, "still to come")
	fails(t, func(t testing.TB) { d.Failed(t, 0) }, "still to come")
	tank.Until("all are put", p.Done)
	tank.Advance(time.Hour)
	fn.OnFailure().Batches(t, 0)
	d.Dropped(t, 0)
	d.Failed(t, 101)
}

// A load without a Rate takes half of what the open shards do; one of many shards is not held up by what a request holds.
func TestTheRateOfALoad(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		shards  int
		reshape func(tank *tanktest.Tank, s *tanktest.Stream)
		records int
		takes   time.Duration
	}{
		"one shard":                  {1, nil, 10_000, 20 * time.Second},
		"one shard is left of seven": {1, splitAndMerged, 10_000, 20 * time.Second},
		"64 shards":                  {64, nil, 64_000, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			tank := tanktest.Start(t, tanktest.Virtual())
			s := tank.Stream("s", tt.shards)
			if tt.reshape != nil {
				tt.reshape(tank, s)
			}
			p, began := s.Put(tanktest.Clickstream(tt.records)), tank.Now()
			tank.Until("put", p.Done)
			if took := tank.Now().Sub(began); took < tt.takes*9/10 || took > tt.takes*11/10 {
				t.Errorf("it took %v, not about %v", took, tt.takes)
			}
		})
	}
}

func splitAndMerged(tank *tanktest.Tank, s *tanktest.Stream) {
	for i := range 2 {
		s.Split(3 * i)
		tank.Advance(time.Minute)
		s.Merge(3*i+1, 3*i+2)
		tank.Advance(time.Minute)
	}
}

// The functions of a scenario tell nobody what they give up.
func TestNoQueueOfAScenario(t *testing.T) {
	t.Parallel()
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Pipeline("testdata/orders.yaml", nil))
		tank.Function("totals").OnFailure().Batches(t, 0)
	}, "the mappings of a scenario tell nobody what they give up")
}

// A delivery stream whose source is gone gives its records up in the end, and says why. A new one of its name has nothing to do with it.
func TestADeliveryStreamWithoutItsSource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		s := tank.Stream("s", 1)
		d := tank.Deliver("ddd", "s")
		tank.Fail("PutObject", "SlowDown")
		s.Send(tanktest.Record{Key: "k", Data: []byte("x")})
		tank.Advance(time.Hour)
		if _, err := kinesis.NewFromConfig(tank.Config()).DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: aws.String("s")}); err != nil {
			t.Fatal(err)
		}
		tank.Advance(26 * time.Hour)
		fails(t, func(t testing.TB) { d.AtLeastOnce(t) }, "given up by ddd after 23h55m of failing deliveries")
	})
}

// A function and a delivery stream of one name are two: what one of them has given up the other has not.
func TestAFunctionAndADeliveryStreamOfOneName(t *testing.T) {
	t.Parallel()
	tank := tanktest.Start(t, tanktest.Virtual())
	s := tank.Stream("s", 1)
	fn := tank.Handle("s", func(events.KinesisEvent) error { return nil }, tanktest.Named("ddd"))
	tank.Deliver("ddd", "s")
	tank.Fail("PutObject", "SlowDown")
	tank.Delay("Invoke", 40*time.Hour)
	s.Send(tanktest.Record{Key: "k", Data: []byte("x")})
	tank.Advance(25 * time.Hour)
	fails(t, func(t testing.TB) { fn.AtLeastOnce(t) }, "given up by ddd after", "a fault holds its invocation of ddd since 2026-01-01 00:00:00.000")
}

// Of a record that has expired no queue is told, and Batches says what became of it. Of an aggregate of which a part was dropped and the
// other delivered nothing is left to expire.
func TestWhatIsLeftToExpire(t *testing.T) {
	t.Parallel()
	tank := tanktest.Start(t, tanktest.Virtual())
	s := tank.Stream("s", 1)
	fn := tank.Handle("s", func(events.KinesisEvent) error { return errors.New("no") })
	d := tank.Deliver("ddd", "s", answering())
	s.Send(tanktest.Record{Key: "k", Data: kpl("one", "Dropped")})
	tank.Advance(25 * time.Hour)
	fails(t, func(t testing.TB) { fn.OnFailure().Batches(t, 1) }, "1 of the records of s neither out nor told of:", "given up: RecordExpired")
	err := tanktest.Try(func(t testing.TB) { d.AtLeastOnce(t) })
	if err == nil || strings.Contains(err.Error(), "has expired") {
		t.Error(err)
	}
}

// A consumer's story is told while another goroutine makes streams: for the race detector.
func TestAStoryBesideNewStreams(t *testing.T) {
	t.Parallel()
	tank := tanktest.Start(t)
	s := tank.Stream("s", 1)
	c := s.Consumer("c")
	s.Send(tanktest.Record{Key: "a"})
	var made atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		defer made.Store(true)
		for i := range 20 {
			tank.Stream(fmt.Sprint("other-", i), 1).Send(tanktest.Record{Key: "k"})
		}
	})
	for !made.Load() {
		_ = tanktest.Try(func(t testing.TB) { c.AtLeastOnce(t) })
	}
	wg.Wait()
}
