package tanktest_test

import (
	"context"
	"errors"
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

// two is a tank whose stream has two records, and a handler behind it.
func two(t testing.TB, handler any, opts ...tanktest.MappingOption) (*tanktest.Tank, *tanktest.Stream, *tanktest.Function) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	orders.Send(tanktest.Record{Key: "k", Data: []byte("0")}, tanktest.Record{Key: "k", Data: []byte("1")})
	return tank, orders, tank.Handle("orders", handler, opts...)
}

func boom(events.KinesisEvent) error { return errors.New("boom") }

// reporting is a handler that reports what identifier says of the last record of its event.
func reporting(identifier func(r *events.KinesisEventRecord) string) any {
	return func(_ context.Context, e events.KinesisEvent) (r events.KinesisEventResponse, err error) {
		last := &e.Records[len(e.Records)-1]
		r.BatchItemFailures = []events.KinesisBatchItemFailure{{ItemIdentifier: identifier(last)}}
		return r, nil
	}
}

// A story tells what a handler has answered of a record, and of many retries only how often.
func TestStoriesTellAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		handler any
		opts    []tanktest.MappingOption
		long    time.Duration
		want    []string
	}{
		"reported, and behind it": {
			reporting(func(r *events.KinesisEventRecord) string { return strings.TrimSuffix(r.Kinesis.SequenceNumber, "x") }),
			[]tanktest.MappingOption{tanktest.ReportBatchItemFailures(), tanktest.MaxRetries(0)},
			time.Minute,
			[]string{"record 1 of", "in a batch of 2, attempt 1, to orders-handler-1: reported as failed\n", "in a batch of 1, attempt 1, to orders-handler-1: reported as failed\n", "given up"},
		},
		"an identifier of no record": {
			reporting(func(r *events.KinesisEventRecord) string { return r.EventID }),
			[]tanktest.MappingOption{tanktest.ReportBatchItemFailures(), tanktest.MaxRetries(0)},
			time.Minute,
			[]string{"record 0 of", `attempt 1, to orders-handler-1: all of it again: it reported "shardId-000000000000:4967`, `", which is no sequence number of the batch`},
		},
		"an empty identifier": {
			reporting(func(*events.KinesisEventRecord) string { return "" }),
			[]tanktest.MappingOption{tanktest.ReportBatchItemFailures(), tanktest.MaxRetries(0)},
			time.Minute,
			[]string{"record 0 of", "attempt 1, to orders-handler-1: all of it again: it reported an empty itemIdentifier"},
		},
		"a null identifier, in JSON": {
			func(context.Context, events.KinesisEvent) (any, error) {
				return map[string]any{"batchItemFailures": []any{map[string]any{"itemIdentifier": nil}}}, nil
			},
			[]tanktest.MappingOption{tanktest.ReportBatchItemFailures(), tanktest.MaxRetries(0)},
			time.Minute,
			[]string{"all of it again: it reported an itemIdentifier of null"},
		},
		"retries that end alike": {
			boom, nil, time.Hour,
			[]string{
				"00:00:00.000  in a batch of 2, attempt 1, to orders-handler-1: failed: boom\n  00:00:00.500  in a batch of 2, attempt 2, to orders-handler-1: failed: boom\n" +
					"  00:00:01.500  attempts 3 to 66, until 00:59:03.500: the same\n  01:00:00.000  waits to be sent to orders-handler-1 again, at 01:00:03.500\n record 1",
			},
		},
		"timeouts, each of another request": {
			boom,
			[]tanktest.MappingOption{tanktest.Takes(5 * time.Second), tanktest.MaxRetries(9)},
			time.Hour,
			[]string{"attempt 2, to orders-handler-1: failed: RequestId: ", "Task timed out after 3.00 seconds\n", "attempts 3 to 10, until", "the same\n"},
		},
		"three that end alike": {
			boom,
			[]tanktest.MappingOption{tanktest.MaxRetries(2)},
			time.Hour,
			[]string{"attempt 1", "attempt 2", "in a batch of 2, attempt 3, to orders-handler-1: failed: boom\n", "given up: RetryAttemptsExhausted, 3 attempts"},
		},
		"a panic": {
			func(events.KinesisEvent) error { var m map[string]int; m["x"] = strings.Count("x", "x"); return nil }, //nolint:staticcheck // it is to panic
			[]tanktest.MappingOption{tanktest.MaxRetries(0)},
			time.Minute,
			[]string{"attempt 1, to orders-handler-1: failed: panicked at story_test.go:", ": assignment to entry in nil map\n"},
		},
		"a panic within Go's own packages": {
			func(events.KinesisEvent) error { _ = strings.Repeat("x", -1); return nil },
			[]tanktest.MappingOption{tanktest.MaxRetries(0)},
			time.Minute,
			[]string{"failed: panicked at story_test.go:", ": strings: negative Repeat count\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, func(t testing.TB) {
				tank, _, fn := two(t, tt.handler, tt.opts...)
				tank.Advance(tt.long)
				fn.Delivered(t, 2)
			}, tt.want...)
		})
	}
}

