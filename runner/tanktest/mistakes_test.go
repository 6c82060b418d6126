package tanktest_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// What a test asks for that cannot be, or can show nothing, fails it where it asks.
func TestMistakes(t *testing.T) {
	t.Parallel()
	never := func(events.KinesisEvent) error { return nil }
	for name, tt := range map[string]struct {
		test func(tank *tanktest.Tank)
		want string
	}{
		"an operation of no name": {func(k *tanktest.Tank) { k.Fail("GetRecord", "X") }, `Fail("GetRecord"): there is no such operation; did you mean "GetRecords"?`},
		"a delay of one":          {func(k *tanktest.Tank) { k.Delay("invoke", time.Second) }, `Delay("invoke"): there is no such operation; did you mean "Invoke"?`},
		"a hold of one":           {func(k *tanktest.Tank) { k.Hold("ListShard") }, `did you mean "ListShards"?`},
		"calls of one":            {func(k *tanktest.Tank) { k.Calls("GetRecordz") }, `did you mean "GetRecords"?`},
		"a stream of no name":     {func(k *tanktest.Tank) { k.Throttle("order", 1) }, `Throttle: there is no stream order: make it with Stream first; did you mean "orders"?`},
		"a share above one":       {func(k *tanktest.Tank) { k.Throttle("orders", 50) }, "Throttle(\"orders\", 50): a share is from 0 to 1"},
		"a share that is none":    {func(k *tanktest.Tank) { k.Throttle("orders", math.NaN()) }, "a share is from 0 to 1"},
		"a read that is refused":  {func(k *tanktest.Tank) { k.Next("GetRecords", tanktest.Pass(), tanktest.Refuses(1)) }, `Next("GetRecords"): action 2 refuses records`},
		"actions left over": {
			func(k *tanktest.Tank) {
				k.Next("PutRecords", tanktest.Cuts(), tanktest.Pass(), tanktest.Loses(), tanktest.Pass())
			},
			`Next("PutRecords"), called at mistakes_test.go:`,
		},
		"another number of shards":        {func(k *tanktest.Tank) { k.Stream("orders", 4) }, `Stream("orders", 4): there is one of that name, and it has 2 open shards`},
		"half a second":                   {func(k *tanktest.Tank) { k.Handle("orders", never, tanktest.BatchingWindow(500*time.Millisecond)) }, "BatchingWindow(500ms): it has whole seconds"},
		"an age with a fraction":          {func(k *tanktest.Tank) { k.Handle("orders", never, tanktest.MaxRecordAge(60900*time.Millisecond)) }, "MaxRecordAge(1m0.9s): it has whole seconds"},
		"no hook":                         {func(k *tanktest.Tank) { k.Hook(nil) }, "Hook(nil): it is a function"},
		"no condition":                    {func(k *tanktest.Tank) { k.Until("paid", nil) }, `Until("paid", nil): it wants a condition`},
		"no code":                         {func(k *tanktest.Tank) { k.Fail("PutRecords", "") }, `Fail("PutRecords", ""): it wants the code`},
		"a negative delay":                {func(k *tanktest.Tank) { k.Delay("PutRecords", -1) }, `Delay("PutRecords", -1ns): time does not go back`},
		"no records":                      {func(k *tanktest.Tank) { k.Stream("orders", 0).Put(tanktest.Records(3, nil)) }, "Records(3, nil): it wants a function"},
		"expressions and no error prefix": {func(k *tanktest.Tank) { k.Deliver("out", "orders", tanktest.Prefix("!{timestamp:yyyy}/")) }, "only beside an ErrorPrefix"},
		"no timeout":                      {func(k *tanktest.Tank) { k.Handle("orders", never, tanktest.Timeout(0)) }, "Timeout(0s): it is above zero"},
		"a name that is taken": {func(k *tanktest.Tank) {
			k.Handle("orders", never, tanktest.Named("total"))
			k.Handle("orders", never, tanktest.Named("total"))
		}, "total"},
		"a nil handler":        {func(k *tanktest.Tank) { k.Handle("orders", (func(events.KinesisEvent) error)(nil)) }, "the handler is nil"},
		"three arguments":      {func(k *tanktest.Tank) { k.Handle("orders", func(_ context.Context, _, _ string) error { return nil }) }, "it takes 3 arguments"},
		"no context":           {func(k *tanktest.Tank) { k.Handle("orders", func(_, _ string) error { return nil }) }, "the first is string, and no context.Context"},
		"an interface":         {func(k *tanktest.Tank) { k.Handle("orders", func(fmt.Stringer) error { return nil }) }, "it takes fmt.Stringer, which is no context.Context"},
		"three results":        {func(k *tanktest.Tank) { k.Handle("orders", func() (a, b string, err error) { return }) }, "it returns 3 values"},
		"no error":             {func(k *tanktest.Tank) { k.Handle("orders", func() string { return "" }) }, "its last result is string, and no error"},
		"an error in front":    {func(k *tanktest.Tank) { k.Handle("orders", func() (error, string) { return nil, "" }) }, "its last result is string, and no error"}, //nolint:staticcheck // it is what is refused
		"a record without key": {func(k *tanktest.Tank) { k.Stream("orders", 0).Send(tanktest.Record{Key: "k"}, tanktest.Record{}) }, "send to orders: record 2 of 2: it has no partition key"},
		"a long key":           {func(k *tanktest.Tank) { k.Stream("orders", 0).Send(tanktest.Record{Key: strings.Repeat("ä", 257)}) }, "its partition key has 257 characters, of at most 256"},
		"a large record": {
			func(k *tanktest.Tank) {
				k.Stream("orders", 0).Send(tanktest.Record{Key: "k", Data: make([]byte, 1<<20)})
			},
			"it has 1048577 bytes of data and partition key, and the stream's records at most 1048576",
		},
		"a load of such": {func(k *tanktest.Tank) {
			p := k.Stream("orders", 0).Put(tanktest.Records(3, func(i int) tanktest.Record { return tanktest.Record{Key: "abc"[:i]} }))
			k.Until("all is put", p.Done)
		}, "put to orders: record 1 of 3: it has no partition key"},
		"a time too long":   {func(k *tanktest.Tank) { k.Advance(math.MaxInt64) }, "that is more than a hundred years"},
		"nothing to happen": {func(k *tanktest.Tank) { k.Until("it is there", func() bool { return false }) }, "it is there: still not so after 0s, and nothing is left to happen"},
		"a hook that panics": {func(k *tanktest.Tank) {
			k.Handle("orders", never)
			k.Hook(func(time.Time, tanktest.Request) tanktest.Action { panic("no hook") })
			k.Advance(2 * time.Second)
		}, "a hook panics at a request of"},
		"failures that nobody asks for": {func(k *tanktest.Tank) {
			k.Stream("orders", 0).Send(tanktest.Record{Key: "k"})
			k.Handle("orders", func(context.Context, events.KinesisEvent) (r events.KinesisEventResponse, _ error) {
				r.BatchItemFailures = make([]events.KinesisBatchItemFailure, 2)
				return r, nil
			})
			k.Advance(time.Minute)
		}, "orders-handler-1 has reported 2 items as failed, and its mapping takes them for done: it lacks ReportBatchItemFailures()"},
		"failures of JSON that nobody asks for": {func(k *tanktest.Tank) {
			k.Stream("orders", 0).Send(tanktest.Record{Key: "k"})
			k.Handle("orders", func() (map[string]any, error) {
				return map[string]any{"batchItemFailures": []map[string]string{{"itemIdentifier": "1"}}}, nil
			})
			k.Advance(time.Minute)
		}, "has reported 1 items as failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fails(t, func(t testing.TB) {
				tank := tanktest.Start(t, tanktest.Virtual())
				tank.Stream("orders", 2)
				tt.test(tank)
			}, tt.want)
		})
	}
}

