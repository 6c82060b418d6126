package tanktest_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"

	"github.com/wavetank/wavetank/runner/tanktest"
)

func nothing(events.KinesisEvent) error { return nil }

// A record that was never tried is not told as one that was tried once, though AWS's message has a count of one.
func TestRecordsThatWereNeverTried(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank, _, fn := two(t, nothing, tanktest.MaxRecordAge(time.Minute))
		tank.Fail("Invoke", "ServiceException")
		tank.Advance(time.Hour)
		if f := fn.OnFailure().Failures(); len(f) != 1 || f[0].Attempts != 1 {
			t.Errorf("it was told %+v", f)
		}
		fn.AtLeastOnce(t)
		fn.OnFailure().Batches(t, 2)
	}, "not every record of orders", "record 0 of", "not taken by orders-handler-1 7 times", "given up: RecordAgeExceeded, never tried, and told to arn:aws:sqs:",
		"orders-handler-1-failures was told of 1 batches, not of 2\nit was told:\n 00:01:03.500  RecordAgeExceeded, never tried: 2 records of orders, from 0 to 1 of shardId-000000000000\n")
	fails(t, func(t testing.TB) {
		tank, _, fn := two(t, boom, tanktest.BatchSize(1))
		tank.Advance(26 * time.Hour)
		fn.Delivered(t, 2)
	}, "record 0 of", "given up: RecordExpired, 1446 attempts\n", "record 1 of", "given up: RecordExpired, never tried\n")
	fails(t, func(t testing.TB) { // AWS counts one of an attempt with other records besides, too
		tank, _, fn := two(t, boom, tanktest.MaxRetries(0))
		tank.Advance(time.Minute)
		fn.Delivered(t, 2)
	}, "given up: RetryAttemptsExhausted, 1 attempts, and told to")
}

// A record that nobody can read any more is told as expired, and not as one that is still to come.
func TestRecordsThatHaveExpired(t *testing.T) {
	failing := "; the last 936001 GetRecords of this shard have failed, at "
	fails(t, func(t testing.TB) {
		tank, orders, fn := two(t, nothing)
		c := orders.Consumer("me")
		tank.Fail("GetRecords", "InternalFailure")
		tank.Advance(23 * time.Hour)
		c.AtLeastOnce(t)
		tank.Advance(3 * time.Hour)
		c.AtLeastOnce(t)
		fn.AtLeastOnce(t)
	}, "not got by me yet; ", "has expired at ", "00:00:00.000, 24h after it was stored, and was never got by me"+failing, "come out at orders-handler-1",
		"has expired at ", "00:00:00.000, 24h after it was stored, and was never read by orders-handler-1, which has read nothing of this shard"+failing)
	fails(t, func(t testing.TB) { // it has read on behind them
		tank, orders, fn := two(t, nothing)
		stop := tank.Fail("GetRecords", "InternalFailure")
		tank.Advance(26 * time.Hour)
		stop()
		orders.Send(tanktest.Record{Key: "k", Data: []byte("2")})
		tank.Advance(time.Minute)
		fn.AtLeastOnce(t)
	}, "2 of them not at all", "record 0 of", "stored in", "has expired at ", "00:00:00.000, 24h after it was stored\n")
}