// Where a text has instants of several days, all of them have their date.
func TestStoriesOfSeveralDays(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank, orders, fn := two(t, boom)
		tank.Advance(48 * time.Hour)
		fn.OnFailure().Batches(t, 0) // nobody is told of what has expired
		orders.Send(tanktest.Record{Key: "k", Data: []byte("2")})
		fn.Delivered(t, 3)
	}, "not 3\n3 of them not at all:\nrecord 0 of shardId-000000000000\n2026-01-01 00:00:00.000  stored in",
		"2026-01-01 00:00:01.500  attempts 3 to 1446, until 2026-01-01 23:59:03.500: the same\n2026-01-02 00:00:03.500  given up: RecordExpired, 1446 attempts\n",
		"record 2 of shardId-000000000000\n2026-01-03 00:00:00.000  stored in", "which read this shard for the last time at 2026-01-03 00:00:00.000")

	fails(t, func(t testing.TB) { // two stories that have a day each
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
		c := orders.Consumer("poller")
		c.Got(orders.Records()[0].SequenceNumber)
		c.Got(orders.Records()[0].SequenceNumber)
		tank.Advance(36 * time.Hour)
		orders.Send(tanktest.Record{Key: "k", Data: []byte("1")})
		c.ExactlyOnce(t)
		c.AtLeastOnce(t)
	}, "not at all:\nrecord 1 of shardId-000000000000\n2026-01-02 12:00:00.000  stored in", "more than once:\nrecord 0 of shardId-000000000000\n2026-01-01 00:00:00.000  stored in",
		"at poller\n1 of them not at all:\nrecord 1 of shardId-000000000000\n12:00:00.000  stored in")
}

// Of a batch that is reported in part the first record that was and those behind it are told apart, and Batches tells what is not
// understood.
func TestWhatWasReported(t *testing.T) {
	first := func(_ context.Context, e events.KinesisEvent) (r events.KinesisEventResponse, err error) {
		r.BatchItemFailures = []events.KinesisBatchItemFailure{{ItemIdentifier: e.Records[0].Kinesis.SequenceNumber}}
		return r, nil
	}
	fails(t, func(t testing.TB) {
		tank, _, fn := two(t, first, tanktest.ReportBatchItemFailures(), tanktest.MaxRetries(0))
		tank.Advance(time.Minute)
		if b := fn.Batches()[0]; b.Failed != "" || b.Remaining != 2 {
			t.Errorf("%+v", b)
		}
		fn.AtLeastOnce(t)
	}, "not every record", "record 0 of", "reported as failed\n", "record 1 of", "behind record 0, which was reported\n")
	tank, _, fn := two(t, reporting(func(*events.KinesisEventRecord) string { return "12" }), tanktest.ReportBatchItemFailures(), tanktest.MaxRetries(0))
	tank.Advance(time.Minute)
	if b := fn.Batches()[0]; b.Failed != `it reported "12", which is no sequence number of the batch` || b.Remaining != 2 {
		t.Errorf("%+v", b)
	}
}

