package tanktest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// TransformOption is a setting of a transformation, or of its function.
type TransformOption func(*transformOptions)

type transformOptions struct {
	processor firehose.LambdaProcessor
	model     lambda.FunctionModel
}

// TransformBuffering is when the function is invoked: when the records that wait for it have so many bytes (0.2 to 3 MiB) or the
// oldest has waited so long (up to 900 s, whole), whichever is first; 1 MiB and 60 s.
func TransformBuffering(size int64, interval time.Duration) TransformOption {
	return func(o *transformOptions) {
		o.processor.Buffering = &firehose.BufferingHints{Size: size, Interval: interval}
	}
}

// TransformRetries is how often an invocation that failed is made again before its records are given up; 3.
func TransformRetries(n int) TransformOption {
	return func(o *transformOptions) { o.processor.Retries = &n }
}

// TransformTakes is how long an invocation takes, beside what the handler itself does.
func TransformTakes(d time.Duration) TransformOption {
	return func(o *transformOptions) { o.model.Duration = lambda.Distribution{P50: d} }
}

// TransformTimeout is how long an invocation may take; Firehose waits for five minutes at most.
func TransformTimeout(d time.Duration) TransformOption {
	return func(o *transformOptions) { o.model.Timeout = d }
}

// ErrorPrefix is the beginning of the keys of objects with records that a transformation failed, in front of
// processing-failed/yyyy/MM/dd/HH/; without it [Prefix] is. A Prefix with expressions needs one, with !{firehose:error-output-type}
// among its own.
func ErrorPrefix(p string) DeliveryOption {
	return func(o *deliveryOptions) { o.stream.ErrorOutputPrefix = p }
}

// Transform puts a handler between a stream and what is delivered of it: a function that Firehose invokes with records, and that
// says of each what becomes of it. The handler is any function that lambda.Start of aws-lambda-go takes; one of
// events.KinesisFirehoseEvent gets its events and gives its response without a detour through JSON. In virtual time it must
// compute and return.
func Transform(handler any, opts ...TransformOption) DeliveryOption {
	return func(o *deliveryOptions) { o.transform, o.transformOptions = handler, opts }
}

// transform makes the function of a delivery stream's transformation.
func (k *Tank) transform(d *firehose.DeliveryStream, handler any, opts []TransformOption) error {
	var o transformOptions
	for _, opt := range opts {
		opt(&o)
	}
	c, err := k.adaptTransform(handler)
	if err != nil {
		return err
	}
	name := k.functionName(d.Name)
	o.processor.Function, d.Processor = name, &o.processor
	_, err = k.world.Lambda.CreateFunction(lambda.Function{Name: name, Model: o.model, Code: c, Role: role})
	return err
}

// transformOf stands for a delivery stream's transformation where a function's name stands for the function.
func transformOf(deliveryStream string) string { return "the transformation of " + deliveryStream }

// adaptTransform makes code of a handler of Firehose's own types without JSON, and of every other as adapt does.
func (k *Tank) adaptTransform(handler any) (*code, error) {
	var call func(ctx context.Context, e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error)
	switch h := handler.(type) {
	case func(context.Context, events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error):
		call = h
	case func(events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error):
		if h != nil {
			call = func(_ context.Context, e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
				return h(e)
			}
		}
	}
	if call == nil {
		return k.home().adapt(handler)
	}
	c := &code{home: k.home()}
	c.call = func(ctx context.Context, e *lambda.Event) (lambda.Result, error) {
		sent, ok := e.Payload.(*firehose.TransformEvent)
		if !ok {
			return lambda.Result{}, errors.New("this handler takes what Firehose sends, and was sent something else")
		}
		r, err := call(ctx, typedTransform(sent))
		return lambda.Result{Value: transformed(r)}, err
	}
	return c, nil
}

