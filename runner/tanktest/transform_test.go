package tanktest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// sorting is a handler that makes capitals of records, drops those with a d and fails those with an f.
func sorting(e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
	var out events.KinesisFirehoseResponse
	for _, r := range e.Records {
		one := events.KinesisFirehoseResponseRecord{RecordID: r.RecordID, Result: events.KinesisFirehoseTransformedStateOk, Data: bytes.ToUpper(r.Data)}
		switch {
		case bytes.HasPrefix(r.Data, []byte("d")):
			one.Result = events.KinesisFirehoseTransformedStateDropped
		case bytes.HasPrefix(r.Data, []byte("f")):
			one.Result = events.KinesisFirehoseTransformedStateProcessingFailed
		}
		out.Records = append(out.Records, one)
	}
	return out, nil
}

// sent puts records with these data.
func sent(s *Stream, data ...string) {
	recs := make([]Record, len(data))
	for i := range data {
		recs[i] = Record{Key: "k", Data: []byte(data[i])}
	}
	s.Send(recs...)
}

// A handler of Kinesis events is given what aws-lambda-go makes of the event: Firehose's has records, too.
func TestTransformWithAKinesisHandler(t *testing.T) {
	got := map[string]int{}
	for name, handler := range map[string]any{
		"an error":  func(e events.KinesisEvent) error { got["an error"] += len(e.Records); return nil },
		"a context": func(_ context.Context, e events.KinesisEvent) error { got["a context"] += len(e.Records); return nil },
		"a response": func(_ context.Context, e events.KinesisEvent) (events.KinesisEventResponse, error) {
			got["a response"] += len(e.Records)
			return events.KinesisEventResponse{}, nil
		},
		"another's own type": func(e struct{ Records []struct{} }) error { got["another's own type"] += len(e.Records); return nil },
	} {
		tank := Start(t, Virtual())
		orders := tank.Stream("orders", 1)
		d := tank.Deliver("archive", "orders", Buffering(1<<20, 0), Transform(handler, TransformBuffering(1<<20, 0)))
		sent(orders, "one", "two")
		tank.Advance(time.Minute)
		d.Unflushed()
		if got[name] != 2 {
			t.Errorf("%s: it gets %d records of 2", name, got[name])
		}
	}
}

// A handler's records go on, away, or below the error prefix, in each of the three times and whatever the handler takes.
func TestTransform(t *testing.T) {
	t.Parallel()
	bytesOnly := func(_ context.Context, e json.RawMessage) (any, error) {
		var event events.KinesisFirehoseEvent
		if err := json.Unmarshal(e, &event); err != nil {
			return nil, err
		}
		return sorting(event)
	}
	withContext := func(_ context.Context, e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
		return sorting(e)
	}
	check := func(t *testing.T, tank *Tank, handler any) {
		t.Helper()
		orders := tank.Stream("orders", 1)
		d := tank.Deliver("archive", "orders", Buffering(1<<20, 0), Transform(handler, TransformBuffering(1<<20, 0)))
		tank.Until("the stream is read", func() bool { return tank.Calls("GetRecords") > 0 })
		sent(orders, "one,", "drop,", "fail,", "two,")
		tank.Until("all is delivered", func() bool { return d.tally().distinct() == 2 })
		d.Delivered(t, 2)
		d.Dropped(t, 1)
		d.Failed(t, 1)
		if o := d.Objects(); len(o) != 1 || string(o[0].Body) != "ONE,TWO," {
			t.Errorf("%+v", o)
		}
		f := d.ProcessingFailed()
		if len(f) != 1 || string(f[0].Data) != "fail," || f[0].ErrorCode != "Lambda.ProcessingFailedStatus" || f[0].Attempts != 1 || !strings.HasPrefix(f[0].Key, "processing-failed/") ||
			!f[0].ArrivalTime.Equal(orders.Records()[2].ArrivalTime.Truncate(time.Millisecond)) {
			t.Errorf("%+v", f)
		}
		if b := d.Transformations(); len(b) != 1 || b[0].Size != 4 || b[0].Failed != "" {
			t.Errorf("%+v", b)
		}
	}
	for name, handler := range map[string]any{"typed": sorting, "with a context": withContext, "by JSON": bytesOnly} {
		t.Run(name, func(t *testing.T) {
			t.Run("virtual", func(t *testing.T) { check(t, Start(t, Virtual()), handler) })
			if name == "typed" { // it takes the wall's seconds
				t.Run("wall", func(t *testing.T) { check(t, Start(t), handler) })
			}
			t.Run("bubble", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { check(t, Start(t, Bubble()), handler) })
			})
		})
	}
}

