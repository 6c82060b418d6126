package tanktest_test

import (
	"crypto/md5"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/runner/tanktest"
)

// kpl is an aggregate of two or more user records.
func kpl(data ...string) []byte {
	w := aggregate.NewWriter(aggregate.Limits{Size: 1 << 20}, true)
	for _, d := range data {
		w.Add(&aggregate.UserRecord{Key: "u", Hash: record.HashKey("u"), Size: len(d), Data: []byte(d)})
	}
	out, _ := w.Flush(nil)
	return out
}

// sealed is an aggregate with a message that is written by hand.
func sealed(message string) []byte {
	sum := md5.Sum([]byte(message))
	return append([]byte("\xF3\x89\x9A\xC2"+message), sum[:]...)
}

// answering is a transformation that takes what its buffer holds after a second, and answers each record with the result that its data
// begin with, if they do.
func answering(opts ...tanktest.TransformOption) tanktest.DeliveryOption {
	return tanktest.Transform(func(e events.KinesisFirehoseEvent) (out events.KinesisFirehoseResponse, _ error) {
		for _, r := range e.Records {
			one := events.KinesisFirehoseResponseRecord{RecordID: r.RecordID, Result: "Ok", Data: r.Data}
			for _, result := range []string{"ProcessingFailed", "Dropped"} {
				if strings.HasPrefix(string(r.Data), result) {
					one.Result = result
				}
			}
			if string(r.Data) != "missing" {
				out.Records = append(out.Records, one)
			}
		}
		return out, nil
	}, append([]tanktest.TransformOption{tanktest.TransformBuffering(1<<20, time.Second)}, opts...)...)
}

// delivers sends records a millisecond after the delivery stream was made, and lets time pass.
func delivers(t testing.TB, long time.Duration, opts []tanktest.DeliveryOption, data ...[]byte) (*tanktest.Tank, *tanktest.Stream, *tanktest.Delivery) {
	t.Helper()
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	d := tank.Deliver("archive", "orders", append([]tanktest.DeliveryOption{tanktest.Buffering(1<<20, 60*time.Second)}, opts...)...)
	d.Unflushed()
	tank.Advance(time.Millisecond)
	for _, b := range data {
		orders.Send(tanktest.Record{Key: "k", Data: b})
		if len(data) > 1 {
			tank.Advance(2 * time.Second) // so that the shard's limit lets the next one pass
		}
	}
	tank.Advance(long - time.Millisecond)
	return tank, orders, d
}

// A delivery stream opens aggregates; its sink counts records of the stream. Functions and consumers get them closed.
func TestADeliveryStreamOpensAggregates(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	fn := tank.Handle("orders", func(e events.KinesisEvent) error {
		if len(e.Records) != 2 || string(e.Records[0].Kinesis.Data) != string(kpl("one", "two")) {
			t.Errorf("%+v", e)
		}
		return nil
	})
	reader := orders.Consumer("reader")
	d := tank.Deliver("archive", "orders", answering())
	orders.Send(tanktest.Record{Key: "k", Data: kpl("one", "two")}, tanktest.Record{Key: "k", Data: []byte("three")})
	d.WaitAll(t)
	for _, r := range orders.Records() {
		reader.Got(r.SequenceNumber)
	}
	tank.Advance(time.Hour)
	if o := d.Objects(); len(o) != 1 || string(o[0].Body) != "onetwothree" || o[0].Records != 3 {
		t.Errorf("%+v", o)
	}
	if b := d.Transformations(); len(b) != 1 || b[0].Size != 3 {
		t.Errorf("%+v", b)
	}
	for _, s := range []*tanktest.Sink{d.Sink, fn.Sink, reader.Sink} {
		s.ExactlyOnce(t)
		s.AtLeastOnce(t)
		s.InOrder(t)
		s.Delivered(t, 2)
	}
}

// What a client has put in a bubble is opened as well.
func TestAggregatesOfAClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		d := tank.Deliver("archive", "orders")
		_, err := kinesis.NewFromConfig(tank.Config()).PutRecord(t.Context(), &kinesis.PutRecordInput{
			StreamName: aws.String("orders"), PartitionKey: aws.String("a"), Data: kpl("one", "two"),
		})
		if err != nil {
			t.Fatal(err)
		}
		d.WaitAll(t)
		d.ExactlyOnce(t)
		if o := d.Objects(); len(o) != 1 || string(o[0].Body) != "onetwo" {
			t.Errorf("%+v", o)
		}
	})
}