// typedTransform is an event in aws-lambda-go's types, member for member what it would decode from the JSON.
func typedTransform(e *firehose.TransformEvent) events.KinesisFirehoseEvent {
	size := 0
	for i := range e.Records {
		size += int(e.Records[i].Size)
	}
	data := make([]byte, 0, size)
	out := events.KinesisFirehoseEvent{
		InvocationID: e.InvocationID, DeliveryStreamArn: e.DeliveryStreamArn, SourceKinesisStreamArn: e.SourceKinesisStreamArn, Region: e.Region,
		Records: make([]events.KinesisFirehoseEventRecord, len(e.Records)),
	}
	for i := range e.Records {
		r, from := &e.Records[i], len(data)
		data = e.AppendData(data, i)
		arrival := events.MilliSecondsEpochTime{Time: time.UnixMilli(r.Arrival / 1e6).UTC()}
		out.Records[i] = events.KinesisFirehoseEventRecord{
			RecordID: string(e.AppendRecordID(nil, i)), ApproximateArrivalTimestamp: arrival, Data: data[from:len(data):len(data)],
		}
		if e.SourceKinesisStreamArn != "" {
			out.Records[i].KinesisFirehoseRecordMetadata = events.KinesisFirehoseRecordMetadata{
				ShardID: e.ShardID, PartitionKey: r.Key, SequenceNumber: string(e.AppendSequenceNumber(nil, i)),
				SubsequenceNumber: e.Subsequence(i), ApproximateArrivalTimestamp: arrival,
			}
		}
	}
	return out
}

// transformed is a response as Firehose takes it. The data are copied: the handler may write into its own again.
func transformed(r events.KinesisFirehoseResponse) []firehose.Transformed {
	out := make([]firehose.Transformed, len(r.Records))
	for i := range r.Records {
		one := &r.Records[i]
		out[i] = firehose.Transformed{RecordID: one.RecordID, Result: one.Result, Data: bytes.Clone(one.Data)}
	}
	return out
}

// Transformed keeps an invocation, or that it did not reach the handler, and what it dropped.
func (h deliveryHistory) Transformed(t firehose.Transformation) {
	source, key := h.tank.source(t.DeliveryStream), transformOf(t.DeliveryStream)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byStream(source, t.Records, func(stream string, recs []record.Record) {
		if t.Refused {
			h.refused(lane{key, stream, recs[0].Shard, 0}, placesOf(recs), t.ErrorCode+": "+t.ErrorMessage, t.Began.UnixNano())
			return
		}
		h.answered(&t, func(r *record.Record) bool { return h.took(source, r.Arrival) == stream })
		h.invocations.add(invocation{
			function: key, stream: stream, places: placesOf(recs), attempt: t.Attempt, sent: t.Began, end: t.Ended,
			err: cmp.Or(t.FunctionError, t.ErrorMessage),
		})
	})
	if len(t.Dropped) == 0 {
		return
	}
	h.byStream(source, t.Dropped, func(stream string, recs []record.Record) {
		h.drops = append(h.drops, drop{key, stream, placesOf(recs), firehose.ResultDropped, t.Attempt, t.Ended, ""})
	})
}

// answered keeps what an invocation, which is the next to be kept, has answered of those of its records that it fails one by one. The
// history is locked.
func (h *history) answered(t *firehose.Transformation, its func(*record.Record) bool) {
	if t.ErrorCode != "" {
		return
	}
	of := map[string][]record.Record{}
	for i, code := range t.Codes {
		if its(&t.Failed[i]) {
			of[code] = append(of[code], t.Failed[i])
		}
	}
	for _, code := range slices.Sorted(maps.Keys(of)) {
		text := answerTexts[code]
		if code == missing && t.Alien != "" {
			text += " (it has " + t.Alien + ", which is none of the batch)"
		}
		h.answers = append(h.answers, answer{h.invocations.len(), placesOf(of[code]), text})
	}
}

const missing = "Lambda.MissingRecordId"

// answerTexts are what was answered of a record that fails with such a code.
var answerTexts = map[string]string{
	missing:                         "answered, but without this record's id",
	"Lambda.DuplicatedRecordId":     "answered, with this record's id more than once",
	"Lambda.InvalidReturnFormat":    "answered Ok, without data",
	"Lambda.ProcessingFailedStatus": "answered ProcessingFailed",
}

