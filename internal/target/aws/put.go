package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/wavetank/wavetank/internal/clock"
	simulated "github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// call holds the buffers of one put.
type call struct {
	kinesis  []kinesistypes.PutRecordsRequestEntry
	firehose []firehosetypes.Record
}

// errStays is the answer to a request that was not to leave.
var errStays = errors.New("the request did not leave")

// Put sends the request with PutRecords or PutRecordBatch, once. It may leave when it is encoded and signed.
func (t *Target) Put(p *clock.Proc, r *target.Request) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: t.connected})
	var timeout *time.Timer // nil until the request leaves
	r.Began = p.Now()
	ctx = httpclient.WithGate(ctx, func() error {
		if !r.MayLeave() {
			return errStays
		}
		timeout = time.AfterFunc(r.Timeout, func() { cancel(context.DeadlineExceeded) })
		r.Began = p.Now()
		for _, a := range t.delivers[r.Destination] {
			a.sent(r)
		}
		return nil
	})
	r.Outcomes = r.Outcomes[:0]
	for range r.Entries {
		r.Outcomes = append(r.Outcomes, target.Outcome{Status: target.Unanswered, Shard: -1})
	}
	c := t.calls.Get().(*call)
	defer t.calls.Put(c)
	if r.Destination.Stream != "" {
		t.putRecords(ctx, p, r, c)
	} else {
		t.putRecordBatch(ctx, p, r, c)
	}
	if timeout != nil {
		timeout.Stop()
	}
	if r.Err != nil {
		t.failed(ctx, r, timeout != nil)
	}
	for _, a := range t.delivers[r.Destination] {
		a.answered(r)
	}
}

// failed says what the failure of a whole request means for its records.
func (t *Target) failed(ctx context.Context, r *target.Request, left bool) {
	outcome := whole(r.Err)
	switch {
	case !left:
		outcome = target.Outcome{Status: target.Failed, Reason: "NotSent", Shard: -1}
	case outcome.Status == target.Unanswered && context.Cause(ctx) != nil:
		r.Err = fmt.Errorf("no answer within %v: %w", r.Timeout, context.Cause(ctx))
	}
	for i := range r.Outcomes {
		r.Outcomes[i] = outcome
	}
}

func (t *Target) putRecords(ctx context.Context, p *clock.Proc, r *target.Request, c *call) {
	c.kinesis = c.kinesis[:0]
	for i := range r.Entries {
		e := &r.Entries[i]
		c.kinesis = append(c.kinesis, kinesistypes.PutRecordsRequestEntry{Data: e.Body, PartitionKey: &e.Key})
		if e.Explicit {
			c.kinesis[i].ExplicitHashKey = aws.String(string(simulated.AppendHash(nil, e.Hash)))
		}
	}
	out, err := t.kinesis.PutRecords(ctx, &kinesis.PutRecordsInput{
		StreamName: t.stream(r.Destination.Stream), Records: c.kinesis,
	})
	r.Ended = p.Now()
	if r.Err = err; err != nil {
		return
	}
	limits := limitsHeader(awsmiddleware.GetRawResponse(out.ResultMetadata))
	for i := range r.Outcomes {
		if i >= len(out.Records) {
			break // a server that answers less than it was asked: the rest is unanswered
		}
		a := &out.Records[i]
		if a.ErrorCode != nil {
			r.Outcomes[i] = refusal(*a.ErrorCode, &limits)
			r.Outcomes[i].Shard = refusingShard(aws.ToString(a.ErrorMessage))
			continue
		}
		o := target.Outcome{Status: target.Acked, Shard: shardNumber(aws.ToString(a.ShardId))}
		if n, ok := simulated.ParseSequenceNumber(aws.ToString(a.SequenceNumber)); ok {
			o.Seq = n.Index()
		}
		r.Outcomes[i] = o
	}
}

func (t *Target) putRecordBatch(ctx context.Context, p *clock.Proc, r *target.Request, c *call) {
	c.firehose = c.firehose[:0]
	for i := range r.Entries {
		c.firehose = append(c.firehose, firehosetypes.Record{Data: r.Entries[i].Body})
	}
	out, err := t.firehose.PutRecordBatch(ctx, &firehose.PutRecordBatchInput{
		DeliveryStreamName: t.deliveryStream(r.Destination.DeliveryStream), Records: c.firehose,
	})
	r.Ended = p.Now()
	if r.Err = err; err != nil {
		return
	}
	limits := limitsHeader(awsmiddleware.GetRawResponse(out.ResultMetadata))
	for i := range r.Outcomes {
		if i >= len(out.RequestResponses) {
			break
		}
		if code := out.RequestResponses[i].ErrorCode; code != nil {
			r.Outcomes[i] = refusal(*code, &limits)
			continue
		}
		r.Outcomes[i] = target.Outcome{Status: target.Acked, Shard: -1}
	}
}

// whole is the outcome of every record of a call that failed. An error that AWS answered is a refusal; a connection that
// could not be made sent nothing; all else leaves open whether the records are stored.
func whole(err error) target.Outcome {
	var api smithy.APIError
	var answer *smithyhttp.ResponseError
	switch {
	case errors.As(err, &api) && errors.As(err, &answer):
		limits := limitsHeader(answer.Response)
		return refusal(api.ErrorCode(), &limits)
	case errors.As(err, &api):
		return target.Refusal(api.ErrorCode())
	case errors.Is(err, syscall.ECONNREFUSED):
		return target.Outcome{Status: target.Failed, Reason: "ConnectionRefused", Shard: -1}
	}
	return target.Outcome{Status: target.Unanswered, Shard: -1}
}

// limitsHeader is what wavetank's own server tells besides AWS's answer; other servers do not.
func limitsHeader(raw any) string {
	if r, ok := raw.(*smithyhttp.Response); ok && r != nil {
		return r.Header.Get(server.LimitsHeader)
	}
	return ""
}

// refusal is the outcome of a record that was answered with an error, and takes its letter off the limits that were told.
func refusal(code string, limits *string) target.Outcome {
	o := target.Refusal(code)
	if *limits == "" {
		return o
	}
	if o.Status == target.Throttled {
		o.Reason = limitName((*limits)[0])
	}
	*limits = (*limits)[1:]
	return o
}

func limitName(letter byte) string {
	switch letter {
	case 'r':
		return "records"
	case 'b':
		return "bytes"
	case 'i':
		return "injected"
	}
	return "unknown"
}

// refusingShard is the shard that the message of a refused record names: "Rate exceeded for shard shardId-… in stream …".
func refusingShard(message string) int32 {
	_, rest, ok := strings.Cut(message, "for shard ")
	if !ok {
		return -1
	}
	id, _, _ := strings.Cut(rest, " ")
	return shardNumber(id)
}

// shardNumber is the counter in a shard's id; -1 where the id is of another form.
func shardNumber(id string) int32 {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "shardId-"), 10, 32)
	if err != nil {
		return -1
	}
	return int32(n)
}