// A handler that fails is called again after 1, 2 and 4 s; then all that it was called with fails, and a story says so.
func TestTransformFails(t *testing.T) {
	tests := []struct {
		name    string
		handler func(events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error)
		opts    []TransformOption
		ends    []int // of the invocations, in seconds since the first was sent
		code    string
	}{
		{"an error", func(events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
			return events.KinesisFirehoseResponse{}, errors.New("oops")
		}, []TransformOption{TransformTakes(time.Second)}, []int{1, 3, 6, 11}, "Lambda.FunctionError"},
		{"a panic", func(events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
			panic("oops")
		}, []TransformOption{TransformRetries(1)}, []int{0, 1}, "Lambda.FunctionError"},
		{"a timeout", sorting, []TransformOption{TransformRetries(0), TransformTakes(time.Minute), TransformTimeout(3 * time.Second)}, []int{3}, "Lambda.FunctionTimedOut"},
		{"no response", func(events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
			return events.KinesisFirehoseResponse{}, nil
		}, nil, []int{0}, "Lambda.MissingRecordId"},
		{"no data", func(e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
			return events.KinesisFirehoseResponse{Records: []events.KinesisFirehoseResponseRecord{
				{RecordID: e.Records[0].RecordID, Result: "Ok"}, {RecordID: e.Records[1].RecordID, Result: "Ok"},
			}}, nil
		}, nil, []int{0}, "Lambda.InvalidReturnFormat"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tank := Start(t, Virtual())
			orders := tank.Stream("orders", 1)
			d := tank.Deliver("archive", "orders", ErrorPrefix("bad/"), Transform(tt.handler, tt.opts...))
			tank.Advance(time.Second)
			sent(orders, "one", "two")
			tank.Advance(time.Hour)
			d.Failed(t, 2)
			d.Delivered(t, 0)
			all := d.ProcessingFailed()
			for _, f := range all {
				if f.ErrorCode != tt.code || f.Attempts != len(tt.ends) || !strings.HasPrefix(f.Key, "bad/processing-failed/2026/01/01/00/archive-1-") {
					t.Errorf("%+v", f)
				}
			}
			batches := d.Transformations()
			for i, b := range batches {
				if at := b.End.Sub(batches[0].Sent); i >= len(tt.ends) || at != time.Duration(tt.ends[i])*time.Second || b.Attempt != i+1 {
					t.Errorf("invocation %d ended after %v: %+v", i, at, b)
				}
			}
			if len(all) != 2 || len(batches) != len(tt.ends) {
				t.Errorf("%d failed, %d invocations", len(all), len(batches))
			}
		})
	}
}

// What fails an assertion tells what became of the records.
func TestTransformTellsStories(t *testing.T) {
	err := Try(func(t testing.TB) {
		tank := Start(t, Virtual())
		orders := tank.Stream("orders", 1)
		d := tank.Deliver("archive", "orders", Transform(sorting))
		tank.Advance(time.Second)
		sent(orders, "one", "drop", "fail")
		tank.Advance(time.Hour)
		d.Dropped(t, 0)
		d.Failed(t, 0)
		d.Delivered(t, 3)
	})
	for _, want := range []string{
		"the transformation of archive has dropped 1 records, not 0", "the transformation of archive has failed 1 records, not 0", "archive has delivered 1 records, not 3",
		"in a batch of 3, attempt 1, to the transformation of archive: succeeded", "given up: Dropped, 1 attempts",
		"given up: Lambda.ProcessingFailedStatus, 1 attempts, and told to s3://archive/processing-failed/2026/",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %q: %v", want, err)
		}
	}
}

