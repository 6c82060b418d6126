package tanktest_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// What a test leaves open, or asks for that cannot be, fails it with a sentence that says what to do.
func TestWhatFailsATest(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	defer close(gone)
	for name, tt := range map[string]struct {
		test func(t testing.TB)
		want []string // in what it says, in this order
	}{
		"a goroutine that goes on": {func(t testing.TB) {
			tanktest.Start(t)
			go func() { <-gone }()
		}, []string{"goroutines that the test started are still there", "ends_test.go:"}},
		"a subscription that is open": {func(t testing.TB) {
			tank := tanktest.Start(t)
			client := kinesis.NewFromConfig(tank.Config())
			made, err := client.RegisterStreamConsumer(t.Context(), &kinesis.RegisterStreamConsumerInput{
				StreamARN: aws.String(tank.Stream("orders", 1).ARN()), ConsumerName: aws.String("c"),
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.SubscribeToShard(context.Background(), &kinesis.SubscribeToShardInput{
				ConsumerARN: made.Consumer.ConsumerARN, ShardId: aws.String("0"), StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest},
			}); err != nil {
				t.Fatal(err)
			}
		}, []string{"the subscription that was opened at ends_test.go:", "is still open"}},
		"a buffer that is not flushed": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			orders := tank.Stream("orders", 1)
			tank.Deliver("archive", "orders")
			orders.Send(tanktest.Record{Key: "k", Data: []byte("{}")})
			tank.Advance(10 * time.Second)
		}, []string{"delivery stream archive, opened at ends_test.go:", "still buffers 1 records"}},
		"a buffer of a delivery stream of the API": {func(t testing.TB) {
			direct(t, tanktest.Start(t), "direct")
		}, []string{"delivery stream direct, made through the API, still buffers 1 records when the test ends"}},
		"a buffer of each of them": {func(t testing.TB) {
			tank := tanktest.Start(t)
			direct(t, tank, "two")
			direct(t, tank, "one")
			orders := tank.Stream("orders", 1)
			tank.Deliver("archive", "orders")
			orders.Send(tanktest.Record{Key: "k"})
			tank.Until("it is read", func() bool { return tanktest.Buffered(tank, "archive") == 1 })
		}, []string{"delivery stream archive, opened at ends_test.go:", "delivery stream one, made", "delivery stream two, made"}},
		"fewer records than were expected": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			orders := tank.Stream("orders", 1)
			orders.Send(tanktest.Record{Key: "k", Data: []byte("}")}, tanktest.Record{Key: "l", Data: []byte("{")})
			fn := tank.Handle("orders", whole, tanktest.BisectOnError(), tanktest.MaxRetries(1))
			tank.Advance(time.Minute)
			fn.Delivered(t, 2)
		}, []string{
			"orders-handler-1 has succeeded with 1 records, not 2", "record 1 of shardId-000000000000", "stored in shardId-000000000000",
			"in a batch of 2, attempt 1, to orders-handler-1: failed: unexpected end of JSON input", "in a batch of 1, attempt 2",
			"given up: RetryAttemptsExhausted, 2 attempts, and told to arn:aws:sqs:", "WAVETANK_SEED=1",
		}},
		"records that come twice": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			tank.Stream("orders", 1).Send(tanktest.Record{Key: "k", Data: []byte("{}")})
			tank.Next("Invoke", tanktest.Loses())
			n := 0
			fn := tank.Handle("orders", func(events.KinesisEvent) error { n++; return nil })
			tank.Advance(time.Minute)
			fn.ExactlyOnce(t) // the first was no success, as Lambda sees it
			if n != 1 {
				t.Errorf("the handler was called %d times", n)
			}
		}, []string{"the handler was called 2 times"}},
		"a put that a limit refuses": {func(t testing.TB) {
			orders := tanktest.Start(t, tanktest.Virtual()).Stream("orders", 1)
			orders.Send(slices.Repeat([]tanktest.Record{{Key: "k"}}, 1001)...)
		}, []string{"record 1001 of 1001 is refused: its shard's limit of records is reached"}},
		"a handler that lets time pass": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			tank.Stream("orders", 1).Send(tanktest.Record{Key: "k"})
			tank.Handle("orders", func(events.KinesisEvent) error { tank.Advance(time.Second); return nil })
			tank.Advance(time.Minute)
		}, []string{"a handler or a condition lets time pass"}},
		"a client in virtual time":         {func(t testing.TB) { tanktest.Start(t, tanktest.Virtual()).Config() }, []string{"in virtual time there is no network", "Bubble()"}},
		"the wall's time let pass":         {func(t testing.TB) { tanktest.Start(t).Advance(time.Hour) }, []string{"the wall's time passes by itself", "Until"}},
		"a bubble outside of one":          {func(t testing.TB) { tanktest.Start(t, tanktest.Bubble()) }, []string{"this test is in none", "synctest.Test"}},
		"an order that cannot be shuffled": {func(t testing.TB) { tanktest.Start(t, tanktest.Shuffle()) }, []string{"only virtual time has an order"}},
		"a stream that is not there":       {func(t testing.TB) { tanktest.Start(t, tanktest.Virtual()).Handle("orders", whole) }, []string{"there is no stream orders", "Stream first"}},
		"no handler": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			tank.Stream("orders", 1)
			tank.Handle("orders", 7)
		}, []string{"a int is no handler", "lambda.Start"}},
		"something that never comes": {func(t testing.TB) {
			tanktest.Start(t, tanktest.Virtual()).Until("the order is paid", func() bool { return false })
		}, []string{"the order is paid: still not so after"}},
	} {
		t.Run(name, func(t *testing.T) { fails(t, tt.test, tt.want...) })
	}
}

