package tanktest_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// Tanks of one test, and of its subtests, are no leaks of each other, whichever has started what.
func TestTanksBesideEachOther(t *testing.T) {
	list := func(t *testing.T, tank *tanktest.Tank) {
		t.Helper()
		if _, err := kinesis.NewFromConfig(tank.Config()).ListStreams(t.Context(), &kinesis.ListStreamsInput{}); err != nil {
			t.Fatal(err)
		}
	}
	both := func(t *testing.T, opts ...tanktest.Option) {
		a := tanktest.Start(t, opts...)
		b := tanktest.Start(t, opts...)
		for _, tank := range []*tanktest.Tank{a, b} {
			tank.Stream("orders", 1)
			tank.Handle("orders", whole)
			list(t, tank)
		}
	}
	t.Run("wall", func(t *testing.T) { both(t) })
	t.Run("bubble", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { both(t, tanktest.Bubble()) }) })
	t.Run("subtest", func(t *testing.T) {
		outer := tanktest.Start(t)
		t.Run("inner", func(t *testing.T) {
			list(t, tanktest.Start(t))
			list(t, outer)
		})
	})
}

// A leak is found whichever of two tanks is the newest, and told once.
func TestALeakBesideTwoTanks(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	defer close(gone)
	err := tanktest.Try(func(t testing.TB) {
		tanktest.Start(t, tanktest.Virtual())
		go func() { <-gone }()
		tanktest.Start(t, tanktest.Virtual())
	})
	if err == nil || strings.Count(err.Error(), "goroutines that the test started") != 1 || !strings.Contains(err.Error(), "leak_test.go:") {
		t.Errorf("it says %v", err)
	}
}

func stays(gone <-chan struct{}) { <-gone }

// A goroutine that is meant to stay is no leak.
func TestLeaves(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	defer close(gone)
	err := tanktest.Try(func(t testing.TB) {
		tanktest.Start(t, tanktest.Virtual(), tanktest.Leaves("tanktest_test.stays"))
		go stays(gone)
	})
	if err != nil {
		t.Error(err)
	}
}

// Connections that net/http keeps for later are no leak.
func TestIdleConnections(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	t.Cleanup(other.Close)
	err := tanktest.Try(func(t testing.TB) {
		tanktest.Start(t, tanktest.Virtual())
		answer, err := http.Get(other.URL) //nolint:noctx // as code under test may
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	})
	if err != nil {
		t.Error(err)
	}
}

// A client that wants an *http.Client has one, in a bubble as well.
func TestHTTPClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		cfg := tank.Config()
		cfg.HTTPClient = tank.HTTPClient()
		tank.Stream("orders", 1)
		if out, err := kinesis.NewFromConfig(cfg).ListStreams(t.Context(), &kinesis.ListStreamsInput{}); err != nil || len(out.StreamNames) != 1 {
			t.Errorf("it answers %v, %v", out, err)
		}
	})
}

// What a handler of a Pipeline starts is watched as that of Handle is.
func TestALeakOfAPipelinesHandler(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	defer close(gone)
	leaks := func(events.KinesisEvent) error {
		go func() { <-gone }()
		return nil
	}
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Pipeline("testdata/orders.yaml", tanktest.Handlers{"totals": leaks}))
		tank.Stream("orders", 0).Send(tanktest.Record{Key: "k", Data: []byte("{}")})
		tank.Advance(2 * time.Second)
	}, "goroutines that the test started are still there", "leak_test.go:")
}