// What waits for its transformation when the test ends was never seen to be delivered.
func TestTransformUnflushed(t *testing.T) {
	err := Try(func(t testing.TB) {
		tank := Start(t, Virtual())
		orders := tank.Stream("orders", 1)
		tank.Deliver("archive", "orders", Transform(sorting))
		tank.Advance(time.Second)
		sent(orders, "one", "two")
		tank.Advance(10 * time.Second)
	})
	if err == nil || !strings.Contains(err.Error(), "still buffers 2 records") {
		t.Errorf("%v", err)
	}
}

// Faults act on what is sent to the handler.
func TestTransformUnderFaults(t *testing.T) {
	tank := Start(t, Virtual())
	orders := tank.Stream("orders", 1)
	d := tank.Deliver("archive", "orders", Transform(sorting))
	tank.Next("Invoke", Fails("TooManyRequestsException"), Loses())
	tank.Advance(time.Second)
	sent(orders, "one")
	tank.Advance(time.Hour)
	d.Delivered(t, 1)
	if b := d.Transformations(); len(b) != 2 || b[0].Failed != "The connection was cut." || b[0].Attempt != 2 || b[1].Failed != "" {
		t.Errorf("%+v", b)
	}
}

// words are a text's, each with one space before the next.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// What did not reach the handler is no invocation of it, and told all the same. An answer that was lost is one.
func TestTransformationsThatDidNotReachTheHandler(t *testing.T) {
	for name, tt := range map[string]struct {
		action Action
		calls  int
		want   string
	}{
		"refused": {
			Fails("TooManyRequestsException"), 1,
			"00:01:02.000 in a batch of 1, not taken by the transformation of archive: Lambda.InvokeLimitExceeded: injected by the test 00:01:03.000 in a batch of 1, attempt 2, ",
		},
		"cut":  {Cuts(), 1, "not taken by the transformation of archive: Lambda.ServiceException: The connection was cut. 00:01:03.000 in a batch of 1, attempt 2, "},
		"lost": {Loses(), 2, "in a batch of 1, attempt 1, to the transformation of archive: failed: The connection was cut. 00:01:03.000"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Try(func(t testing.TB) {
				tank, calls := Start(t, Virtual()), 0
				orders := tank.Stream("orders", 1)
				d := tank.Deliver("archive", "orders", Transform(func(e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
					calls++
					return sorting(e)
				}))
				tank.Next("Invoke", tt.action)
				tank.Advance(time.Second)
				sent(orders, "drop")
				tank.Advance(time.Hour)
				if b := d.Transformations(); calls != tt.calls || len(b) != calls {
					t.Errorf("%d calls: %+v", calls, b)
				}
				d.Dropped(t, 0)
			})
			if said := fmt.Sprint(err); !strings.Contains(words(said), tt.want) || strings.Contains(said, "calls: ") {
				t.Errorf("without %q: %s", tt.want, said)
			}
		})
	}
}

