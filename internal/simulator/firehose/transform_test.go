package firehose_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// functions is a Lambda in which each function does the same.
type functions struct {
	clock  clock.Clock
	takes  func(attempt int) time.Duration
	answer func(e *firehose.TransformEvent) firehose.TransformAnswer

	sent         []string // when, which attempt and how many records
	ids          map[string]bool
	flying, most int
}

func (f *functions) Transform(p *clock.Proc, e *firehose.TransformEvent) (a firehose.TransformAnswer, ok bool) {
	f.sent = append(f.sent, fmt.Sprintf("%v #%d %d", p.Now().Sub(clock.Epoch), e.Attempt, len(e.Records)))
	if f.ids == nil {
		f.ids = map[string]bool{}
	}
	f.ids[e.InvocationID] = true
	f.flying++
	f.most = max(f.most, f.flying)
	if f.answer != nil {
		a = f.answer(e)
	}
	if f.takes != nil && !p.Sleep(f.takes(e.Attempt)) {
		return a, false
	}
	f.flying--
	return a, true
}

// each answers with what a function says of each record, by its number.
func each(of func(number uint64, data []byte) firehose.Transformed) func(e *firehose.TransformEvent) firehose.TransformAnswer {
	return func(e *firehose.TransformEvent) (a firehose.TransformAnswer) {
		for i := range e.Records {
			t := of(e.Records[i].Number, e.AppendData(nil, i))
			t.RecordID = string(e.AppendRecordID(nil, i))
			a.Records = append(a.Records, t)
		}
		return a
	}
}

// doubled returns each record's data twice.
func doubled(_ uint64, data []byte) firehose.Transformed {
	return firehose.Transformed{Result: firehose.ResultOk, Data: append(data, data...)}
}

func (w *world) Transformed(t firehose.Transformation) {
	fmt.Fprintf(&w.history, "%s transformation #%d of %d by %s: %q, %d dropped, %d failed, last %v, refused %v\n",
		t.Ended.Format(time.RFC3339Nano), t.Attempt, len(t.Records), t.Function, t.ErrorCode, len(t.Dropped), len(t.Failed), t.Last, t.Refused)
	if t.Last {
		w.dropped = append(w.dropped, t.Dropped...)
	}
}

// newTransforming makes a world with functions and the delivery stream d, whose processor's buffer ends after 10 s and whose
// destination's after 5.
func newTransforming(t *testing.T, f *functions, change func(*firehose.Config, *firehose.DeliveryStream)) *world {
	t.Helper()
	d := firehose.DeliveryStream{
		Name: "d", Bucket: "bucket", Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second},
		Processor: &firehose.LambdaProcessor{Function: "f", Buffering: &firehose.BufferingHints{Size: mib, Interval: 10 * time.Second}},
	}
	w := newWorld(t, func(c *firehose.Config) {
		c.Functions, f.clock = f, c.Clock
		if change != nil {
			change(c, &d)
		}
	})
	if d.Source != "" {
		w.createStream(d.Source, 1)
	}
	w.must(w.firehose.Create(d))
	return w
}

// object is the body of an object.
func (w *world) object(key string) string {
	w.t.Helper()
	o, err := w.store.Get("bucket", key)
	w.must(err)
	return string(o.Body)
}

func since(t time.Time) time.Duration { return t.Sub(clock.Epoch) }

// When what happens: a record is with the function when the processor's interval is over, comes back when that has run, and is
// delivered when the destination's interval is over, which begins with its coming back.
func TestTransformationTakesItsTime(t *testing.T) {
	f := &functions{answer: each(doubled), takes: func(int) time.Duration { return 2 * time.Second }}
	w := newTransforming(t, f, nil)
	w.produce(3, 4, time.Second, time.Second, w.direct("d")) // at 1, 2 and 3 s
	w.run(time.Minute)
	if want := []string{"11s #1 3"}; !slices.Equal(f.sent, want) {
		t.Errorf("sent: %q, want %q", f.sent, want)
	}
	if len(w.delivered) != 1 {
		t.Fatalf("%d objects", len(w.delivered))
	}
	d := w.delivered[0]
	if at := since(d.At); at != 18*time.Second || d.Bytes != 24 {
		t.Errorf("%d bytes at %v, want 24 at 18s", d.Bytes, at)
	}
	if body := w.object(d.Key); body != "0   0   1   1   2   2   " {
		t.Errorf("%q", body)
	}
	for i, r := range d.Records {
		if r.Number != uint64(i) || !r.Ours || r.Size != 8 || since(time.Unix(0, r.Arrival)) != time.Duration(i+1)*time.Second {
			t.Errorf("record %d is %+v", i, r)
		}
	}
	if !strings.HasPrefix(d.Key, "2026/01/01/00/d-1-2026-01-01-00-00-01-") {
		t.Errorf("its time is not that of the oldest arrival: %s", d.Key)
	}
}