// A subscription that ends with the test's context is none that is still open.
func TestASubscriptionOfTheTestsContext(t *testing.T) {
	for range 3 {
		err := tanktest.Try(func(t testing.TB) {
			tank := tanktest.Start(t)
			client := kinesis.NewFromConfig(tank.Config())
			made, err := client.RegisterStreamConsumer(t.Context(), &kinesis.RegisterStreamConsumerInput{
				StreamARN: aws.String(tank.Stream("orders", 1).ARN()), ConsumerName: aws.String("c"),
			})
			if err != nil {
				t.Fatal(err)
			}
			out, err := client.SubscribeToShard(t.Context(), &kinesis.SubscribeToShardInput{
				ConsumerARN: made.Consumer.ConsumerARN, ShardId: aws.String("0"), StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest},
			})
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				for range out.GetStream().Events() {
				}
				_ = out.GetStream().Close()
			}()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The answers to puts that are larger than a client's buffers are never cut off: nothing is stored twice.
func TestNothingIsPutTwice(t *testing.T) {
	tank := tanktest.Start(t)
	orders := tank.Stream("orders", 4)
	client := kinesis.NewFromConfig(tank.Config())
	in := &kinesis.PutRecordsInput{StreamName: aws.String("orders")}
	for i := range 100 {
		in.Records = append(in.Records, types.PutRecordsRequestEntry{Data: bytes.Repeat([]byte("x"), 100), PartitionKey: aws.String(string(rune('a' + i%26)))})
	}
	accepted := 0
	for range 100 {
		out, err := client.PutRecords(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		accepted += len(in.Records) - int(*out.FailedRecordCount)
	}
	if calls, stored := tank.Calls("PutRecords"), len(orders.Records()); calls != 100 || stored != accepted {
		t.Errorf("of 100 puts the tank has seen %d; it holds %d of %d records", calls, stored, accepted)
	}
}

// A handler that does not look at its context is left behind, and named.
func TestAHandlerThatGoesOnChild(t *testing.T) {
	if os.Getenv(child) == "" {
		t.Skip("run by TestAHandlerThatGoesOn")
	}
	tanktest.SetSlow(100 * time.Millisecond)
	on := func(t *testing.T, opts ...tanktest.Option) {
		tank := tanktest.Start(t, opts...)
		tank.Stream("orders", 1).Send(tanktest.Record{Key: "k"})
		fn := tank.Handle("orders", func(context.Context, events.KinesisEvent) error { select {} }, tanktest.Timeout(time.Second), tanktest.MaxRetries(0))
		tank.Until("it is given up", func() bool { return len(fn.OnFailure().Messages()) == 1 })
	}
	if os.Getenv("TANKTEST_BUBBLE") == "" {
		on(t)
		return
	}
	synctest.Test(t, func(t *testing.T) { on(t, tanktest.Bubble()) })
}

func TestAHandlerThatGoesOn(t *testing.T) {
	t.Parallel()
	for _, bubble := range []string{"", "1"} {
		out := run(t, "TestAHandlerThatGoesOnChild", "TANKTEST_BUBBLE="+bubble)
		says(t, out, "a handler has not returned 100ms after the end of the test, although its context has ended", "leak_test.go:")
	}
}

// FailNow in a handler ends the test, in each of the three times, and is said once.
func TestFailNowInAHandlerChild(t *testing.T) {
	if os.Getenv(child) == "" {
		t.Skip("run by TestFailNowInAHandler")
	}
	fatal := func(t *testing.T, opts ...tanktest.Option) {
		tank := tanktest.Start(t, opts...)
		tank.Stream("orders", 1).Send(tanktest.Record{Key: "k"})
		fn := tank.Handle("orders", func(events.KinesisEvent) error { t.Fatal("it is no order"); return nil })
		tank.Until("it is handled", func() bool { return fn.Distinct() == 1 })
		t.Error("the test goes on")
	}
	t.Run("virtual", func(t *testing.T) { fatal(t, tanktest.Virtual()) })
	t.Run("wall", func(t *testing.T) { fatal(t) })
	t.Run("bubble", func(t *testing.T) { synctest.Test(t, func(t *testing.T) { fatal(t, tanktest.Bubble()) }) })
}

func TestFailNowInAHandler(t *testing.T) {
	t.Parallel()
	out := run(t, "TestFailNowInAHandlerChild")
	if n := strings.Count(out, "it is no order"); n != 3 || strings.Contains(out, "the test goes on") || strings.Contains(out, "still not so") {
		t.Errorf("it is said %d times:\n%.3000s", n, out)
	}
}

// A tank of the wall in a bubble would stop its time.
func TestAWallInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails(t, func(t testing.TB) { tanktest.Start(t) }, "this test runs in a testing/synctest bubble", "Start(t, tanktest.Bubble())")
		fails(t, func(t testing.TB) { tanktest.Start(t, tanktest.Bubble()).URL() }, "a bubble's network is memory", "Config()")
	})
}
