package firehose

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Functions are the Lambda functions of the same account and region, as far as processors need them.
type Functions interface {
	// Transform invokes a function once with an event, on a process of the service's, and returns when that has ended or when
	// the event's Timeout is over. ok is false when the process must return. It is called concurrently.
	Transform(p *clock.Proc, e *TransformEvent) (a TransformAnswer, ok bool)
}

// TransformEvent is what a processor's function is invoked with. Its JSON is made where somebody reads it, by AppendJSON. It must
// not be changed. In virtual time its records are valid until Transform returns, on the wall clock for ever.
type TransformEvent struct {
	Function               string // its bare name
	FunctionArn            string
	InvocationID           string // another one for each attempt
	DeliveryStreamArn      string
	SourceKinesisStreamArn string // "" of Direct PUT
	Region                 string
	ShardID                string // of the source stream
	Attempt                int    // from 1
	Timeout                time.Duration
	Records                []record.Record // in the order in which they were buffered

	sequence func(dst []byte, r *record.Record) []byte // nil of Direct PUT
	sub      []int64                                   // by record; nil: all are 0
	render   record.Render
}

// event is what a flight's records are sent in at an attempt.
func (l *lane) event(f *flight, attempt int) *TransformEvent {
	d := l.stream
	c := &d.service.config
	recs := f.records
	if !c.Clock.Virtual() {
		recs = slices.Clone(recs) // code that has timed out still reads them when the flight is over
	}
	e := &TransformEvent{
		Function: d.processing.function, FunctionArn: d.processing.arn,
		InvocationID: uuid(mix(l.seed+f.number), uint64(attempt)), DeliveryStreamArn: d.service.ARN(d.config.Name),
		Region: c.Region, Attempt: attempt, Timeout: c.Limits.TransformTimeout, Records: recs, render: c.Render,
	}
	if l.shard >= 0 {
		e.SourceKinesisStreamArn, e.ShardID = d.service.streamARN(d.config.Source), fmt.Sprintf("shardId-%012d", l.shard)
		e.sequence, e.sub = l.sequence, subsequences(recs)
	}
	return e
}

// subsequences numbers the user records that were in one record of the stream, which is known by its place.
func subsequences(recs []record.Record) (sub []int64) {
	for i := 1; i < len(recs); i++ {
		if recs[i].Seq != recs[i-1].Seq {
			continue
		}
		if sub == nil {
			sub = make([]int64, len(recs))
		}
		sub[i] = sub[i-1] + 1
	}
	return sub
}

// Subsequence is which of the user records of an aggregate a record is, from 0, as far as they are in this event.
func (e *TransformEvent) Subsequence(i int) int64 {
	if e.sub == nil {
		return 0
	}
	return e.sub[i]
}

// AppendSequenceNumber appends the sequence number of a record of a source stream.
func (e *TransformEvent) AppendSequenceNumber(dst []byte, i int) []byte {
	if e.sequence == nil {
		return dst
	}
	return e.sequence(dst, &e.Records[i])
}

// AppendRecordID appends what stands for a record in the event and in its response: the same in each attempt. On AWS it is
// opaque; here, as in AWS's examples, it is the sequence number and six digits more. What Direct PUT brings is numbered.
func (e *TransformEvent) AppendRecordID(dst []byte, i int) []byte {
	if e.sequence == nil {
		return fmt.Appendf(dst, "%056d%06d", e.Records[i].Seq, e.Subsequence(i))
	}
	return fmt.Appendf(e.sequence(dst, &e.Records[i]), "%06d", e.Subsequence(i))
}

// AppendData appends a record's data: its own, or rendered. Where nobody renders a record of ours has none.
func (e *TransformEvent) AppendData(dst []byte, i int) []byte {
	r := &e.Records[i]
	if r.Data == nil && r.Size > 0 && e.render != nil {
		return e.render(dst, r)
	}
	return append(dst, r.Data...)
}

// AppendJSON appends the event as AWS sends it (events.KinesisFirehoseEvent of aws-lambda-go, and its test data). The member
// kinesisRecordMetadata is there where a stream is the source.
func (e *TransformEvent) AppendJSON(dst []byte) []byte {
	dst = fmt.Appendf(dst, `{"invocationId":"%s","deliveryStreamArn":"%s",`, e.InvocationID, e.DeliveryStreamArn)
	if e.SourceKinesisStreamArn != "" {
		dst = fmt.Appendf(dst, `"sourceKinesisStreamArn":"%s",`, e.SourceKinesisStreamArn)
	}
	dst = fmt.Appendf(dst, `"region":"%s","records":[`, e.Region)
	var data []byte
	for i := range e.Records {
		r := &e.Records[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.AppendRecordID(append(dst, `{"recordId":"`...), i)
		dst = strconv.AppendInt(append(dst, `","approximateArrivalTimestamp":`...), r.Arrival/1e6, 10)
		data = e.AppendData(data[:0], i)
		dst = append(base64.StdEncoding.AppendEncode(append(dst, `,"data":"`...), data), '"')
		if e.sequence != nil {
			dst = append(append(dst, `,"kinesisRecordMetadata":{"shardId":"`...), e.ShardID...)
			dst, _ = jsontext.AppendQuote(append(dst, `","partitionKey":`...), r.Key) // what is not UTF-8 is replaced
			dst = strconv.AppendInt(append(dst, `,"approximateArrivalTimestamp":`...), r.Arrival/1e6, 10)
			dst = e.sequence(append(dst, `,"sequenceNumber":"`...), r)
			dst = append(strconv.AppendInt(append(dst, `","subsequenceNumber":`...), e.Subsequence(i), 10), '}')
		}
		dst = append(dst, '}')
	}
	return append(dst, `]}`...)
}

// room is what an event's records may take, each with so much around its data and its key.
func (l *lane) room() eventSize {
	const envelope, plain, ofStream = 1024, 140, 360
	e := eventSize{most: max(1, l.stream.service.config.Limits.TransformPayload-envelope), around: plain}
	if l.shard >= 0 {
		e.around = ofStream
	}
	return e
}
