package tanktest_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// whole is a handler that fails at a record whose JSON was cut off.
func whole(_ context.Context, e events.KinesisEvent) error {
	for i := range e.Records {
		if data := e.Records[i].Kinesis.Data; len(data) == 0 || data[len(data)-1] != '}' {
			return errors.New("unexpected end of JSON input")
		}
	}
	return nil
}

func TestPoisonRecord(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 4)
	fn := tank.Handle("orders", whole, tanktest.BatchSize(100), tanktest.BisectOnError(), tanktest.MaxRetries(2))
	orders.Put(tanktest.Transactions(10_000), tanktest.Poison(1))
	tank.Advance(time.Hour)
	fn.Delivered(t, 9_999)
	fn.InOrder(t)
	fn.OnFailure().Batches(t, 1)
}

// The same test passes in each of the three times.
func TestThreeTimes(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, opts ...tanktest.Option) {
		tank := tanktest.Start(t, opts...)
		orders := tank.Stream("orders", 2)
		fn := tank.Handle("orders", whole)
		d := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, 0))
		p := orders.Put(tanktest.Transactions(500), tanktest.Rate(1000))
		tank.Until("all is put", p.Done)
		tank.Until("all is handled", func() bool { return fn.Distinct() == 500 })
		tank.Until("all is delivered", func() bool { return d.Distinct() == 500 })
		fn.ExactlyOnce(t)
		fn.InOrder(t)
		d.Delivered(t, 500)
		if got := len(orders.Records()); got != 500 {
			t.Errorf("the stream holds %d records", got)
		}
		lines := 0
		for _, o := range d.Objects() {
			dec := json.NewDecoder(strings.NewReader(string(o.Body)))
			for dec.More() {
				var v map[string]any
				if err := dec.Decode(&v); err != nil {
					t.Fatal(err)
				}
				lines++
			}
		}
		if lines != 500 {
			t.Errorf("the objects hold %d records", lines)
		}
	}
	t.Run("virtual", func(t *testing.T) { check(t, tanktest.Virtual()) })
	t.Run("wall", func(t *testing.T) { check(t) })
	t.Run("bubble", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { check(t, tanktest.Bubble()) })
	})
}

// The SDK's client, its retries and their back-off live in a bubble with the tank.
func TestTheSDKInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		fn := tank.Handle("orders", whole)
		client := kinesis.NewFromConfig(tank.Config())
		tank.Next("PutRecord", tanktest.Refuses(1), tanktest.Fails("InternalFailure"), tanktest.Cuts())
		_, err := client.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: []byte(`{}`)})
		if code := errorCode(err); code == "" {
			t.Errorf("three attempts were to fail: %v", err)
		}
		if _, err := client.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: []byte(`{}`)}); err != nil {
			t.Error(err)
		}
		if n := tank.Calls("PutRecord"); n != 4 {
			t.Errorf("%d requests", n)
		}
		tank.Advance(time.Minute)
		fn.Delivered(t, 1)
	})
}

func errorCode(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// An iterator expires after five minutes and a record after a day, and nobody waits for either.
func TestTimePassesInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		orders := tank.Stream("orders", 1)
		orders.Send(tanktest.Record{Key: "k", Data: []byte("{}")})
		client := kinesis.NewFromConfig(tank.Config())
		out, err := client.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{
			StreamName: aws.String("orders"), ShardId: aws.String("0"), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5*time.Minute + time.Second)
		var expired *types.ExpiredIteratorException
		if _, err := client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: out.ShardIterator}); !errors.As(err, &expired) {
			t.Errorf("an iterator of five minutes: %v", err)
		}
		time.Sleep(24 * time.Hour)
		if n := len(orders.Records()); n != 0 {
			t.Errorf("%d records after a day", n)
		}
	})
}

