package tanktest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	lambdago "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// slow is how long a handler may take, of real time, while virtual time stands still for it. Tests set it.
var slow = 10 * time.Second

// code is a user's handler as the simulator calls it.
type code struct {
	call    func(ctx context.Context, e *lambda.Event) (payload []byte, failures []string, err error)
	virtual bool
	stuck   *time.Timer // in virtual time: ends the program where the handler does not return
}

// adapt makes code of a handler: of one with Kinesis's own types without JSON, of every other as aws-lambda-go does.
func (k *Tank) adapt(handler any) (lambda.Code, error) {
	c := &code{}
	_, c.virtual = k.time.(*virtual)
	switch h := handler.(type) {
	case func(context.Context, events.KinesisEvent) error:
		c.call = func(ctx context.Context, e *lambda.Event) ([]byte, []string, error) {
			return nil, nil, h(ctx, typed(e))
		}
	case func(events.KinesisEvent) error:
		c.call = func(_ context.Context, e *lambda.Event) ([]byte, []string, error) { return nil, nil, h(typed(e)) }
	case func(context.Context, events.KinesisEvent) (events.KinesisEventResponse, error):
		c.call = func(ctx context.Context, e *lambda.Event) ([]byte, []string, error) {
			r, err := h(ctx, typed(e))
			return nil, identifiers(r), err
		}
	case nil:
		return nil, errors.New("the handler is nil")
	default:
		if _, ok := handler.(lambdago.Handler); !ok && reflect.TypeOf(handler).Kind() != reflect.Func {
			return nil, fmt.Errorf("a %T is no handler: give it what you give lambda.Start", handler)
		}
		generic := lambdago.NewHandler(handler)
		c.call = func(ctx context.Context, e *lambda.Event) ([]byte, []string, error) {
			out, err := generic.Invoke(ctx, e.AppendJSON(nil))
			return out, nil, err
		}
	}
	return c, nil
}

// Invoke runs the handler. A panic goes through: the caller reports it as Lambda does.
func (c *code) Invoke(ctx context.Context, e *lambda.Event) lambda.Result {
	if c.virtual {
		defer c.watch(e.FunctionName).Stop()
	}
	payload, failures, err := c.call(lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID: e.RequestID.String(), InvokedFunctionArn: e.FunctionArn,
	}), e)
	if err != nil {
		return lambda.Result{Err: failed(err)}
	}
	return lambda.Result{Payload: payload, Failures: failures}
}

// watch ends the program where nobody stops it in time.
func (c *code) watch(function string) *time.Timer {
	if c.stuck != nil {
		c.stuck.Reset(slow)
		return c.stuck
	}
	c.stuck = time.AfterFunc(slow, func() {
		debug.SetTraceback("all")
		panic(fmt.Sprintf("tanktest: the handler of %s has not returned for %v: in virtual time a handler computes and returns. One that waits for time, "+
			"another goroutine or a network needs a tank in a Bubble or on the wall; the goroutines below show where it waits", function, slow))
	})
	return c.stuck
}

// failed is an error as aws-lambda-go reports it.
func failed(err error) *lambda.FunctionError {
	var made messages.InvokeResponse_Error
	if errors.As(err, &made) {
		return &lambda.FunctionError{Type: made.Type, Message: made.Message}
	}
	kind := reflect.TypeOf(err)
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	return &lambda.FunctionError{Type: kind.Name(), Message: err.Error()}
}

func identifiers(r events.KinesisEventResponse) []string {
	ids := make([]string, len(r.BatchItemFailures))
	for i := range ids {
		ids[i] = r.BatchItemFailures[i].ItemIdentifier
	}
	return ids
}

// typed is an event in aws-lambda-go's types, member for member what it would decode from the JSON. Data and ids are cut from one
// piece each.
func typed(e *lambda.Event) events.KinesisEvent {
	size := 0
	for i := range e.Records {
		size += int(e.Records[i].Size)
	}
	var text strings.Builder
	text.Grow(80 * len(e.Records))
	data, number, ends := make([]byte, 0, size), make([]byte, 0, 64), make([]int, 0, 128)
	for i := range e.Records {
		text.WriteString(e.ShardID)
		text.WriteByte(':')
		number = e.AppendSequenceNumber(number[:0], i)
		text.Write(number)
		ends = append(ends, text.Len())
	}
	ids, from := text.String(), 0
	recs := make([]events.KinesisEventRecord, len(e.Records))
	for i := range e.Records {
		r, at, id := &e.Records[i], len(data), ids[from:ends[i]]
		data, from = e.AppendData(data, i), ends[i]
		recs[i] = events.KinesisEventRecord{
			AwsRegion: e.Region, EventID: id, EventName: "aws:kinesis:record", EventSource: "aws:kinesis", EventSourceArn: e.EventSourceArn,
			EventVersion: "1.0", InvokeIdentityArn: e.Role,
			Kinesis: events.KinesisRecord{
				ApproximateArrivalTimestamp: events.SecondsEpochTime{Time: time.UnixMilli(r.Arrival / 1e6).UTC()},
				Data:                        data[at:len(data):len(data)], PartitionKey: r.Key, SequenceNumber: id[len(e.ShardID)+1:], KinesisSchemaVersion: "1.0",
			},
		}
	}
	return events.KinesisEvent{Records: recs}
}