// A story ends with where the record is.
func TestWhereARecordIs(t *testing.T) {
	for name, tt := range map[string]struct {
		opts  []tanktest.MappingOption
		fault func(k *tanktest.Tank)
		long  time.Duration
		want  string
	}{
		"never read": {
			nil, func(k *tanktest.Tank) { k.Fail("GetRecords", "InternalFailure") }, time.Minute,
			"00:01:00.000  not read by orders-handler-1 yet, which has read nothing of this shard; the last 600 GetRecords of this shard have failed, at 00:01:00.000 with InternalFailure",
		},
		"no iterator": {
			nil, func(k *tanktest.Tank) { k.Fail("GetShardIterator", "AccessDeniedException") }, time.Minute,
			"which has read nothing of this shard; the last 600 GetShardIterator of this shard have failed, at 00:01:00.000 with AccessDeniedException",
		},
		"no subscription": {[]tanktest.MappingOption{tanktest.EnhancedFanOut()}, func(k *tanktest.Tank) {
			k.Hook(func(_ time.Time, r tanktest.Request) tanktest.Action {
				if r.Operation == "SubscribeToShard" {
					return tanktest.Cuts()
				}
				return tanktest.Pass()
			})
		}, time.Minute, "not read by orders-handler-1 yet, which has read nothing of this shard; the last 60 SubscribeToShard of this shard have failed, at 00:01:00.000 with a connection that was cut"},
		"reads that are held": {
			nil, func(k *tanktest.Tank) { k.Next("GetRecords", tanktest.Pass(), tanktest.Action{Delay: time.Hour}) }, time.Minute,
			"not read by orders-handler-1 yet, which read this shard for the last time at 00:00:00.000",
		},
		"an invocation that is held": {
			nil, func(k *tanktest.Tank) { k.Hold("Invoke") }, time.Minute,
			"00:01:00.000  a fault holds its invocation of orders-handler-1 since 00:00:01.000",
		},
		"an invocation that takes long": {
			[]tanktest.MappingOption{tanktest.Takes(2 * time.Minute), tanktest.Timeout(3 * time.Minute)},
			nil, time.Minute,
			"in an invocation of orders-handler-1 that was sent at 00:00:01.000 and has not ended",
		},
		"a function that is down": {
			nil, func(k *tanktest.Tank) { k.Fail("Invoke", "ServiceException") }, time.Hour,
			"00:00:01.000  in a batch of 2, not taken by orders-handler-1 66 times, until 00:59:04.500: ServiceException: injected by the test\n" +
				"  01:00:00.000  waits to be sent to orders-handler-1 again, at 01:00:04.500",
		},
		"a batch that is gathered": {
			[]tanktest.MappingOption{tanktest.BatchingWindow(time.Minute)},
			nil, 10 * time.Second,
			"read by orders-handler-1, gathered for a batch until 00:01:01.000",
		},
		"half a batch": {
			[]tanktest.MappingOption{tanktest.BisectOnError()},
			nil, 1200 * time.Millisecond,
			"waits to be sent to orders-handler-1 again, at 00:00:01.500\n record 1 of",
		},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, func(t testing.TB) {
				tank := tanktest.Start(t, tanktest.Virtual())
				if tt.fault != nil {
					tt.fault(tank)
				}
				orders := tank.Stream("orders", 1)
				fn := tank.Handle("orders", boom, tt.opts...)
				tank.Advance(time.Millisecond)
				orders.Send(tanktest.Record{Key: "k", Data: []byte("0")}, tanktest.Record{Key: "k", Data: []byte("1")})
				tank.Advance(tt.long - time.Millisecond)
				fn.Delivered(t, 2)
			}, "record 0 of", tt.want)
		})
	}
	fails(t, func(t testing.TB) {
		tank, _, fn := two(t, boom, tanktest.BisectOnError())
		tank.Advance(1200 * time.Millisecond)
		fn.Delivered(t, 2)
	}, "record 1 of", "in a batch of orders-handler-1, behind records that are tried first")
	fails(t, func(t testing.TB) {
		tank, _, fn := two(t, boom, tanktest.BatchSize(1))
		tank.Advance(1200 * time.Millisecond)
		fn.Delivered(t, 2)
	}, "record 1 of", "read by orders-handler-1, behind the batch that is tried")
}

