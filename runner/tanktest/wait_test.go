package tanktest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// What has shown nothing passes no assertion: a load that is not wholly put, a stream that has taken nothing, or nothing since the
// sink began.
func TestNothingIsShown(t *testing.T) {
	const still = "of the 10 records that were put to orders 10 are still to come at 00:00:00.000: let time pass first (WaitAll, tank.Until(\"all are put\", p.Done), or Advance)"
	type sink interface {
		Delivered(t testing.TB, n int)
		AtLeastOnce(t testing.TB)
		ExactlyOnce(t testing.TB)
		InOrder(t testing.TB)
	}
	for name, tt := range map[string]struct {
		make      func(k *tanktest.Tank, orders *tanktest.Stream) sink
		name      string
		delivered string // what Delivered says of 10
		others    string // what the others say
		zero      bool   // that there are none is right
	}{
		"a load that nobody waits for": {func(k *tanktest.Tank, orders *tanktest.Stream) sink {
			orders.Put(tanktest.Transactions(10))
			return k.Handle("orders", boom)
		}, "orders-handler-1", "has succeeded with 0 records, not 10: " + still, still, false},
		"a load in part": {func(k *tanktest.Tank, orders *tanktest.Stream) sink {
			fn := k.Handle("orders", func(events.KinesisEvent) error { return nil })
			orders.Put(tanktest.Transactions(100), tanktest.Rate(10))
			k.Advance(5 * time.Second)
			return fn
		}, "orders-handler-1", "of the 100 records that were put to orders 50", "are still to come at 00:00:05.000", false},
		"nothing is put": {
			func(k *tanktest.Tank, _ *tanktest.Stream) sink { return k.Handle("orders", boom) },
			"orders-handler-1", "has succeeded with 0 records, not 10: orders has taken no record", "orders has taken no record: ", true,
		},
		"nothing since it began": {func(k *tanktest.Tank, orders *tanktest.Stream) sink {
			orders.Send(tanktest.Record{Key: "k"})
			return k.Handle("orders", boom, tanktest.FromLatest())
		}, "orders-handler-1", "orders has taken 1 records, all of them before orders-handler-1 began", "all of them before orders-handler-1 began: ", true},
		"nothing since a delivery began": {func(k *tanktest.Tank, orders *tanktest.Stream) sink {
			orders.Send(tanktest.Record{Key: "k"})
			return k.Deliver("archive", "orders")
		}, "archive", "orders has taken 1 records, all of them before archive began", "all of them before archive began: ", true},
		"a consumer": {
			func(_ *tanktest.Tank, orders *tanktest.Stream) sink { return orders.Consumer("poller") },
			"poller", "has got 0 records, not 10: orders has taken no record", "orders has taken no record: ", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			start := func(t testing.TB) sink {
				tank := tanktest.Start(t, tanktest.Virtual())
				return tt.make(tank, tank.Stream("orders", 1))
			}
			fails(t, func(t testing.TB) { start(t).Delivered(t, 10) }, tt.name, tt.delivered)
			for assertion, check := range map[string]func(s sink, t testing.TB){
				"AtLeastOnce": sink.AtLeastOnce, "ExactlyOnce": sink.ExactlyOnce, "InOrder": sink.InOrder,
			} {
				want := tt.others
				if tt.zero {
					want += assertion + " has shown nothing"
				}
				fails(t, func(t testing.TB) { check(start(t), t) }, want)
			}
			if err := tanktest.Try(func(t testing.TB) { start(t).Delivered(t, 0) }); (err == nil) != tt.zero {
				t.Errorf("none: %v", err)
			}
		})
	}
}

// As many as are expected are not enough while more are to come.
func TestDeliveredBeforeAllIsPut(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", whole)
		orders.Put(tanktest.Transactions(100), tanktest.Rate(10))
		fn.Wait(t, 50)
		fn.Delivered(t, fn.Distinct())
	}, "orders-handler-1 has succeeded with 50 records, but of the 100 records that were put to orders 50 are still to come")
}