// Each record that is failed has a reason of its own, also where one object holds several.
func TestTransformTellsEachReason(t *testing.T) {
	err := Try(func(t testing.TB) {
		tank := Start(t, Virtual())
		orders := tank.Stream("orders", 1)
		d := tank.Deliver("archive", "orders", Transform(func(e events.KinesisFirehoseEvent) (r events.KinesisFirehoseResponse, err error) {
			r.Records = []events.KinesisFirehoseResponseRecord{{RecordID: e.Records[0].RecordID, Result: events.KinesisFirehoseTransformedStateProcessingFailed}}
			return r, nil
		}))
		tank.Advance(time.Second)
		sent(orders, "a", "b")
		tank.Advance(time.Hour)
		all := d.ProcessingFailed()
		if len(all) != 2 || all[0].ErrorCode != "Lambda.ProcessingFailedStatus" || all[1].ErrorCode != "Lambda.MissingRecordId" {
			t.Errorf("objects: %+v", all)
		}
		d.Failed(t, 2)
		d.Failed(t, 0)
	})
	if err == nil || strings.Contains(err.Error(), "objects: ") || strings.Contains(err.Error(), "not 2") {
		t.Fatal(err)
	}
	a, b, _ := strings.Cut(words(err.Error()), "record 1 of")
	for _, tt := range []struct{ story, want string }{
		{a, "answered ProcessingFailed 00:01:02.000 given up: Lambda.ProcessingFailedStatus, 1 attempts"},
		{b, "answered, but without this record's id 00:01:02.000 given up: Lambda.MissingRecordId, 1 attempts"},
	} {
		if !strings.Contains(tt.story, tt.want) {
			t.Errorf("without %q: %v", tt.want, err)
		}
	}
}

// Go's types hold what the JSON does.
func TestTypedTransformEvents(t *testing.T) {
	run := func(handler any) {
		tank := Start(t, Virtual())
		orders := tank.Stream("orders", 1)
		tank.Deliver("archive", "orders", Transform(handler))
		tank.Advance(time.Second)
		sent(orders, "one", "", "th\"r<ee")
		tank.Advance(time.Hour)
	}
	var typed, decoded events.KinesisFirehoseEvent
	run(func(e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
		typed = e
		return sorting(e)
	})
	run(func(_ context.Context, e json.RawMessage) (any, error) {
		if err := json.Unmarshal(e, &decoded); err != nil {
			return nil, err
		}
		return sorting(decoded)
	})
	for i := range decoded.Records { // Lambda's time zone is UTC
		r := &decoded.Records[i]
		r.ApproximateArrivalTimestamp.Time = r.ApproximateArrivalTimestamp.UTC()
		m := &r.KinesisFirehoseRecordMetadata.ApproximateArrivalTimestamp
		m.Time = m.UTC()
	}
	if len(typed.Records) != 3 || !reflect.DeepEqual(typed, decoded) {
		t.Errorf("typed   %+v\ndecoded %+v", typed, decoded)
	}
}

// A handler may use its memory again: what it has returned is kept.
func TestTransformKeepsWhatWasReturned(t *testing.T) {
	tank := Start(t, Virtual())
	orders := tank.Stream("orders", 1)
	buf := make([]byte, 3)
	d := tank.Deliver("archive", "orders", Transform(func(e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
		copy(buf, e.Records[0].Data)
		return events.KinesisFirehoseResponse{Records: []events.KinesisFirehoseResponseRecord{{RecordID: e.Records[0].RecordID, Result: "Ok", Data: buf}}}, nil
	}, TransformBuffering(1<<20, 0)))
	tank.Advance(time.Second)
	for _, data := range []string{"one", "two"} {
		sent(orders, data)
		tank.Advance(10 * time.Second)
	}
	tank.Advance(time.Hour)
	if o := d.Objects(); len(o) != 1 || string(o[0].Body) != "onetwo" {
		t.Errorf("%+v", o)
	}
}

// Under load, with invocations that fail now and then, all that was put is delivered.
func TestTransformUnderLoad(t *testing.T) {
	tank := Start(t, Virtual())
	orders := tank.Stream("orders", 4)
	calls := 0
	d := tank.Deliver("archive", "orders", Buffering(1<<20, time.Minute), Transform(func(e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
		if calls++; calls%5 == 0 {
			return events.KinesisFirehoseResponse{}, errors.New("now and then")
		}
		return sorting(e)
	}, TransformTakes(2*time.Second)))
	tank.Advance(time.Second)
	orders.Put(Transactions(20_000), Rate(1000))
	tank.Advance(time.Hour)
	d.Delivered(t, 20_000)
	d.Failed(t, 0)
	if n := len(d.Transformations()); n != calls {
		t.Errorf("%d invocations, %d calls", n, calls)
	}
}