// A mapping that a shard's limit keeps from reading is told as such.
func TestReadsThatAreRefused(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank, _, first := two(t, boom)
		for range 4 { // they take the five reads that a shard answers in a second
			tank.Handle("orders", func(events.KinesisEvent) error { return nil })
		}
		last := tank.Handle("orders", boom)
		tank.Advance(150 * time.Millisecond)
		first.Delivered(t, 2)
		last.Delivered(t, 2)
	}, "orders-handler-6 has succeeded with 0 records, not 2", "record 0 of",
		"not read by orders-handler-6 yet, which has read nothing of this shard; the last 2 of its reads were refused, by the shard's limit of reads\n")
}

// What a delivery stream holds is told with when it is due.
func TestWhereADeliveryIs(t *testing.T) {
	takes := tanktest.Transform(func(e events.KinesisFirehoseEvent) (r events.KinesisFirehoseResponse, err error) { return r, nil },
		tanktest.TransformTakes(time.Minute), tanktest.TransformTimeout(2*time.Minute))
	for name, tt := range map[string]struct {
		opts []tanktest.DeliveryOption
		down bool
		long time.Duration
		want string
	}{
		"never read":                   {nil, false, 500 * time.Millisecond, "not read by archive yet, which read this shard for the last time at 00:00:00.000"},
		"a buffer":                     {nil, false, time.Minute, "00:01:00.000  in the buffer of archive, which is due at 00:05:01.000"},
		"a bucket that is down":        {nil, true, 10 * time.Minute, "in an object of archive that is not stored yet"},
		"a transformation's buffer":    {[]tanktest.DeliveryOption{takes}, false, 10 * time.Second, "in the buffer of the transformation of archive, which is due at 00:01:01.000"},
		"a transformation under way":   {[]tanktest.DeliveryOption{takes}, false, 90 * time.Second, "with the transformation of archive"},
		"a transformation that failed": {[]tanktest.DeliveryOption{takes}, false, time.Hour, "given up: Lambda.MissingRecordId, 1 attempts"},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, func(t testing.TB) {
				tank := tanktest.Start(t, tanktest.Virtual())
				orders := tank.Stream("orders", 1)
				d := tank.Deliver("archive", "orders", tt.opts...)
				if tt.down {
					tank.Fail("PutObject", "ServiceUnavailable")
				}
				tank.Advance(time.Millisecond)
				orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
				tank.Advance(tt.long - time.Millisecond)
				d.Delivered(t, 1)
			}, "record 0 of", tt.want)
		})
	}
}

// A transformation's own error is told, and of an answer what is wrong with it for a record.
func TestStoriesOfTransformations(t *testing.T) {
	type event = events.KinesisFirehoseEvent
	type response = events.KinesisFirehoseResponse
	type one = events.KinesisFirehoseResponseRecord
	ok := func(id string, data []byte) one { return one{RecordID: id, Result: "Ok", Data: data} }
	for name, tt := range map[string]struct {
		handler func(e event) (response, error)
		want    []string
	}{
		"its own error": {func(event) (response, error) { return response{}, errors.New("send click e-0: 503") }, []string{
			"attempt 1, to the transformation of archive: failed: send click e-0: 503\n", "attempt 2, to the transformation of archive: failed: send click e-0: 503\n",
			"attempts 3 to 4, until ", "the same\n", "given up: Lambda.FunctionError, 4 attempts",
		}},
		"a panic": {func(event) (response, error) { panic("oops") }, []string{"failed: panicked at story_test.go:", ": oops\n"}},
		"an id that is missing": {func(e event) (response, error) {
			return response{Records: []one{ok("x"+e.Records[0].RecordID, nil)}}, nil
		}, []string{
			`attempt 1, to the transformation of archive: answered, but without this record's id (it has "x4967`, `", which is none of the batch)`, "given up: Lambda.MissingRecordId",
		}},
		"nothing": {func(event) (response, error) { return response{}, nil }, []string{"to the transformation of archive: answered, but without this record's id\n"}},
		"an id twice": {func(e event) (response, error) {
			r := ok(e.Records[0].RecordID, []byte("x"))
			return response{Records: []one{r, r}}, nil
		}, []string{"answered, with this record's id more than once\n"}},
		"no data": {func(e event) (response, error) { return response{Records: []one{ok(e.Records[0].RecordID, nil)}}, nil }, []string{"answered Ok, without data\n"}},
		"failed": {func(e event) (response, error) {
			return response{Records: []one{{RecordID: e.Records[0].RecordID, Result: "ProcessingFailed"}}}, nil
		}, []string{"answered ProcessingFailed\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, func(t testing.TB) {
				tank := tanktest.Start(t, tanktest.Virtual())
				orders := tank.Stream("orders", 1)
				d := tank.Deliver("archive", "orders", tanktest.Transform(tt.handler))
				orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
				tank.Advance(time.Hour)
				d.Delivered(t, 1)
				if b := d.Transformations()[0]; name == "its own error" && b.Failed != "send click e-0: 503" {
					t.Errorf("%+v", b)
				}
				if f := d.ProcessingFailed()[0]; name == "its own error" && !strings.HasPrefix(f.ErrorMessage, "The Lambda function was successfully invoked but") {
					t.Errorf("%+v", f)
				}
			}, append([]string{"archive has delivered 0 records, not 1"}, tt.want...)...)
		})
	}
}