// The user records of an aggregate may lie in several objects, and there may be very many of them.
func TestAggregatesInManyObjects(t *testing.T) {
	large := strings.Repeat("x", 400_000)
	_, _, d := delivers(t, time.Hour, nil, []byte(large+large), kpl(large, "one"))
	var records []int
	for _, o := range d.Objects() {
		records = append(records, o.Records)
	}
	if diff := cmp.Diff([]int{2, 1}, records); diff != "" {
		t.Errorf("user records by object (-want +got):\n%s", diff)
	}
	d.ExactlyOnce(t)
	d.Delivered(t, 2)

	_, _, d = delivers(t, time.Hour, nil, kpl(strings.Split(strings.Repeat("y", 70_000), "")...))
	d.ExactlyOnce(t)
	d.Delivered(t, 1)
}

// An aggregate that is delivered twice has come out more than once, be it in one object or in two.
func TestAnAggregateThatIsDeliveredTwice(t *testing.T) {
	large := strings.Repeat("x", 400_000)
	for name, data := range map[string][][]byte{"whole": {kpl("one", "two")}, "in two objects": {[]byte(large + large), kpl(large, "one")}} {
		t.Run(name, func(t *testing.T) {
			fails(t, func(t testing.TB) {
				tank, _, d := delivers(t, time.Hour, nil, data...)
				d.ExactlyOnce(t)
				tanktest.DeliversTwice(tank)
				d.AtLeastOnce(t)
				d.Delivered(t, len(data))
				d.ExactlyOnce(t)
			}, fmt.Sprintf("not every record of orders has come out exactly once at archive\n%d of them more than once", len(data)),
				", an aggregate of 2 user records\n", "delivered to s3://", "delivered to s3://")
		})
	}
}

// What has come out only in part has not come out, and its story says what became of which part.
func TestStoriesOfAggregates(t *testing.T) {
	const cut = "\x0a\x01a" + "\x1a\x05\x08\x00\x1a\x01x" + "\x1a\x05\x08\x01\x1a\x01y" // a table of one key, a record of it, and one of a second
	large := strings.Repeat("x", 350_000)
	answers := []tanktest.DeliveryOption{answering()}
	for name, tt := range map[string]struct {
		data []byte
		opts []tanktest.DeliveryOption
		long time.Duration
		want []string
	}{
		"all wait": {kpl("one", "two"), nil, time.Minute, []string{
			"1 of them not at all", `as record 0, key "k", an aggregate of 2 user records` + "\n", "00:01:00.000  in the buffer of archive, which is due at 00:01:01.000\n",
		}},
		"one fails": {kpl("ProcessingFailed", "two"), answers, time.Hour, []string{
			"1 of them only in part", "an aggregate of 2 user records\n",
			"  in a batch of 2, attempt 1, to the transformation of archive: 1 of 2 user records: answered ProcessingFailed; 1 of 2: succeeded\n",
			"  1 of its 2 user records given up: Lambda.ProcessingFailedStatus, 1 attempts, and told to s3://archive/processing-failed/",
			"  1 of its 2 user records delivered to s3://archive/2026/",
		}},
		"one fails, the other waits": {kpl("one", "ProcessingFailed", "three"), answers, 30 * time.Second, []string{
			"1 of them not at all", "1 of its 3 user records given up", "00:00:30.000  2 of its 3 user records in the buffer of archive, which is due at 00:01:02.000\n",
		}},
		"one is dropped": {kpl("one", "Dropped"), answers, time.Hour, []string{
			"1 of them only in part", "archive: succeeded\n", "  1 of its 2 user records given up: Dropped, 1 attempts\n", "1 of its 2 user records delivered",
		}},
		"each in its own way": {kpl("missing", "ProcessingFailed"), answers, time.Hour, []string{
			"1 of them not at all", "archive: 1 of 2 user records: answered, but without this record's id; 1 of 2 user records: answered ProcessingFailed\n",
			"  1 of its 2 user records given up: Lambda.MissingRecordId", "  1 of its 2 user records given up: Lambda.ProcessingFailedStatus",
		}},
		"all fail": {kpl("ProcessingFailed", "ProcessingFailed"), answers, time.Hour, []string{
			"1 of them not at all", "archive: answered ProcessingFailed\n", "  given up: Lambda.ProcessingFailedStatus",
		}},
		"in two invocations": {kpl(large, "ProcessingFailed"), []tanktest.DeliveryOption{answering(tanktest.TransformBuffering(205<<10, time.Second))}, time.Hour, []string{
			"1 of them only in part", "  1 of its 2 user records in a batch of 1, attempt 1, to the transformation of archive: succeeded\n",
			"  1 of its 2 user records in a batch of 1, attempt 1, to the transformation of archive: answered ProcessingFailed\n",
		}},
		"one that nobody can read": {sealed(cut), nil, time.Hour, []string{
			"1 of them only in part", "an aggregate of 2 user records, of which 1 can be read\n", "  1 of its 2 user records delivered to s3://",
		}},
		"none": {sealed(cut[:3]), nil, time.Hour, []string{"1 of them not at all", "an aggregate of 0 user records\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, check := range []func(d *tanktest.Delivery, t testing.TB){
				func(d *tanktest.Delivery, t testing.TB) { d.AtLeastOnce(t) },
				func(d *tanktest.Delivery, t testing.TB) { d.ExactlyOnce(t) },
				func(d *tanktest.Delivery, t testing.TB) { d.Delivered(t, 1) },
			} {
				fails(t, func(t testing.TB) {
					_, _, d := delivers(t, tt.long, tt.opts, tt.data)
					check(d, t)
				}, tt.want...)
			}
		})
	}
}