// What is held waits until it is let go, and what is cut off is gone.
func TestHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		tank.Stream("orders", 1)
		client := kinesis.NewFromConfig(tank.Config())
		held := tank.Hold("ListShards")
		done := make(chan error)
		go func() {
			_, err := client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("orders")})
			done <- err
		}()
		tank.Advance(10 * time.Second)
		if held.Requests() != 1 {
			t.Errorf("%d requests are held", held.Requests())
		}
		select {
		case err := <-done:
			t.Errorf("answered while it was held: %v", err)
		default:
		}
		held.Release()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A reshard in the middle keeps every record and every key's order.
func TestReshard(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 2)
	fn := tank.Handle("orders", whole, tanktest.ParallelizationFactor(4), tanktest.Takes(200*time.Millisecond))
	p := orders.Put(tanktest.Transactions(5_000))
	tank.Advance(time.Second)
	orders.Split(0)
	tank.Advance(time.Second)
	orders.Merge(1, 3)
	tank.Until("all is put", p.Done)
	tank.Advance(time.Minute)
	fn.ExactlyOnce(t)
	fn.InOrder(t)
	n := 0
	for _, records := range orders.ByKey() {
		n += len(records)
	}
	if n != 5_000 {
		t.Errorf("the stream holds %d records by their keys", n)
	}
}

// The handlers of aws-lambda-go that are not of Kinesis's types go through JSON, and see the same.
func TestHandlersOfEveryShape(t *testing.T) {
	type mine struct {
		Records []struct {
			EventID string `json:"eventID"`
			Kinesis struct {
				Data         []byte `json:"data"`
				PartitionKey string `json:"partitionKey"`
			} `json:"kinesis"`
		}
	}
	var got string
	for name, handler := range map[string]any{
		"typed": func(e events.KinesisEvent) error { got = string(e.Records[0].Kinesis.Data); return nil },
		"typed, with a context": func(_ context.Context, e events.KinesisEvent) error {
			got = string(e.Records[0].Kinesis.Data)
			return nil
		},
		"typed, with a response": func(_ context.Context, e events.KinesisEvent) (events.KinesisEventResponse, error) {
			got = string(e.Records[0].Kinesis.Data)
			return events.KinesisEventResponse{}, nil
		},
		"a type of its own": func(e mine) (string, error) { got = string(e.Records[0].Kinesis.Data); return "", nil },
		"raw": func(_ context.Context, e json.RawMessage) error {
			var m mine
			err := json.Unmarshal(e, &m)
			got = string(m.Records[0].Kinesis.Data)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			got = ""
			tank := tanktest.Start(t, tanktest.Virtual())
			tank.Stream("orders", 1).Send(tanktest.Record{Key: "k", Data: []byte(`{"n":1}`)})
			fn := tank.Handle("orders", handler)
			tank.Advance(time.Minute)
			fn.ExactlyOnce(t)
			if got != `{"n":1}` {
				t.Errorf("the handler got %q", got)
			}
		})
	}
}

// A mapping begins where it is told to, and is pushed to or polls; its batches tell where they begin and end.
func TestWhereAMappingBegins(t *testing.T) {
	for name, tt := range map[string]struct {
		opt  func(second time.Time) tanktest.MappingOption
		want int
	}{
		"with the oldest record":  {func(time.Time) tanktest.MappingOption { return tanktest.BatchSize(100) }, 20},
		"behind the newest":       {func(time.Time) tanktest.MappingOption { return tanktest.FromLatest() }, 10},
		"at an instant":           {func(second time.Time) tanktest.MappingOption { return tanktest.From(second) }, 15},
		"pushed, with the oldest": {func(time.Time) tanktest.MappingOption { return tanktest.EnhancedFanOut() }, 20},
	} {
		t.Run(name, func(t *testing.T) {
			tank := tanktest.Start(t, tanktest.Virtual())
			orders := tank.Stream("orders", 1)
			five := func() {
				for range 5 {
					orders.Send(tanktest.Record{Key: "k", Data: []byte("{}")})
				}
				tank.Advance(time.Second)
			}
			five()
			second := tank.Now()
			five()
			fn := tank.Handle("orders", whole, tt.opt(second))
			five()
			five()
			tank.Advance(time.Minute)
			fn.ExactlyOnce(t)
			fn.Delivered(t, tt.want)
			all, b := orders.Records(), fn.Batches()
			if got := b[0].First; b[0].Shard != all[0].Shard || got != all[20-tt.want].SequenceNumber {
				t.Errorf("the first batch begins with %s of %s", got, b[0].Shard)
			}
			if got := b[len(b)-1].Last; got != all[19].SequenceNumber {
				t.Errorf("the last batch ends with %s", got)
			}
		})
	}
}