// A consumer's story has when it got a record, and the second time; out of order it names what came before, and when.
func TestStoriesOfAConsumer(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		orders.Send(tanktest.Record{Key: "k", Data: []byte("0")}, tanktest.Record{Key: "k", Data: []byte("1")}, tanktest.Record{Key: "k", Data: []byte("2")})
		c := orders.Consumer("poller")
		for _, i := range []int{1, 0, 0} {
			tank.Advance(time.Second)
			c.Got(orders.Records()[i].SequenceNumber)
		}
		c.ExactlyOnce(t)
		c.InOrder(t)
	},
		"not every record of orders has come out exactly once at poller\n1 of them not at all", "record 2 of", "00:00:03.000  not got by poller yet\n",
		"1 of them more than once", "record 0 of", "00:00:02.000  got by poller\n  00:00:03.000  got by poller again\n",
		"records of orders have come out at poller out of their keys' order", "record 0 of",
		"00:00:02.000  comes out at poller behind record 1 of shardId-000000000000, a later one of its key, which came out at 00:00:01.000\n",
	)
}

// What a client was answered with is told, too.
func TestAConsumerThatCannotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails(t, func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Bubble())
			orders := tank.Stream("orders", 2)
			orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
			c := orders.Consumer("poller")
			client := kinesis.NewFromConfig(tank.Config())
			it, err := client.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{
				StreamName: aws.String("orders"), ShardId: aws.String(orders.Records()[0].Shard), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
			})
			if err != nil {
				t.Fatal(err)
			}
			tank.Fail("GetRecords", "InternalFailure")
			if _, err = client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it.ShardIterator}); err == nil {
				t.Error("it reads")
			}
			c.AtLeastOnce(t)
		}, "not every record of orders has come out at poller", "not got by poller yet; the last 3 GetRecords of this shard have failed, at ", " with InternalFailure\n")
	})
}

// Refusals are told of the record that they may be of, and many in one line.
func TestStoriesTellRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails(t, func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Bubble())
			orders := tank.Stream("orders", 1)
			client := kinesis.NewFromConfig(tank.Config(), func(o *kinesis.Options) { o.RetryMaxAttempts = 1 })
			put := func() {
				_, _ = client.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: []byte("{}")})
			}
			stop := tank.Throttle("orders", 1)
			for range 20 {
				put()
				tank.Advance(time.Second)
			}
			stop()
			put()
			tank.Advance(time.Second)
			put() // of this one nothing was refused
			orders.Consumer("reader").AtLeastOnce(t)
		}, "record 0 of shardId-000000000000\n  00:00:00.000  records of its key are refused 20 times, until 00:00:19.000: ", "\n  00:00:20.000  stored in",
			"record 1 of shardId-000000000000\n  00:00:21.000  stored in")
	})
}
