package tanktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	lambdago "github.com/aws/aws-lambda-go/lambda"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// code is a user's handler as the simulator calls it.
type code struct {
	home
	call func(ctx context.Context, e *lambda.Event) (lambda.Result, error)
	watchdog
	ignored atomic.Int64 // items that it has reported as failed, with nobody to listen
}

// home is where code runs.
type home struct {
	t     testing.TB
	clock clock.Clock
	ended *atomic.Bool  // the test, by a handler
	again func() string // how a tank's run is repeated; nil: not
}

func (k *Tank) home() home { return home{k.t, k.clock, &k.ended, k.again} }

// adapt makes code of a handler: of one with Kinesis's own types without JSON, of every other as aws-lambda-go does.
func (h home) adapt(handler any) (*code, error) {
	c := &code{home: h}
	if handler == nil || reflect.ValueOf(handler).Kind() == reflect.Func && reflect.ValueOf(handler).IsNil() {
		return nil, errors.New("the handler is nil")
	}
	switch h := handler.(type) {
	case func(context.Context, events.KinesisEvent) error:
		c.call = func(ctx context.Context, e *lambda.Event) (r lambda.Result, err error) { return r, h(ctx, typed(e)) }
	case func(events.KinesisEvent) error:
		c.call = func(_ context.Context, e *lambda.Event) (r lambda.Result, err error) { return r, h(typed(e)) }
	case func(context.Context, events.KinesisEvent) (events.KinesisEventResponse, error):
		c.call = func(ctx context.Context, e *lambda.Event) (lambda.Result, error) {
			r, err := h(ctx, typed(e))
			return lambda.Result{Failures: identifiers(r)}, err
		}
	default:
		if err := wellFormed(handler); err != nil {
			return nil, fmt.Errorf("a %T is no handler: %w: give it what you give lambda.Start", handler, err)
		}
		c.call = decoded(handler)
		return c, nil
	}
	quick, whole := c.call, decoded(handler)
	c.call = func(ctx context.Context, e *lambda.Event) (lambda.Result, error) {
		if e.Payload != nil { // of no mapping: it is whatever its JSON is
			return whole(ctx, e)
		}
		return quick(ctx, e)
	}
	return c, nil
}

// decoded calls a handler as aws-lambda-go does, with JSON. What that answers lies in memory that its Handler uses again for the next
// answer, as in a function that is invoked once at a time: here each invocation under way has a Handler of its own.
func decoded(handler any) func(context.Context, *lambda.Event) (lambda.Result, error) {
	handlers := sync.Pool{New: func() any { return lambdago.NewHandler(handler) }}
	return func(ctx context.Context, e *lambda.Event) (lambda.Result, error) {
		h := handlers.Get().(lambdago.Handler)
		out, err := h.Invoke(ctx, e.AppendJSON(nil))
		out = bytes.Clone(out)
		handlers.Put(h)
		return lambda.Result{Payload: out}, err
	}
}

// wellFormed finds what lambda.Start would refuse: aws-lambda-go says so at the first event, which a mapping would send again for ever.
func wellFormed(handler any) error {
	if _, ok := handler.(lambdago.Handler); ok {
		return nil
	}
	t := reflect.TypeOf(handler)
	if t.Kind() != reflect.Func {
		return errors.New("it is no function")
	}
	in, out := t.NumIn(), t.NumOut()
	switch {
	case in > 2:
		return fmt.Errorf("it takes %d arguments, of at most a context and an event", in)
	case in == 2 && !isContext(t.In(0)):
		return fmt.Errorf("of its two arguments the first is %s, and no context.Context", t.In(0))
	case in == 1 && t.In(0).Kind() == reflect.Interface && t.In(0).NumMethod() > 0 && !isContext(t.In(0)):
		return fmt.Errorf("it takes %s, which is no context.Context", t.In(0))
	case out > 2:
		return fmt.Errorf("it returns %d values, of at most a value and an error", out)
	case out > 0 && !t.Out(out-1).Implements(reflect.TypeFor[error]()):
		return fmt.Errorf("its last result is %s, and no error", t.Out(out-1))
	}
	return nil
}

func isContext(t reflect.Type) bool {
	ctx := reflect.TypeFor[context.Context]()
	return t.Kind() == reflect.Interface && ctx.Implements(t) && t.Implements(ctx)
}

func identifiers(r events.KinesisEventResponse) []string {
	ids := make([]string, len(r.BatchItemFailures))
	for i := range ids {
		ids[i] = r.BatchItemFailures[i].ItemIdentifier
	}
	return ids
}

// typed is an event in aws-lambda-go's types, member for member what it would decode from the JSON but for the arrivals, which lose
// some nanoseconds there. Data and ids are cut from one piece each.
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