// What a partial response names is tried again with all that follows, and no more than that.
func TestPartialResponses(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	for i := range 10 {
		orders.Send(tanktest.Record{Key: "k", Data: []byte{byte('0' + i)}})
	}
	refused := 0
	fn := tank.Handle("orders", func(_ context.Context, e events.KinesisEvent) (r events.KinesisEventResponse, err error) {
		for i := range e.Records {
			if k := &e.Records[i].Kinesis; string(k.Data) == "4" && refused < 2 {
				refused++
				r.BatchItemFailures = append(r.BatchItemFailures, events.KinesisBatchItemFailure{ItemIdentifier: k.SequenceNumber})
			}
		}
		return r, nil
	}, tanktest.ReportBatchItemFailures())
	tank.Advance(time.Minute)
	fn.ExactlyOnce(t)
	var sizes []int
	for _, b := range fn.Batches() {
		sizes = append(sizes, b.Size)
	}
	if len(sizes) != 3 || sizes[0] != 10 || sizes[1] != 6 || sizes[2] != 6 {
		t.Errorf("batches of %v", sizes)
	}
}

// A batch that fails is tried as often as its mapping says, and its on-failure queue is told how often that was.
func TestRetries(t *testing.T) {
	for retries := range 3 {
		tank := tanktest.Start(t, tanktest.Virtual())
		tank.Stream("orders", 1).Send(tanktest.Record{Key: "k", Data: []byte("{")})
		fn := tank.Handle("orders", whole, tanktest.MaxRetries(retries))
		tank.Advance(time.Hour)
		if got := len(fn.Batches()); got != retries+1 {
			t.Errorf("%d retries: %d invocations", retries, got)
		}
		fn.OnFailure().Batches(t, 1)
		var told struct {
			RequestContext struct {
				Condition              string `json:"condition"`
				ApproximateInvokeCount int    `json:"approximateInvokeCount"`
			} `json:"requestContext"`
		}
		if err := json.Unmarshal(fn.OnFailure().Messages()[0], &told); err != nil {
			t.Fatal(err)
		}
		if c := told.RequestContext; c.Condition != "RetryAttemptsExhausted" || c.ApproximateInvokeCount != retries+1 {
			t.Errorf("%d retries: it was told %+v", retries, c)
		}
	}
}

// A batch holds as many records as its mapping says at most, and is gathered for as long as it says.
func TestBatchSizes(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	fn := tank.Handle("orders", whole, tanktest.BatchSize(100), tanktest.BatchingWindow(10*time.Second))
	began := tank.Now()
	orders.Put(tanktest.Transactions(250), tanktest.Rate(1000))
	tank.Advance(time.Minute)
	fn.ExactlyOnce(t)
	var sizes []int
	for _, b := range fn.Batches() {
		sizes = append(sizes, b.Size)
	}
	if len(sizes) != 3 || sizes[0] != 100 || sizes[1] != 100 || sizes[2] != 50 {
		t.Errorf("batches of %v", sizes)
	}
	if last := fn.Batches()[2].Sent.Sub(began); last < 10*time.Second || last > 12*time.Second {
		t.Errorf("the last, which is not full, was sent after %v", last)
	}
}

// An object is delivered when its oldest record has waited for the interval.
func TestBuffering(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	d := tank.Deliver("archive", "orders", tanktest.Buffering(1<<20, 60*time.Second), tanktest.Prefix("orders/"))
	orders.Send(tanktest.Record{Key: "k", Data: []byte("{}")})
	put := tank.Now()
	tank.Advance(5 * time.Minute)
	objects := d.Objects()
	if len(objects) != 1 || objects[0].Records != 1 || string(objects[0].Body) != "{}" || !strings.HasPrefix(objects[0].Key, "orders/2026/01/01/00/archive-") {
		t.Fatalf("objects: %+v", objects)
	}
	if lag := objects[0].At.Sub(put); lag != time.Minute {
		t.Errorf("it was delivered after %v", lag)
	}
}