// A function that is only modelled leaves records as they are: those of ours are not rendered.
func TestModelledFunctionsLeaveRecordsAsTheyAre(t *testing.T) {
	f := &functions{answer: func(*firehose.TransformEvent) firehose.TransformAnswer {
		return firehose.TransformAnswer{Unchanged: true}
	}}
	w := newTransforming(t, f, func(c *firehose.Config, _ *firehose.DeliveryStream) {
		c.Render = func([]byte, *record.Record) []byte { t.Error("a record is rendered"); return nil }
	})
	w.produce(100, 1000, 0, 10*time.Millisecond, w.direct("d"))
	w.run(time.Minute)
	if len(w.lags()) != 100 || w.delivered[0].Bytes != 100_000 {
		t.Errorf("%+v", w.delivered)
	}
}

// Each record goes one way: on, nowhere, or below the error prefix.
func TestResultsOfRecords(t *testing.T) {
	f := &functions{answer: each(func(n uint64, data []byte) firehose.Transformed {
		switch n % 3 {
		case 1:
			return firehose.Transformed{Result: firehose.ResultDropped}
		case 2:
			return firehose.Transformed{Result: firehose.ResultProcessingFailed, Data: data}
		}
		return doubled(n, data)
	})}
	w := newTransforming(t, f, nil)
	w.produce(6, 4, 0, 0, w.direct("d"))
	w.run(time.Minute)
	if got := w.lags(); len(got) != 2 || w.object(w.delivered[0].Key) != "0   0   3   3   " {
		t.Errorf("delivered: %v", got)
	}
	if len(w.dropped) != 2 || w.dropped[1].Number != 4 {
		t.Errorf("dropped: %v", w.dropped)
	}
	if len(w.backups) != 1 {
		t.Fatalf("failed: %+v", w.backups)
	}
	b := w.backups[0]
	if !b.Failed || b.Attempts != 1 || b.ErrorCode != "Lambda.ProcessingFailedStatus" || len(b.Records) != 2 || b.Records[1].Number != 5 || since(b.At) != 10*time.Second {
		t.Errorf("%+v", b)
	}
	if !slices.Equal(b.Codes, []string{b.ErrorCode, b.ErrorCode}) {
		t.Errorf("%q", b.Codes)
	}
	if !strings.HasPrefix(b.Key, "processing-failed/2026/01/01/00/d-1-2026-01-01-00-00-00-") {
		t.Errorf("%s", b.Key)
	}
	const line = `{"rawData":"%s","errorCode":"Lambda.ProcessingFailedStatus","errorMessage":"ProcessingFailed status set for record","attemptsMade":1,` +
		`"arrivalTimestamp":1767225600000,"attemptEndingTimestamp":1767225610000,"lambdaARN":"arn:aws:lambda:us-east-1:123456789012:function:f"}` + "\n"
	if got, want := w.object(b.Key), fmt.Sprintf(line+line, "MiAgIA==", "NSAgIA=="); got != want {
		t.Errorf("got %swant %s", got, want)
	}
	if len(w.discarded) != 0 {
		t.Errorf("discarded: %v", w.discarded)
	}
}

