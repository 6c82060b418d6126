package orders

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// A stream that is busy refuses some records of a request that succeeds. They are put again, until they are stored.
func TestNoOrderIsLostWhenSomeAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		stream := tank.Stream("orders", 2)
		publisher := &Publisher{Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders"}
		tank.Next("PutRecords", tanktest.Refuses(0.5), tanktest.Refuses(0.5), tanktest.Pass(), tanktest.Refuses(0.1))

		orders := madeUp(800)
		if err := publisher.Publish(t.Context(), orders...); err != nil {
			t.Fatal(err)
		}
		wantStored(t, stream, orders)
	})
}

// Publish waits before it puts refused records again, and longer each time. In a bubble that takes no time at all.
func TestRefusedOrdersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		publisher := &Publisher{Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders"}

		var mu sync.Mutex
		var puts []time.Time // when they came
		tank.Hook(func(now time.Time, r tanktest.Request) tanktest.Action {
			if r.Operation != "PutRecords" {
				return tanktest.Pass()
			}
			mu.Lock()
			defer mu.Unlock()
			puts = append(puts, now)
			if len(puts) <= 5 {
				return tanktest.Refuses(1)
			}
			return tanktest.Pass()
		})
		if err := publisher.Publish(t.Context(), madeUp(10)...); err != nil {
			t.Fatal(err)
		}

		least := 50 * time.Millisecond
		for i := 1; i < len(puts); i++ {
			if wait := puts[i].Sub(puts[i-1]); wait < least {
				t.Errorf("attempt %d comes %v after the one before, which was refused, not %v or more: a shard at its limit refuses what comes at once, too, "+
					"and is kept busy by it", i+1, wait, least)
			}
			least *= 2
		}
	})
}

// What a stream refuses for too long is an error that says how much it is, and why.
func TestPublishSaysWhatIsNotStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		publisher := &Publisher{Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders"}
		tank.Throttle("orders", 1)

		var unsent *UnsentError
		if err := publisher.Publish(t.Context(), madeUp(20)...); !errors.As(err, &unsent) {
			t.Fatalf("the stream has refused everything, and Publish has returned %v", err)
		}
		if want := (UnsentError{20, "ProvisionedThroughputExceededException"}); *unsent != want {
			t.Errorf("%+v, want %+v", *unsent, want)
		}
		if n := tank.Calls("PutRecords"); n != attempts {
			t.Errorf("%d attempts, want %d", n, attempts)
		}
	})
}

// A request that fails as a whole is an error, at once where trying again cannot help.
func TestPublishGivesUp(t *testing.T) {
	for code, during := range map[string]time.Duration{"AccessDeniedException": 0, "InternalFailureException": time.Minute} {
		t.Run(code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tank := tanktest.Start(t, tanktest.Bubble())
				tank.Stream("orders", 1)
				publisher := &Publisher{Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders"}
				tank.Fail("PutRecords", code)

				began := time.Now()
				if err := publisher.Publish(t.Context(), madeUp(1)...); err == nil {
					t.Error("every request has failed, and Publish has not")
				}
				if d := time.Since(began); d > during {
					t.Errorf("Publish has given up after %v, not within %v", d, during)
				}
			})
		})
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("it ended after %v with %v", time.Since(began), err)
		}
	})
}

// Publish ends when its context does, even while a request hangs.
func TestPublishEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		publisher := &Publisher{Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders"}
		held := tank.Hold("PutRecords")
		defer held.Release()

		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := publisher.Publish(ctx, madeUp(1)...); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Publish has returned %v", err)
		}
	})
}