// A tank has the pipeline of a scenario, with the test's handler in the place of a function.
func TestPipeline(t *testing.T) {
	got := 0
	tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Pipeline("testdata/orders.yaml", tanktest.Handlers{
		"totals": func(e events.KinesisEvent) error { got += len(e.Records); return nil },
	}))
	tank.Stream("orders", 2).Put(tanktest.Transactions(1_000))
	tank.Advance(time.Minute)
	tank.Function("totals").ExactlyOnce(t)
	if got != 1_000 {
		t.Errorf("the handler got %d records", got)
	}
	err := tanktest.Try(func(t testing.TB) {
		tanktest.Start(t, tanktest.Virtual(), tanktest.Pipeline("testdata/orders.yaml", tanktest.Handlers{"total": whole}))
	})
	if err == nil || !strings.Contains(err.Error(), `testdata/orders.yaml has no function total; did you mean "totals"?`) {
		t.Errorf("a handler of no function: %v", err)
	}
}

// A consumer of the test's own is held to the same as a handler, with records of the test's own.
func TestConsumer(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	orders.Put(tanktest.Records(20, func(i int) tanktest.Record {
		return tanktest.Record{Key: string(rune('a' + i%3)), Data: []byte{byte(i)}}
	}), tanktest.Rate(10))
	tank.Advance(time.Minute)
	got := orders.Records()
	if len(got) != 20 || got[7].Data[0] != 7 || got[7].Key != "b" {
		t.Fatalf("%d records", len(got))
	}
	good := orders.Consumer("good")
	for _, r := range got {
		good.Got(r.SequenceNumber)
	}
	good.ExactlyOnce(t)
	good.InOrder(t)
	good.Delivered(t, 20)
	for name, tt := range map[string]struct {
		order []int
		check func(c *tanktest.Consumer, t testing.TB)
		want  string
	}{
		"one is missing":  {[]int{0, 1}, func(c *tanktest.Consumer, t testing.TB) { c.AtLeastOnce(t) }, "18 of them not at all, here the first 3:"},
		"one comes twice": {[]int{0, 1, 0}, func(c *tanktest.Consumer, t testing.TB) { c.ExactlyOnce(t) }, "1 of them more than once:"},
		"two are swapped": {[]int{3, 1, 0}, func(c *tanktest.Consumer, t testing.TB) { c.InOrder(t) }, "1 of them behind a later one of its key:"},
	} {
		err := tanktest.Try(func(t testing.TB) {
			c := orders.Consumer("bad")
			for _, i := range tt.order {
				c.Got(got[i].SequenceNumber)
			}
			tt.check(c, t)
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Half of the invocations take up to the p50, hardly any longer than the p99.
func TestDurations(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	fn := tank.Handle("orders", whole, tanktest.BatchSize(10), tanktest.Durations(100*time.Millisecond, 900*time.Millisecond))
	orders.Put(tanktest.Transactions(2000), tanktest.Rate(20))
	tank.Advance(time.Hour)
	fn.InOrder(t)
	short, long := 0, 0
	batches := fn.Batches()
	for _, b := range batches {
		switch took := b.End.Sub(b.Sent); {
		case took <= 100*time.Millisecond:
			short++
		case took > 900*time.Millisecond:
			long++
		}
	}
	if n := len(batches); n < 200 || short < n*2/5 || short > n*3/5 || long > n/20 {
		t.Errorf("of %d invocations %d took up to 100 ms, %d more than 900", n, short, long)
	}
}

// A stream that is made again has a history of its own: what came out of a deleted one of its name is not taken for its records'.
func TestAStreamThatIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		old := tank.Stream("orders", 1)
		reader := old.Consumer("reader")
		send := func(s *tanktest.Stream, n int) (numbers []string) {
			for range n {
				s.Send(tanktest.Record{Key: "k", Data: []byte("{}")})
			}
			for _, r := range s.Records() {
				numbers = append(numbers, r.SequenceNumber)
			}
			return numbers
		}
		for _, number := range send(old, 5) {
			reader.Got(number)
		}
		reader.ExactlyOnce(t)
		client := kinesis.NewFromConfig(tank.Config())
		if _, err := client.DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: aws.String("orders")}); err != nil {
			t.Fatal(err)
		}
		tank.Advance(time.Minute)
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", whole)
		for i, number := range send(orders, 3) {
			if i > 0 { // the first never comes
				reader.Got(number)
			}
		}
		fn.WaitAll(t)
		fn.ExactlyOnce(t)
		fn.InOrder(t)
		reader.Delivered(t, 2)
	})
}