// An invocation that fails is made again after 1, 2 and 4 s, and then all its records fail.
func TestInvocationsAreRetried(t *testing.T) {
	failing := func(times int, a firehose.TransformAnswer) func(e *firehose.TransformEvent) firehose.TransformAnswer {
		return func(e *firehose.TransformEvent) firehose.TransformAnswer {
			if e.Attempt > times {
				return each(doubled)(e)
			}
			return a
		}
	}
	raised := firehose.TransformAnswer{Failure: firehose.Raised}
	tests := []struct {
		name    string
		retries *int
		answer  func(e *firehose.TransformEvent) firehose.TransformAnswer
		sent    []string
		code    string // of what failed; "" where it is delivered
	}{
		{"twice", nil, failing(2, raised), []string{"10s #1 2", "11s #2 2", "13s #3 2"}, ""},
		{"for ever", nil, failing(9, raised), []string{"10s #1 2", "11s #2 2", "13s #3 2", "17s #4 2"}, "Lambda.FunctionError"},
		{"without retries", new(0), failing(9, raised), []string{"10s #1 2"}, "Lambda.FunctionError"},
		{"timed out", new(1), failing(9, firehose.TransformAnswer{Failure: firehose.Stopped}), []string{"10s #1 2", "11s #2 2"}, "Lambda.FunctionTimedOut"},
		{"no function", new(0), failing(9, firehose.TransformAnswer{Failure: firehose.Refused, Code: "ResourceNotFoundException"}), []string{"10s #1 2"}, "Lambda.ResourceNotFound"},
		{"a response that is wrong is final", nil, failing(9, firehose.TransformAnswer{Payload: []byte(`null`)}), []string{"10s #1 2"}, "Lambda.MissingRecordId"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &functions{answer: tt.answer}
			w := newTransforming(t, f, func(_ *firehose.Config, d *firehose.DeliveryStream) {
				d.Processor.Retries = tt.retries
				d.ErrorOutputPrefix = "errors/"
			})
			w.produce(2, 4, 0, 0, w.direct("d"))
			w.run(time.Minute)
			if !slices.Equal(f.sent, tt.sent) {
				t.Errorf("sent: %q, want %q", f.sent, tt.sent)
			}
			if len(f.ids) != len(tt.sent) {
				t.Errorf("%d invocation ids", len(f.ids))
			}
			if tt.code == "" {
				if len(w.lags()) != 2 || len(w.backups) != 0 {
					t.Errorf("%s", w.history.String())
				}
				return
			}
			if len(w.delivered) != 0 || len(w.backups) != 1 || w.backups[0].ErrorCode != tt.code || w.backups[0].Attempts != len(tt.sent) || len(w.backups[0].Records) != 2 {
				t.Fatalf("%s", w.history.String())
			}
			if !strings.HasPrefix(w.backups[0].Key, "errors/processing-failed/2026/") {
				t.Error(w.backups[0].Key)
			}
		})
	}
}

// Five invocations of a buffer are under way at once, and what they bring is handed on in the records' order, whichever ends first.
func TestOrderIsKeptOverInvocations(t *testing.T) {
	f := &functions{answer: each(doubled)}
	n := 0
	f.takes = func(int) time.Duration { // the first takes longest
		n++
		return max(time.Second, time.Duration(12-2*n)*time.Second)
	}
	w := newTransforming(t, f, func(_ *firehose.Config, d *firehose.DeliveryStream) {
		d.Processor.Buffering = &firehose.BufferingHints{Size: mib / 4, Interval: 10 * time.Second}
	})
	w.produce(80, 1<<15, 0, 10*time.Millisecond, w.direct("d")) // 8 records an event
	w.run(20 * time.Second)
	if f.most != 5 {
		t.Errorf("%d invocations at once", f.most)
	}
	var numbers []uint64
	for _, d := range w.delivered {
		for _, r := range d.Records {
			numbers = append(numbers, r.Number)
		}
	}
	if len(numbers) != 80 || !slices.IsSorted(numbers) {
		t.Errorf("%d delivered: %v", len(numbers), numbers)
	}
	if want := "70ms #1 8"; f.sent[0] != want {
		t.Errorf("the first is sent at %q, want %q", f.sent[0], want)
	}
}

// What is with the function, or waits for it, is held, and is as old as its oldest record.
func TestHeldInTransformation(t *testing.T) {
	f := &functions{answer: each(doubled), takes: func(int) time.Duration { return 20 * time.Second }}
	w := newTransforming(t, f, nil)
	w.produce(30, 4, 0, time.Second, w.direct("d"))
	held := func() (numbers []uint64) {
		w.firehose.Held(func(_, _ string, recs []record.Record) {
			for i := range recs {
				numbers = append(numbers, recs[i].Number)
			}
		})
		return numbers
	}
	for _, at := range []struct {
		run    time.Duration
		n      int
		oldest time.Duration
	}{{5500 * time.Millisecond, 6, 0}, {9 * time.Second, 15, 0}, {18 * time.Second, 30, 0}, {4 * time.Second, 20, 10 * time.Second}, {time.Minute, 0, 0}} {
		w.run(at.run)
		got := held()
		if len(got) != at.n || !slices.IsSorted(got) {
			t.Errorf("at %v: held are %v", since(w.clock.Now()), got)
		}
		if oldest, ok := w.firehose.Oldest("d"); ok != (at.n > 0) || ok && since(oldest) != at.oldest {
			t.Errorf("at %v: the oldest is of %v, %v", since(w.clock.Now()), since(oldest), ok)
		}
	}
}