// A function gets an aggregate closed: its story knows of no parts.
func TestStoriesOfClosedAggregates(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", boom, tanktest.MaxRetries(0))
		orders.Send(tanktest.Record{Key: "k", Data: kpl("one", "two")})
		tank.Advance(time.Minute)
		fn.AtLeastOnce(t)
	}, "1 of them not at all", "an aggregate of 2 user records\n", ".000  in a batch of 1, attempt 1", ".000  given up: RetryAttemptsExhausted")
}

// Of an aggregate whose user records are in an object and in the buffer, both are told.
func TestWhereThePartsOfAnAggregateAre(t *testing.T) {
	large := strings.Repeat("x", 400_000)
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		tank.Fail("PutObject", "ServiceUnavailable")
		orders := tank.Stream("orders", 1)
		d := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, 60*time.Second))
		tank.Advance(time.Millisecond)
		orders.Send(tanktest.Record{Key: "k", Data: []byte(large + large)})
		tank.Advance(3 * time.Second)
		orders.Send(tanktest.Record{Key: "k", Data: kpl(large, "one")})
		tank.Advance(10 * time.Second)
		d.AtLeastOnce(t)
	}, "record 1 of", "1 of its 2 user records in an object of archive that is not stored yet, where 4 PutObject have failed since ", "; "+
		"1 of its 2 user records in the buffer of archive, which is due at 00:01:04.000\n")
}

// Failed and Dropped count user records, and tell the story of an aggregate once.
func TestFailedUserRecords(t *testing.T) {
	_, _, d := delivers(t, time.Hour, []tanktest.DeliveryOption{answering()}, kpl("ProcessingFailed", "two", "ProcessingFailed", "Dropped"))
	d.Failed(t, 2)
	d.Dropped(t, 1)
	if f := d.ProcessingFailed(); len(f) != 2 || string(f[0].Data) != "ProcessingFailed" {
		t.Errorf("%+v", f)
	}
	err := tanktest.Try(func(t testing.TB) {
		_, _, d := delivers(t, time.Hour, []tanktest.DeliveryOption{answering()}, kpl("ProcessingFailed", "two", "ProcessingFailed"))
		d.Failed(t, 0)
	})
	if err == nil || strings.Count(err.Error(), "record 0 of") != 1 {
		t.Errorf("%v", err)
	}
	says(t, fmt.Sprint(err), "the transformation of archive has failed 2 records, not 0\n2 of them failed:", "2 of its 3 user records given up")
}