// What is still done with records of a deleted stream is not done with those of the next one of its name.
func TestRecordsThatOutliveTheirStream(t *testing.T) {
	t.Parallel()
	// again has a record handled, delivered and transformed of a stream that is then deleted and made again, with one record too.
	again := func(t testing.TB, opts ...tanktest.MappingOption) (fn *tanktest.Function, archive, sorted *tanktest.Delivery) {
		tank, name := tanktest.Start(t, tanktest.Bubble()), "orders"
		old := tank.Stream(name, 1)
		var mended atomic.Bool
		fn = tank.Handle(name, func(events.KinesisEvent) error {
			if mended.Load() {
				return nil
			}
			return errors.New("no")
		}, opts...)
		archive = tank.Deliver("archive", name)
		sorted = tank.Deliver("sorted", name, tanktest.Transform(func(e events.KinesisFirehoseEvent) (r events.KinesisFirehoseResponse, err error) {
			for i := range e.Records {
				r.Records = append(r.Records, events.KinesisFirehoseResponseRecord{RecordID: e.Records[i].RecordID, Result: events.KinesisFirehoseTransformedStateDropped})
			}
			return r, nil
		}))
		tank.Advance(time.Second)
		old.Send(tanktest.Record{Key: "k", Data: []byte("old")})
		tank.Advance(5 * time.Second)
		if _, err := kinesis.NewFromConfig(tank.Config()).DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: &name}); err != nil {
			t.Fatal(err)
		}
		tank.Advance(time.Second)
		tank.Stream(name, 1).Send(tanktest.Record{Key: "k", Data: []byte("new")})
		tank.Advance(100 * time.Millisecond)
		fn.Delivered(t, 1) // the old one is still tried
		mended.Store(true)
		tank.Advance(time.Hour)
		return fn, archive, sorted
	}
	unread := "record 0 of shardId-000000000000\n00:00:07.000  stored in shardId-000000000000 as record 0, key \"k\"\n"
	synctest.Test(t, func(t *testing.T) {
		fails(t, func(t testing.TB) {
			fn, archive, sorted := again(t)
			fn.AtLeastOnce(t)
			fn.ExactlyOnce(t)
			if b := fn.Batches(); len(b) != 0 {
				t.Errorf("%+v", b)
			}
			archive.AtLeastOnce(t)
			if o := archive.Objects(); len(o) != 1 || string(o[0].Body) != "old" || o[0].Records != 1 {
				t.Errorf("%+v", o)
			}
			if b := sorted.Transformations(); len(b) != 0 {
				t.Errorf("%+v", b)
			}
			sorted.Dropped(t, 1)
		},
			"orders-handler-1 has succeeded with 0 records, not 1", unread+"00:00:07.100  not read by orders-handler-1 yet",
			"not every record of orders has come out at orders-handler-1", unread+"01:00:07.100  not read by orders-handler-1 yet",
			"not every record of orders has come out exactly once at orders-handler-1", unread,
			"not every record of orders has come out at archive", unread, "not read by archive yet",
			"the transformation of sorted has dropped 0 records, not 1\n",
		)
	})
	synctest.Test(t, func(t *testing.T) {
		fails(t, func(t testing.TB) {
			fn, _, _ := again(t, tanktest.MaxRetries(4)) // at 2, 2.5, 3.5, 5.5 and 9.5 s
			fn.AtLeastOnce(t)
			fn.OnFailure().Batches(t, 1)
		}, "not read by orders-handler-1 yet", "not every record of orders")
	})
}

