package simulated

import (
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
)

// Tap passes what the services tell on to a target's observer. The services' observers have methods of the same names, so
// each gets a type of its own over the same tap.
type Tap struct{ observer target.Observer }

// NewTap makes a tap.
func NewTap(o target.Observer) *Tap { return &Tap{observer: o} }

// Kinesis is the tap as the streams' observer.
func (t *Tap) Kinesis() kinesis.Observer { return kinesisTap{t.observer} }

// Lambda is the tap as the functions' observer.
func (t *Tap) Lambda() lambda.Observer { return lambdaTap{t.observer} }

// Firehose is the tap as the delivery streams' observer. Objects are told as they become visible; of requests to HTTP
// endpoints the receiver tells, which knows of those that it took and whose answer did not come home.
func (t *Tap) Firehose() firehose.Observer { return firehoseTap{t.observer} }

type kinesisTap struct{ observer target.Observer }

func (t kinesisTap) Put(now time.Time, stream string, recs []record.Record, res []kinesis.Result) {
	t.observer.ShardPut(now, stream, recs, res)
}

func (t kinesisTap) Read(now time.Time, stream string, shard int32, reader string, page record.Page, limit kinesis.Limit) {
	name := ""
	if limit != kinesis.LimitNone {
		name = limit.String()
	}
	t.observer.ShardRead(now, stream, shard, reader, len(page.Records), name)
}

func (t kinesisTap) Pushed(now time.Time, stream string, shard int32, consumer string, page record.Page) {
	t.observer.ShardPushed(now, stream, shard, consumer, len(page.Records))
}

func (t kinesisTap) Created(time.Time, string) {}

func (t kinesisTap) Reshaped(at time.Time, stream string, open int) {
	t.observer.Resharded(at, stream, open)
}

func (t kinesisTap) Trimmed(stream string, shard int32, unread int, bytes int64) {
	t.observer.Trimmed(stream, shard, unread, bytes)
}

type lambdaTap struct{ observer target.Observer }

func (t lambdaTap) Received(time.Time, string, string, int32, []record.Record) {}

func (t lambdaTap) Invoked(i lambda.Invocation) {
	t.observer.Invoked(target.Invocation{
		Function: i.Function, Stream: i.Stream, Shard: i.Shard, Attempt: i.Attempt,
		Sent: i.Sent, Begin: i.Begin, End: i.End, Cold: i.Cold, Failed: i.Err != "", Remaining: i.Remaining, Records: i.Records,
	})
}

func (t lambdaTap) Refused(lambda.Refusal) {}

func (t lambdaTap) Dropped(d lambda.Drop) { t.observer.Discarded(d.At, d.Function, d.Records) }

type firehoseTap struct{ observer target.Observer }

func (t firehoseTap) Put(now time.Time, deliveryStream string, recs []record.Record, refused []bool) {
	t.observer.DeliveryStreamPut(now, deliveryStream, recs, refused)
}

func (t firehoseTap) Delivered(d firehose.Delivery) {
	if d.URL != "" {
		return
	}
	t.observer.Delivered(target.Delivery{
		DeliveryStream: d.DeliveryStream, Key: d.Key, At: d.At, Bytes: d.Bytes, Records: d.Records,
	})
}

func (t firehoseTap) Discarded(now time.Time, deliveryStream string, recs []record.Record, _ bool) {
	t.observer.Discarded(now, deliveryStream, recs)
}

func (t firehoseTap) Attempted(a firehose.Attempt) {
	if a.ErrorCode != "" {
		t.observer.Refused(a.Ended, a.DeliveryStream, a.ErrorCode)
	}
}

func (t firehoseTap) BackedUp(b firehose.Backup) {
	t.observer.BackedUp(target.Backup{
		DeliveryStream: b.DeliveryStream, Where: "s3://" + b.Bucket + "/" + errorPrefix(b.Key), Failed: b.Failed, At: b.At, Records: b.Records,
	})
}

// errorPrefix is what the key of an object of records that an HTTP endpoint did not take begins with, down to what tells
// that; "" where it does not.
func errorPrefix(key string) string {
	const kind = "http-endpoint-failed/"
	before, _, found := strings.Cut(key, kind)
	if !found {
		return ""
	}
	return before + kind
}