var indent = regexp.MustCompile(`\n +`)

// fails demands that a test fails, and says some things in their order.
func fails(t *testing.T, test func(t testing.TB), want ...string) {
	t.Helper()
	err := tanktest.Try(test)
	if err == nil {
		t.Fatal("it passes")
	}
	says(t, err.Error(), want...)
}

// A delivery stream of the API holds nothing where it was deleted, or has delivered.
func TestADeliveryStreamOfTheAPIIsEmpty(t *testing.T) {
	tank := tanktest.Start(t)
	client := direct(t, tank, "direct")
	if _, err := client.DeleteDeliveryStream(t.Context(), &firehose.DeleteDeliveryStreamInput{DeliveryStreamName: aws.String("direct")}); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		direct(t, tank, "direct")
		tank.Advance(6 * time.Minute)
	})
}

// direct makes a delivery stream through the API, and puts a record to it.
func direct(t testing.TB, tank *tanktest.Tank, name string) *firehose.Client {
	t.Helper()
	client := firehose.NewFromConfig(tank.Config())
	buckets := s3.NewFromConfig(tank.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := buckets.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String(name), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: tanktest.Region},
	}); err != nil {
		t.Fatal(err)
	}
	_, err := client.CreateDeliveryStream(t.Context(), &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: aws.String(name),
		ExtendedS3DestinationConfiguration: &firehosetypes.ExtendedS3DestinationConfiguration{
			BucketARN: aws.String("arn:aws:s3:::" + name), RoleARN: aws.String("arn:aws:iam::123456789012:role/tank"),
		},
	})
	if err == nil {
		_, err = client.PutRecord(t.Context(), &firehose.PutRecordInput{DeliveryStreamName: aws.String(name), Record: &firehosetypes.Record{Data: []byte("{}")}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// says demands that a text says some things in their order, however its lines are indented.
func says(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := indent.ReplaceAllString(text, "\n")
	for _, w := range want {
		w = indent.ReplaceAllString(w, "\n")
		at := strings.Index(rest, w)
		if at < 0 {
			t.Fatalf("it does not say %q, there:\n%.5000s", w, text)
		}
		rest = rest[at+len(w):]
	}
}

// A handler that waits in virtual time ends the program with a sentence, with what repeats it, and the stacks, and is no hang.
func TestAHandlerThatHangsChild(t *testing.T) {
	if os.Getenv(child) == "" {
		t.Skip("run by TestAHandlerThatHangs")
	}
	tanktest.SetSlow(100 * time.Millisecond)
	hangs := func(_ testing.TB, tank *tanktest.Tank) {
		tank.Stream("orders", 1).Send(tanktest.Record{Key: "k"})
		tank.Handle("orders", func(events.KinesisEvent) error { select {} })
		tank.Advance(time.Minute)
	}
	if os.Getenv("TANKTEST_EXPLORE") == "" {
		hangs(t, tanktest.Start(t, tanktest.Virtual(), tanktest.Seed(7), tanktest.Script("lose Invoke 9")))
	}
	tanktest.Explore(t, 10, hangs)
}

func TestAHandlerThatHangs(t *testing.T) {
	t.Parallel()
	const hangs, needs = "the handler of orders-handler-1 has not returned for 100ms", "needs a tank in a Bubble or on the wall"
	says(t, run(t, "TestAHandlerThatHangsChild"), "tanktest: TestAHandlerThatHangsChild: "+hangs, needs,
		`. WAVETANK_SEED=7 repeats this run's draws, and Script("lose Invoke 9") its faults`, "TestAHandlerThatHangsChild.func")
	says(t, run(t, "TestAHandlerThatHangsChild", "TANKTEST_EXPLORE=1", "WAVETANK_SEED="), "tanktest: TestAHandlerThatHangsChild/seed 1: "+hangs, needs, ". WAVETANK_SEED=1 repeats")
	says(t, run(t, "TestAHandlerThatHangsChild", "TANKTEST_EXPLORE=1", "WAVETANK_SEED=2"), "TestAHandlerThatHangsChild/seed 2: ", `WAVETANK_SEED=2 repeats this run's draws, and Script("`)
}