// A batch may have records of two streams of one name, where one is made before the other is missed.
func TestABatchOfTwoStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tank, name := tanktest.Start(t, tanktest.Bubble()), "orders"
		old := tank.Stream(name, 1)
		fn := tank.Handle(name, func(events.KinesisEvent) error { return nil }, tanktest.BatchingWindow(20*time.Second))
		archive := tank.Deliver("archive", name)
		tank.Advance(time.Second)
		old.Send(tanktest.Record{Key: "k", Data: []byte("0,")})
		tank.Advance(1200 * time.Millisecond)
		if _, err := kinesis.NewFromConfig(tank.Config()).DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: &name}); err != nil {
			t.Fatal(err)
		}
		tank.Advance(time.Millisecond)
		orders := tank.Stream(name, 1) // read on from record 1
		for _, data := range []string{"new 0,", "new 1,"} {
			orders.Send(tanktest.Record{Key: "k", Data: []byte(data)})
		}
		tank.Advance(time.Hour)
		fn.Delivered(t, 1)
		archive.Delivered(t, 1)
		if b := fn.Batches(); len(b) != 1 || b[0].Size != 1 || b[0].First != orders.Records()[1].SequenceNumber {
			t.Errorf("%+v", b)
		}
		if o := archive.Objects(); len(o) != 1 || o[0].Records != 2 || string(o[0].Body) != "0,new 1," {
			t.Errorf("%+v", o)
		}
	})
}

// What a queue or a bucket was told is in the order in which it was, within a second too.
func TestTheOrderOfFailures(t *testing.T) {
	for name, opts := range map[string][]tanktest.MappingOption{"a queue": nil, "a bucket": {tanktest.OnFailureBucket("lost")}} {
		t.Run(name, func(t *testing.T) {
			tank := tanktest.Start(t, tanktest.Virtual())
			orders := tank.Stream("orders", 1)
			for range 20 {
				orders.Send(tanktest.Record{Key: "k", Data: []byte("{}")})
			}
			fn := tank.Handle("orders", boom, append(opts, tanktest.BatchSize(1), tanktest.MaxRetries(0), tanktest.Takes(10*time.Millisecond))...)
			tank.Advance(time.Minute)
			fn.OnFailure().Batches(t, 20)
			for i, f := range fn.OnFailure().Failures() {
				if want := orders.Records()[i].SequenceNumber; f.First != want {
					t.Errorf("%d: %s at %v, want %s", i, f.First, f.At, want)
				}
			}
		})
	}
}

// A consumer is not held to what had expired before it began, and takes no record of another stream for its own.
func TestWhereAConsumerBegins(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	orders := tank.Stream("orders", 1)
	orders.Send(tanktest.Record{Key: "k"}, tanktest.Record{Key: "k"})
	tank.Advance(25 * time.Hour)
	reader := orders.Consumer("reader")
	fn := tank.Handle("orders", func(events.KinesisEvent) error { return nil })
	orders.Send(tanktest.Record{Key: "k"})
	tank.Advance(time.Minute)
	reader.Got(orders.Records()[0].SequenceNumber)
	reader.ExactlyOnce(t)
	fn.ExactlyOnce(t)

	fails(t, func(t testing.TB) {
		tank := tanktest.Start(t, tanktest.Virtual())
		orders, other := tank.Stream("orders", 1), tank.Stream("other", 1)
		orders.Send(tanktest.Record{Key: "k"})
		tank.Advance(time.Minute)
		other.Send(tanktest.Record{Key: "k"})
		orders.Consumer("reader").Got(other.Records()[0].SequenceNumber)
	}, "reader got", "which is no record of orders")
}