// A delivery stream that is deleted discards what waits for its transformation, what is with the function, what has come back and
// what it cannot store: each record comes to one end, wherever it is.
func TestDeletedWhileTransforming(t *testing.T) {
	failing := each(func(uint64, []byte) firehose.Transformed {
		return firehose.Transformed{Result: firehose.ResultProcessingFailed}
	})
	tests := []struct {
		name      string
		answer    func(e *firehose.TransformEvent) firehose.TransformAnswer
		takes     func(attempt int) time.Duration
		down      bool // the bucket
		at        time.Duration
		delivered int // of 37 records, one a second
	}{
		{"with the function", each(doubled), func(int) time.Duration { return 20 * time.Second }, false, 36500 * time.Millisecond, 10},
		{"between two attempts", func(*firehose.TransformEvent) firehose.TransformAnswer {
			return firehose.TransformAnswer{Failure: firehose.Raised}
		}, nil, false, 15 * time.Second, 0},
		{"back before what went before it", each(doubled), first(60 * time.Second), false, 36 * time.Second, 0},
		{"buffered for its destination", each(doubled), nil, false, 13 * time.Second, 0},
		{"not stored", each(doubled), nil, true, 36 * time.Second, 0},
		{"failed and not stored", failing, nil, true, 36 * time.Second, 0},
		{"in part failed and not stored", each(func(n uint64, data []byte) firehose.Transformed {
			if n%2 == 0 {
				return firehose.Transformed{Result: firehose.ResultProcessingFailed}
			}
			return doubled(n, data)
		}), nil, true, 36 * time.Second, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &functions{answer: tt.answer, takes: tt.takes}
			w := newTransforming(t, f, func(c *firehose.Config, d *firehose.DeliveryStream) {
				c.Faults = func(_ time.Time, r fault.Request) fault.Action {
					return fault.Action{Cut: tt.down && r.Operation == "PutObject"}
				}
			})
			put := int(tt.at/time.Second) + 1
			w.produce(put, 4, 0, time.Second, w.direct("d"))
			w.run(tt.at)
			_, err := w.firehose.DeleteDeliveryStream(firehose.DeleteDeliveryStreamInput{DeliveryStreamName: "d"})
			w.must(err)
			w.run(10 * time.Minute)
			times := make([]int, put)
			for _, r := range w.discarded {
				times[r.Number]++
			}
			for n := range w.lags() {
				times[n]++
			}
			if len(w.lags()) != tt.delivered || len(w.backups) != 0 {
				t.Errorf("%d delivered, %d error objects", len(w.lags()), len(w.backups))
			}
			for n, times := range times {
				if times != 1 {
					t.Errorf("record %d came to %d ends", n, times)
				}
			}
		})
	}
}

// first has the first invocation take longer, the others no time.
func first(long time.Duration) func(int) time.Duration {
	return func(int) time.Duration {
		took := long
		long = 0
		return took
	}
}

// While too much waits for its transformation, or behind it, Direct PUT refuses records; when that is over it takes them again.
func TestTransformationsCrowd(t *testing.T) {
	for _, tt := range []struct {
		name string
		down time.Duration // the bucket
		took time.Duration // each invocation, before that
	}{{"a slow function", 0, 30 * time.Second}, {"a bucket that is down", 30 * time.Second, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			slow := tt.took
			f := &functions{answer: each(doubled), takes: func(int) time.Duration { return slow }}
			w := newTransforming(t, f, func(c *firehose.Config, d *firehose.DeliveryStream) {
				c.Model.MaxPending = 8 * mib
				c.Faults = func(now time.Time, r fault.Request) fault.Action {
					return fault.Action{Cut: r.Operation == "PutObject" && since(now) < tt.down}
				}
			})
			w.produce(150, 1<<18, 0, 200*time.Millisecond, w.direct("d")) // 1.25 MiB a second
			w.run(30 * time.Second)
			taken := 150 - w.refused
			if taken < 16 || taken > 48 {
				t.Errorf("%d of 150 are taken", taken)
			}
			slow = 2 * time.Second
			w.run(2 * time.Minute) // all is delivered
			w.refused = 0
			w.produce(150, 1<<18, 0, 250*time.Millisecond, w.direct("d"))
			w.run(2 * time.Minute)
			if w.refused > 0 {
				t.Errorf("%d are refused afterwards", w.refused)
			}
		})
	}
}