// What looks like a mistake and is none.
func TestNoMistakes(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Patience(48*time.Hour))
	orders := tank.Stream("orders", 1)
	orders.Split(0)
	tank.Advance(time.Minute)
	tank.Stream("orders", 2)
	tank.Stream("orders", 0).Send(tanktest.Record{Key: "k"})
	fn := tank.Handle("orders", func(context.Context, events.KinesisEvent) (r events.KinesisEventResponse, _ error) {
		r.BatchItemFailures = make([]events.KinesisBatchItemFailure, 1)
		return r, nil
	}, tanktest.NoReportBatchItemFailures(), tanktest.Named("total"))
	tank.Next("Invoke", tanktest.Fails("ServiceException"), tanktest.Pass())
	tank.Until("a day and more is over", func() bool { return fn.Distinct() == 1 && tank.Now().Hour() == 3 })
	fn.ExactlyOnce(t)
	if got := fn.Name(); got != "total" {
		t.Errorf("its name is %s", got)
	}
}

// What is given up is told to a bucket as well as to a queue, and read.
func TestFailures(t *testing.T) {
	for name, opts := range map[string][]tanktest.MappingOption{"a queue": nil, "a bucket": {tanktest.OnFailureBucket("lost")}} {
		t.Run(name, func(t *testing.T) {
			tank := tanktest.Start(t, tanktest.Virtual())
			orders := tank.Stream("orders", 1)
			orders.Send(tanktest.Record{Key: "k", Data: []byte("one")}, tanktest.Record{Key: "k", Data: []byte("two")})
			fn := tank.Handle("orders", func(events.KinesisEvent) error { return errors.New("no") }, append(opts, tanktest.MaxRetries(1))...)
			tank.Advance(time.Minute)
			fn.OnFailure().Batches(t, 1)
			recs := orders.Records()
			want := tanktest.Failure{
				Condition: "RetryAttemptsExhausted", Attempts: 2, Shard: "shardId-000000000000", Size: 2,
				First: recs[0].SequenceNumber, Last: recs[1].SequenceNumber,
			}
			for _, f := range fn.OnFailure().Failures() {
				if f.At.IsZero() || (f.Payload != "") != (opts != nil) {
					t.Errorf("at %v, with the payload %q", f.At, f.Payload)
				}
				f.At, f.Payload = time.Time{}, ""
				if f != want {
					t.Errorf("told of %+v, not of %+v", f, want)
				}
			}
		})
	}
}