// That nothing is out of order where nothing has come out shows nothing, either.
func TestNoOrderOfNothing(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank, _, fn := two(t, boom)
		tank.Advance(time.Minute)
		fn.InOrder(t)
	}, "no record of orders has come out at orders-handler-1: InOrder has shown nothing", "record 0 of", "attempt 1, to orders-handler-1: failed: boom")
}

// Waiting ends at the instant at which it may, in each of the three times, for a handler, a delivery stream and a consumer alike.
func TestWait(t *testing.T) {
	check := func(t *testing.T, opts ...tanktest.Option) {
		tank := tanktest.Start(t, opts...)
		orders := tank.Stream("orders", 2)
		fn := tank.Handle("orders", whole)
		d := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, 0))
		c := orders.Consumer("poller")
		p := orders.Put(tanktest.Transactions(300), tanktest.Rate(1000))
		fn.Wait(t, 1)
		if n := fn.Distinct(); n == 0 {
			t.Error("none has come out")
		}
		fn.WaitAll(t)
		if !p.Done() {
			t.Error("not all is put")
		}
		fn.Delivered(t, 300)
		d.WaitAll(t)
		d.Delivered(t, 300)
		d.AtLeastOnce(t)
		for _, r := range orders.Records() {
			c.Got(r.SequenceNumber)
		}
		c.WaitAll(t)
		c.Wait(t, 299)
	}
	t.Run("virtual", func(t *testing.T) { check(t, tanktest.Virtual()) })
	t.Run("wall", func(t *testing.T) { t.Parallel(); check(t) })
	t.Run("bubble", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { check(t, tanktest.Bubble()) }) })
}

// It looks before each event, and lets no more time pass than that takes.
func TestWaitLetsNoMoreTimePass(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	fn := tank.Handle("orders", whole)
	orders.Put(tanktest.Transactions(1), tanktest.Rate(0.1)) // due after five seconds
	began := tank.Now()
	fn.WaitAll(t)
	if d := tank.Now().Sub(began); d < 5*time.Second || d > 6*time.Second {
		t.Errorf("it took %v", d)
	}
}

// What never comes out ends the test, with why.
func TestWaitInVain(t *testing.T) {
	for name, tt := range map[string]struct {
		test func(t testing.TB)
		want []string
	}{
		"a handler that fails": {func(t testing.TB) {
			_, _, fn := two(t, boom, tanktest.MaxRetries(1))
			fn.Wait(t, 2)
			t.Error("it goes on")
		}, []string{"orders-handler-1 has succeeded with 0 records, not 2 (after 24h0m0s; the last request was GetRecords, 0s ago)\n2 of them not at all", "failed: boom", "given up: RetryAttemptsExhausted"}},
		"all of it": {func(t testing.TB) {
			_, _, fn := two(t, boom, tanktest.MaxRetries(1))
			fn.WaitAll(t)
			t.Error("it goes on")
		}, []string{"not every record of orders has come out at orders-handler-1 (after 24h0m0s; the last request was GetRecords, 0s ago)\n2 of them not at all", "failed: boom"}},
		"nothing is put": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			tank.Stream("orders", 1)
			tank.Handle("orders", whole).WaitAll(t)
		}, []string{"not every record of orders has come out at orders-handler-1: orders has taken no record (after 24h0m0s"}},
		"a load of a week": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			orders := tank.Stream("orders", 1)
			orders.Put(tanktest.Transactions(7*24), tanktest.Rate(1.0/3600))
			tank.Handle("orders", whole).WaitAll(t)
		}, []string{"not every record of orders has come out at orders-handler-1: of the 168 records that were put to orders 144 are still to come"}},
		"more than there are": {func(t testing.TB) {
			_, _, fn := two(t, func(events.KinesisEvent) error { return nil })
			fn.Wait(t, 3)
		}, []string{"orders-handler-1 has succeeded with 2 records, not 3 (after 24h0m0s"}},
	} {
		t.Run(name, func(t *testing.T) { fails(t, tt.test, tt.want...) })
	}
}