// Faults act on what is sent to the function, and on what is put below the error prefix.
func TestFaultsActOnATransformation(t *testing.T) {
	tests := []struct {
		name   string
		action fault.Action
		sent   []string
		code   string
		at     time.Duration // of the object, or of the error object
	}{
		{"nothing", fault.Action{}, []string{"10s #1 1"}, "", 15 * time.Second},
		{"late", fault.Action{Delay: time.Second}, []string{"11s #1 1"}, "", 16 * time.Second},
		{"throttled", fault.Action{Err: &fault.Error{Code: "TooManyRequestsException"}}, nil, "Lambda.InvokeLimitExceeded", 17 * time.Second},
		{"cut", fault.Action{Cut: true}, nil, "Lambda.ServiceException", 17 * time.Second},
		{"not answered", fault.Action{Lost: true}, []string{"10s #1 1", "11s #2 1", "13s #3 1", "17s #4 1"}, "Lambda.ServiceException", 17 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &functions{answer: each(doubled)}
			w := newTransforming(t, f, func(c *firehose.Config, _ *firehose.DeliveryStream) {
				c.Faults = func(_ time.Time, r fault.Request) fault.Action {
					if r.Service == "lambda" && r.Operation == "Invoke" && r.Resource == "f" && r.Records == 1 {
						return tt.action
					}
					return fault.Action{}
				}
			})
			w.produce(1, 4, 0, 0, w.direct("d"))
			w.run(time.Minute)
			if !slices.Equal(f.sent, tt.sent) {
				t.Errorf("sent: %q, want %q", f.sent, tt.sent)
			}
			if n := strings.Count(w.history.String(), "refused false"); n != len(tt.sent) {
				t.Errorf("%d were not refused:\n%s", n, w.history.String())
			}
			switch {
			case tt.code == "" && (len(w.delivered) != 1 || since(w.delivered[0].At) != tt.at):
				t.Error(w.history.String())
			case tt.code != "" && (len(w.backups) != 1 || w.backups[0].ErrorCode != tt.code || since(w.backups[0].At) != tt.at):
				t.Error(w.history.String())
			}
		})
	}
}

// While what failed cannot be stored nothing of its event goes on, and what comes behind waits for it.
func TestErrorObjectsAreRetried(t *testing.T) {
	f := &functions{answer: each(func(n uint64, data []byte) firehose.Transformed {
		if n == 0 {
			return firehose.Transformed{Result: firehose.ResultProcessingFailed}
		}
		return doubled(n, data)
	})}
	w := newTransforming(t, f, func(c *firehose.Config, _ *firehose.DeliveryStream) {
		c.Faults = func(now time.Time, r fault.Request) fault.Action {
			if r.Operation == "PutObject" && since(now) < 20*time.Second {
				return fault.Action{Err: &fault.Error{Code: "SlowDown"}}
			}
			return fault.Action{}
		}
	})
	w.produce(2, 4, 0, 0, w.direct("d"))
	w.run(time.Minute) // tried at 10, 11, 13, 17 and 25 s
	if len(w.backups) != 1 || since(w.backups[0].At) != 25*time.Second || len(w.delivered) != 1 || since(w.delivered[0].At) != 30*time.Second {
		t.Error(w.history.String())
	}
}

// Of a stream the event says where each record is, its end ends the buffer, and the children follow when all is delivered.
func TestTransformationOfAStream(t *testing.T) {
	var events [][]byte
	f := &functions{takes: func(int) time.Duration { return 3 * time.Second }}
	f.answer = func(e *firehose.TransformEvent) firehose.TransformAnswer {
		events = append(events, e.AppendJSON(nil))
		return each(doubled)(e)
	}
	w := newTransforming(t, f, func(_ *firehose.Config, d *firehose.DeliveryStream) { d.Source = "s" })
	w.produce(20, 4, 500*time.Millisecond, time.Second, w.onto("s"))
	w.run(3100 * time.Millisecond)
	w.must(w.streams.SplitShard(kinesis.SplitShardInput{
		StreamName: new("s"), ShardToSplit: new("shardId-000000000000"), NewStartingHashKey: new("170141183460469231731687303715884105728"),
	}))
	w.run(time.Minute)
	if len(w.lags()) != 20 {
		t.Fatalf("%d delivered: %s", len(w.lags()), w.history.String())
	}
	var numbers []uint64
	for _, d := range w.delivered {
		for _, r := range d.Records {
			numbers = append(numbers, r.Number)
		}
	}
	if !slices.IsSorted(numbers) { // they have one key
		t.Errorf("%v", numbers)
	}
	if f.sent[0] != "4s #1 3" { // the read at which the shard's end was found
		t.Errorf("sent: %q", f.sent)
	}
	checkEvent(t, events[0])
}