// Whatever happens to reads, puts and invocations, and in whichever order: each record of the stream is delivered once, and those of a
// shard in their order.
func TestTransformExplored(t *testing.T) {
	Explore(t, 60, func(t testing.TB, tank *Tank) {
		orders := tank.Stream("orders", 2)
		d := tank.Deliver("archive", "orders", Buffering(1<<20, 10*time.Second), Transform(sorting,
			TransformBuffering(1<<20, time.Second), TransformRetries(10), TransformTakes(4*time.Second)))
		tank.Advance(time.Second)
		orders.Put(Transactions(500), Rate(100))
		tank.Advance(time.Hour)
		d.Delivered(t, len(orders.Records())) // a put whose answer was lost came twice
		next := map[int32]uint64{}
		for _, o := range tank.history.deliveries {
			o.places.each(func(at place) {
				if at.seq != next[at.shard] {
					t.Errorf("record %d of shard %d is delivered where %d is next", at.seq, at.shard, next[at.shard])
				}
				next[at.shard] = at.seq + 1
			})
		}
	})
}

// The SDK, a processor that a client makes, and a handler that waits, in a bubble.
func TestTransformInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := Start(t, Bubble())
		tank.Stream("orders", 1)
		d := tank.Deliver("archive", "orders", Transform(func(ctx context.Context, e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
			select {
			case <-time.After(2 * time.Second):
			case <-ctx.Done():
			}
			return sorting(e)
		}, TransformTimeout(3*time.Second)))
		tank.Advance(time.Second)
		c := kinesis.NewFromConfig(tank.Config())
		for i := range 3 {
			_, err := c.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: fmt.Append(nil, "one", i)})
			if err != nil {
				t.Fatal(err)
			}
		}
		tank.Advance(10 * time.Minute)
		d.Delivered(t, 3)
		b := d.Transformations()
		if len(b) != 1 || b[0].End.Sub(b[0].Sent) != 2*time.Second {
			t.Errorf("%+v", b)
		}
		got, err := firehose.NewFromConfig(tank.Config()).DescribeDeliveryStream(t.Context(), &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("archive")})
		if err != nil {
			t.Fatal(err)
		}
		p := got.DeliveryStreamDescription.Destinations[0].ExtendedS3DestinationDescription.ProcessingConfiguration
		if p == nil || p.Processors[0].Type != types.ProcessorTypeLambda {
			t.Errorf("%+v", p)
		}
	})
}

// A handler that makes capitals of what a stream holds before it is archived, and wants nothing of what is empty.
func ExampleTransform() {
	err := Try(func(t testing.TB) {
		tank := Start(t, Virtual())
		words := tank.Stream("words", 1)
		archive := tank.Deliver("archive", "words", Transform(func(e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
			var out events.KinesisFirehoseResponse
			for _, r := range e.Records {
				result := events.KinesisFirehoseTransformedStateOk
				if len(r.Data) == 0 {
					result = events.KinesisFirehoseTransformedStateDropped
				}
				out.Records = append(out.Records, events.KinesisFirehoseResponseRecord{RecordID: r.RecordID, Result: result, Data: bytes.ToUpper(r.Data)})
			}
			return out, nil
		}))
		tank.Advance(time.Second)
		words.Send(Record{Key: "k", Data: []byte("one,")}, Record{Key: "k"}, Record{Key: "k", Data: []byte("two,")})
		tank.Advance(time.Hour)
		archive.Delivered(t, 2)
		archive.Dropped(t, 1)
		archive.Failed(t, 0)
		for _, o := range archive.Objects() {
			fmt.Printf("%s: %s\n", o.At.Format(time.TimeOnly), o.Body)
		}
	})
	fmt.Println(err)
	// Output:
	// 00:06:02: ONE,TWO,
	// <nil>
}
