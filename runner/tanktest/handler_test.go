package tanktest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// What a handler's context says is true in each of the three times: how long there is left, whose invocation it is, and a limit of the
// handler's own within it.
func TestContexts(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, opts ...tanktest.Option) {
		tank := tanktest.Start(t, opts...)
		tank.Stream("orders", 1).Send(tanktest.Record{Key: "k"})
		ids := map[string]bool{}
		fn := tank.Handle("orders", func(ctx context.Context, _ events.KinesisEvent) error {
			about, ok := lambdacontext.FromContext(ctx)
			if !ok || !strings.HasSuffix(about.InvokedFunctionArn, ":function:total") {
				return fmt.Errorf("its context is of %+v", about)
			}
			if trace, _ := ctx.Value("x-amzn-trace-id").(string); !strings.HasPrefix(trace, "Root=1-") {
				return fmt.Errorf("its trace id is %q", trace)
			}
			end, ok := ctx.Deadline()
			if left := time.Until(end); !ok || left < 15*time.Second || left > 20*time.Second {
				return fmt.Errorf("it has %v left", left)
			}
			short, cancel := context.WithTimeout(ctx, time.Millisecond)
			defer cancel()
			<-short.Done() // in virtual time as well: a millisecond of the machine's
			if !errors.Is(short.Err(), context.DeadlineExceeded) || ctx.Err() != nil {
				return fmt.Errorf("its own limit ends with %w, and the invocation's with %w", short.Err(), ctx.Err())
			}
			if ids[about.AwsRequestID] = true; len(ids) == 1 {
				return errors.New("once more")
			}
			return nil
		}, tanktest.Named("total"), tanktest.Timeout(20*time.Second), tanktest.MaxRetries(1))
		tank.Until("it is handled or given up", func() bool { return fn.Distinct() == 1 || len(fn.OnFailure().Messages()) == 1 })
		fn.ExactlyOnce(t)
		if len(ids) != 2 {
			t.Errorf("two invocations have %d request ids", len(ids))
		}
	}
	t.Run("virtual", func(t *testing.T) { check(t, tanktest.Virtual()) })
	t.Run("wall", func(t *testing.T) { check(t) })
	t.Run("bubble", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { check(t, tanktest.Bubble()) }) })
}

// What a handler returns is an error, or none, as aws-lambda-go reports it.
func TestErrorsOfHandlers(t *testing.T) {
	made := messages.InvokeResponse_Error{Type: "Order.Unpaid", Message: "it is not paid"}
	for name, row := range map[string]struct {
		handler any
		want    string
	}{
		"an error":              {func() error { return errors.New("no") }, "no"},
		"one that has its type": {func() error { return made }, "it is not paid"},
		"one that wraps it":     {func() error { return fmt.Errorf("order 7: %w", made) }, "order 7: " + made.Error()},
		"a large response":      {func() (string, error) { return strings.Repeat("x", 6_291_556), nil }, "Response payload size exceeded maximum allowed payload size (6291556 bytes)."},
		"a smaller one":         {func() (string, error) { return strings.Repeat("x", 6_291_550), nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tank := tanktest.Start(t, tanktest.Virtual())
			tank.Stream("orders", 1).Send(tanktest.Record{Key: "k"})
			fn := tank.Handle("orders", row.handler, tanktest.MaxRetries(0))
			tank.Advance(time.Minute)
			if got := fn.Batches(); len(got) != 1 || got[0].Failed != row.want {
				t.Errorf("it fails with %+v, not with %q", got, row.want)
			}
		})
	}
}

// An event's JSON has 6 MiB at most, whatever its keys, and comes close to it.
func TestEventsOfLongKeys(t *testing.T) {
	t.Parallel()
	for _, key := range []string{strings.Repeat("a", 256), strings.Repeat("€", 256), strings.Repeat("\x01", 256)} {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		longest := 0
		tank.Handle("orders", func(_ context.Context, event json.RawMessage) error { longest = max(longest, len(event)); return nil },
			tanktest.BatchSize(10_000), tanktest.BatchingWindow(time.Minute))
		orders.Put(tanktest.Records(10_000, func(int) tanktest.Record { return tanktest.Record{Key: key, Data: []byte("{}")} }))
		tank.Advance(5 * time.Minute)
		if longest > 6<<20 || longest < 6<<20*99/100 {
			t.Errorf("with the key %.8q the longest event has %d bytes", key, longest)
		}
	}
}

// Handlers that sleep for a little each time are named while the test goes on, and long before go test's timeout.
func TestASlowHandlerChild(t *testing.T) {
	if os.Getenv(child) == "" {
		t.Skip("run by TestASlowHandler")
	}
	tanktest.SetSlow(200 * time.Millisecond)
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	fn := tank.Handle("orders", func(events.KinesisEvent) error {
		time.Sleep(15 * time.Millisecond)
		return nil
	})
	orders.Put(tanktest.Transactions(50), tanktest.Rate(1))
	tank.Advance(time.Minute)
	fn.Delivered(t, 50)
}

func TestASlowHandler(t *testing.T) {
	t.Parallel()
	out := run(t, "TestASlowHandlerChild")
	says(t, out, "tanktest: TestASlowHandlerChild: the handler of orders-handler-1 has taken ", "of real time in ", "needs a tank in a Bubble", "PASS")
	if strings.Count(out, "of real time in") != 1 {
		t.Errorf("it is said more than once:\n%s", out)
	}
}

// A panic in virtual time has the place of the function that panicked.
func TestAPanicInVirtualTime(t *testing.T) {
	defer func() {
		says(t, fmt.Sprint(recover()), "the third is missing", "producer of orders", "handler_test.go:")
	}()
	tank := tanktest.Start(t, tanktest.Virtual())
	tank.Stream("orders", 1).Put(tanktest.Records(3, func(i int) tanktest.Record {
		if i == 2 {
			panic("the third is missing")
		}
		return tanktest.Record{Key: "k"}
	}))
	tank.Advance(time.Minute)
}

// An answer that is lost alone has an invocation, and a put, be made again.
func TestAnswersThatAreLost(t *testing.T) {
	lost := tanktest.Action{Lost: true, Delay: 100 * time.Millisecond}
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	n := 0
	fn := tank.Handle("orders", count(&n))
	tank.Next("PutRecords", lost)
	tank.Next("Invoke", lost)
	orders.Put(tanktest.Records(1, func(int) tanktest.Record { return tanktest.Record{Key: "k", Data: []byte("{}")} }))
	tank.Advance(time.Minute)
	fn.Delivered(t, 2) // it was put twice
	if stored := len(orders.Records()); stored != 2 || n < 3 {
		t.Errorf("it is stored %d times and was handled %d times", stored, n)
	}
}