// checkEvent looks at the event of records 0 to 2.
func checkEvent(t *testing.T, event []byte) {
	t.Helper()
	var e struct {
		InvocationID, DeliveryStreamArn, SourceKinesisStreamArn, Region string
		Records                                                         []struct {
			RecordID                    string
			ApproximateArrivalTimestamp int64
			Data                        []byte
			KinesisRecordMetadata       struct {
				ShardID, PartitionKey, SequenceNumber string
				SubsequenceNumber                     *int64
				ApproximateArrivalTimestamp           int64
			}
		}
	}
	d := json.NewDecoder(bytes.NewReader(event))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	if e.DeliveryStreamArn != "arn:aws:firehose:us-east-1:123456789012:deliverystream/d" || e.SourceKinesisStreamArn != "arn:aws:kinesis:us-east-1:123456789012:stream/s" ||
		e.Region != "us-east-1" || len(e.InvocationID) != 36 || len(e.Records) != 3 {
		t.Errorf("%s", event)
	}
	for i, r := range e.Records {
		m := r.KinesisRecordMetadata
		at := clock.Epoch.Add(500*time.Millisecond + time.Duration(i)*time.Second).UnixMilli()
		if string(r.Data) != fmt.Sprintf("%-4d", i) || r.ApproximateArrivalTimestamp != at || m.ApproximateArrivalTimestamp != at || m.ShardID != "shardId-000000000000" ||
			m.PartitionKey != "k" || len(m.SequenceNumber) != 56 || m.SubsequenceNumber == nil || *m.SubsequenceNumber != 0 || r.RecordID != m.SequenceNumber+"000000" {
			t.Errorf("record %d of %s", i, event)
		}
	}
}

// User records of one aggregate have its sequence number, and their own places in it.
func TestUserRecordsOfAnAggregate(t *testing.T) {
	var ids, subs []string
	f := &functions{}
	f.answer = func(e *firehose.TransformEvent) firehose.TransformAnswer {
		for i := range e.Records {
			ids, subs = append(ids, string(e.AppendRecordID(nil, i))), append(subs, fmt.Sprint(e.Subsequence(i)))
		}
		return each(doubled)(e)
	}
	w := newTransforming(t, f, func(c *firehose.Config, d *firehose.DeliveryStream) {
		d.Source = "s"
		c.Open = func(dst []record.Record, r *record.Record) ([]record.Record, bool) {
			if r.Number != 1 {
				return dst, false
			}
			return append(dst, *r, *r, *r), true
		}
	})
	w.produce(3, 4, 0, 0, w.onto("s"))
	w.run(time.Minute)
	if got := strings.Join(subs, ""); got != "00120" || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 5 {
		t.Errorf("%s %q", got, ids)
	}
}

// One seed has one history, with failures and several invocations at once.
func TestTransformationsHaveOneHistory(t *testing.T) {
	run := func() string {
		f := &functions{takes: func(int) time.Duration { return 700 * time.Millisecond }}
		f.answer = func(e *firehose.TransformEvent) firehose.TransformAnswer {
			if e.Records[0].Number%3 == 0 && e.Attempt == 1 {
				return firehose.TransformAnswer{Failure: firehose.Raised}
			}
			return each(func(n uint64, data []byte) firehose.Transformed {
				if n%7 == 0 {
					return firehose.Transformed{Result: firehose.ResultProcessingFailed}
				}
				return doubled(n, data)
			})(e)
		}
		w := newTransforming(t, f, func(_ *firehose.Config, d *firehose.DeliveryStream) {
			d.Processor.Buffering = &firehose.BufferingHints{Size: mib / 4, Interval: time.Second}
		})
		w.produce(200, 1<<14, 0, 20*time.Millisecond, w.direct("d"))
		w.run(time.Minute)
		if n := len(w.lags()); n != 200-29 {
			t.Errorf("%d delivered", n)
		}
		return w.history.String()
	}
	if a, b := run(), run(); a != b {
		t.Errorf("two histories:\n%s\n%s", a, b)
	}
}