// What a delivery stream cannot store is told with why, while it tries and when it has given up.
func TestWhatADeliveryStreamHasGivenUp(t *testing.T) {
	for name, tt := range map[string]struct {
		action tanktest.Action
		why    string
	}{
		"an error": {tanktest.Fails("SlowDown"), "SlowDown: injected by the test\n"},
		"a cut":    {tanktest.Cuts(), "a connection that was cut\n"},
	} {
		t.Run(name, func(t *testing.T) {
			err := tanktest.Try(func(t testing.TB) {
				tank := tanktest.Start(t, tanktest.Virtual())
				orders := tank.Stream("orders", 1)
				archive := tank.Deliver("archive", "orders")
				tank.Hook(func(_ time.Time, r tanktest.Request) tanktest.Action {
					if r.Operation != "PutObject" {
						return tanktest.Pass()
					}
					return tt.action
				})
				orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
				tank.Advance(5*time.Minute + 100*time.Millisecond)
				archive.AtLeastOnce(t)
				tank.Advance(time.Hour - tank.Now().Sub(tank.Now().Truncate(time.Hour)))
				archive.AtLeastOnce(t)
				tank.Advance(25 * time.Hour)
				archive.AtLeastOnce(t)
			})
			says(t, err.Error(), "in an object of archive that is not stored yet, where a PutObject has failed, at 00:05:00.000 with "+tt.why,
				"01:00:00.000  in an object of archive that is not stored yet, where 60 PutObject have failed since 00:05:00.000, the last at 00:59:03.000 with "+tt.why,
				"given up by archive after 23h55m of failing deliveries: 1440 PutObject have failed since ", " with "+tt.why)
			if last := err.Error()[strings.LastIndex(err.Error(), "given up by"):]; strings.Contains(last, "not stored yet") {
				t.Errorf("it is told as one that is still to come:\n%s", last)
			}
		})
	}
	fails(t, func(t testing.TB) { // its own delivery was never tried: another one took too long
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		archive := tank.Deliver("archive", "orders")
		tank.Next("PutObject", tanktest.Action{Delay: 26 * time.Hour})
		orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
		tank.Advance(10 * time.Minute)
		orders.Send(tanktest.Record{Key: "k", Data: []byte("1")})
		tank.Advance(27 * time.Hour)
		archive.AtLeastOnce(t)
	}, "1 of them not at all", "record 1 of", "given up by archive: it came to its turn when it was older than 24h\n")
	fails(t, func(t testing.TB) { // what failed before a delivery is no reason any more
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		archive := tank.Deliver("archive", "orders")
		stop := tank.Fail("PutObject", "SlowDown")
		orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
		tank.Advance(6 * time.Minute)
		stop()
		tank.Advance(6 * time.Minute)
		tank.Hold("PutObject")
		orders.Send(tanktest.Record{Key: "k", Data: []byte("1")})
		tank.Advance(6 * time.Minute)
		archive.AtLeastOnce(t)
	}, "in an object of archive that is not stored yet\n")
}

// What a delivery stream held when it was deleted is told as lost with it.
func TestWhatADeletedDeliveryStreamHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails(t, func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Bubble())
			orders := tank.Stream("orders", 1)
			archive := tank.Deliver("archive", "orders")
			orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
			tank.Advance(time.Minute)
			_, err := firehose.NewFromConfig(tank.Config()).DeleteDeliveryStream(t.Context(), &firehose.DeleteDeliveryStreamInput{DeliveryStreamName: aws.String("archive")})
			if err != nil {
				t.Fatal(err)
			}
			archive.AtLeastOnce(t)
		}, "stored in", "00:01:00.000  lost with archive, which was deleted while it held it\n")
	})
}

// An invocation that a fault holds has not begun, and is told as held for as long as it is.
func TestInvocationsThatAreHeld(t *testing.T) {
	fails(t, func(t testing.TB) {
		tank, _, fn := two(t, nothing, tanktest.Takes(2*time.Minute), tanktest.Timeout(3*time.Minute))
		hold := tank.Hold("Invoke")
		tank.Advance(time.Minute)
		fn.Delivered(t, 2)
		hold.Release()
		tank.Advance(time.Minute)
		fn.Delivered(t, 2)
	}, "00:01:00.000  a fault holds its invocation of orders-handler-1 since 00:00:00.000\n",
		"00:02:00.000  in an invocation of orders-handler-1 that was sent at 00:00:00.000 and has not ended\n")
	fails(t, func(t testing.TB) { // its answer is held: the handler has run
		tank, _, fn := two(t, nothing)
		tank.Next("Invoke", tanktest.Action{Delay: time.Hour, After: true})
		tank.Advance(time.Minute)
		fn.Delivered(t, 2)
	}, "in an invocation of orders-handler-1 that was sent at 00:00:00.000 and has not ended\n")
	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders := tank.Stream("orders", 1)
		archive := tank.Deliver("archive", "orders", tanktest.Transform(
			func(events.KinesisFirehoseEvent) (r events.KinesisFirehoseResponse, err error) {
				return r, errors.New("no")
			},
			tanktest.TransformTakes(2*time.Minute), tanktest.TransformTimeout(3*time.Minute)))
		tank.Delay("Invoke", 5*time.Minute)
		orders.Send(tanktest.Record{Key: "k", Data: []byte("0")})
		tank.Advance(3 * time.Minute)
		archive.Delivered(t, 1)
		tank.Advance(4 * time.Minute)
		archive.Delivered(t, 1)
	}, "00:03:00.000  a fault holds its invocation of the transformation of archive since 00:01:00.000\n", "00:07:00.000  with the transformation of archive\n")
}