// BackedUp keeps what a transformation has failed.
func (h deliveryHistory) BackedUp(b firehose.Backup) {
	if !b.Failed {
		return
	}
	of := map[string][]record.Record{}
	for i := range b.Records {
		code := b.ErrorCode
		if b.Codes != nil {
			code = b.Codes[i]
		}
		of[code] = append(of[code], b.Records[i])
	}
	source := h.tank.source(b.DeliveryStream)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.storing(b.DeliveryStream, b.Records)
	for _, code := range slices.Sorted(maps.Keys(of)) {
		h.byStream(source, of[code], func(stream string, recs []record.Record) {
			h.drops = append(h.drops, drop{
				transformOf(b.DeliveryStream), stream, placesOf(recs), code, b.Attempts, b.At, "s3://" + b.Bucket + "/" + b.Key,
			})
		})
	}
}

// losses are what the delivery stream's transformation has dropped, or failed, in the order in which it did: what was failed for
// several reasons, or is of several streams of one name, is several.
func (d *Delivery) losses(failed bool) []drop {
	h := &d.tank.history
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.drops), func(o drop) bool {
		return o.function != transformOf(d.name) || (o.destination != "") != failed
	})
}

// Dropped fails the test where the handler has dropped another number of records of the stream; of an aggregate each user record is one, and
// those of a deleted stream of its name do not count.
func (d *Delivery) Dropped(t testing.TB, n int) {
	t.Helper()
	d.lost(t, "dropped", n, d.losses(false))
}

// Failed fails the test where another number of records of the stream was failed by the handler, one by one or with all of an invocation,
// and lies below the error prefix; of an aggregate each user record is one, and those of a deleted stream of its name do not count.
func (d *Delivery) Failed(t testing.TB, n int) {
	t.Helper()
	d.lost(t, "failed", n, d.losses(true))
}

func (d *Delivery) lost(t testing.TB, what string, n int, losses []drop) {
	t.Helper()
	if early := d.untransformed(n); early != "" {
		d.errorf(t, "the transformation of %s: %s", d.name, early)
		return
	}
	have := 0
	var at []place
	for _, l := range losses {
		if l.stream != d.stream.name {
			continue
		}
		have += l.places.count()
		l.places.each(func(p place) { at = append(at, p) })
	}
	if have != n {
		d.errorf(t, "the transformation of %s has %s %d records, not %d%s", d.name, what, have, n, d.stories(what, at, nil))
	}
}

// untransformed says why it shows nothing yet that a transformation has lost n records; "" where it does.
func (d *Delivery) untransformed(n int) string {
	if text := d.stillToCome(); text != "" || n > 0 {
		return text
	}
	if text := d.early("it"); text != "" {
		return text
	}
	if !d.tank.history.invoked(transformOf(d.name), d.stream.name) {
		return "it has got no record: nothing is shown"
	}
	return ""
}

// FailedRecord is a record below the error prefix.
type FailedRecord struct {
	Key          string // of the object
	Data         []byte // as it was in the stream
	ErrorCode    string // Lambda.FunctionError, Lambda.ProcessingFailedStatus, …
	ErrorMessage string
	Attempts     int // invocations that were made with it
	ArrivalTime  time.Time
}

// ProcessingFailed are the records that lie below the error prefix because the transformation failed, read from their objects, in
// the order in which they came there.
func (d *Delivery) ProcessingFailed() []FailedRecord {
	k := d.tank
	k.t.Helper()
	var all []FailedRecord
	last := ""
	for _, l := range d.losses(true) {
		if l.destination == last {
			continue
		}
		last = l.destination
		key := strings.TrimPrefix(l.destination, "s3://"+d.bucket+"/")
		o, err := k.world.Objects.Get(d.bucket, key)
		k.must(err, "read error object %s of %s", key, d.bucket)
		for line := range bytes.Lines(o.Body) {
			var r struct {
				RawData                 []byte
				ErrorCode, ErrorMessage string
				AttemptsMade            int
				ArrivalTimestamp        int64
			}
			k.must(json.Unmarshal(line, &r), "read error object %s of %s", key, d.bucket)
			all = append(all, FailedRecord{key, r.RawData, r.ErrorCode, r.ErrorMessage, r.AttemptsMade, time.UnixMilli(r.ArrivalTimestamp).UTC()})
		}
	}
	return all
}

// Transformations are the invocations of the handler with records of the stream, in the order in which they ended. What did not reach it
// is none of them, as in [Function.Batches].
func (d *Delivery) Transformations() []Batch {
	return d.tank.batches(transformOf(d.name), d.stream.name)
}
