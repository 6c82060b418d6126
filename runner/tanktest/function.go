package tanktest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Function is a handler behind an event source mapping: what Lambda does with a function that reads a stream.
type Function struct {
	*Sink
	queue *Queue
}

// reads makes the sink of a function that reads a stream.
func (k *Tank) reads(function string, stream *Stream) *Function {
	return &Function{
		Sink: &Sink{tank: k, stream: stream, name: function, verb: "has succeeded with", each: func(visit func(place)) {
			k.history.succeeded(function, stream.name, visit)
		}},
		queue: k.queue(function + "-failures"),
	}
}

// MappingOption is a setting of a function's event source mapping, or of the function.
type MappingOption func(*mappingOptions)

type mappingOptions struct {
	in     lambda.CreateEventSourceMappingInput
	model  lambda.FunctionModel
	fanOut bool
}

// BatchSize is the most records of a batch, 1 to 10,000; 100.
func BatchSize(n int) MappingOption { return func(o *mappingOptions) { o.in.BatchSize = &n } }

// BatchingWindow is how long records are gathered for a batch, up to 300 s in whole seconds; none.
func BatchingWindow(d time.Duration) MappingOption {
	return func(o *mappingOptions) { o.in.MaximumBatchingWindowInSeconds = seconds(d) }
}

// ParallelizationFactor is how many batches of a shard are under way at once, 1 to 10; 1.
func ParallelizationFactor(n int) MappingOption {
	return func(o *mappingOptions) { o.in.ParallelizationFactor = &n }
}

// MaxRetries is how often a failed batch is tried again before it is given up, up to 10,000; for ever.
func MaxRetries(n int) MappingOption {
	return func(o *mappingOptions) { o.in.MaximumRetryAttempts = &n }
}

// MaxRecordAge is how old a record may get before it is given up, 60 s to 7 days; for ever.
func MaxRecordAge(d time.Duration) MappingOption {
	return func(o *mappingOptions) { o.in.MaximumRecordAgeInSeconds = seconds(d) }
}

// BisectOnError splits a failed batch in two and tries each half, until the record that fails is alone.
func BisectOnError() MappingOption {
	return func(o *mappingOptions) { yes := true; o.in.BisectBatchOnFunctionError = &yes }
}

// ReportBatchItemFailures lets the handler say from which record on a batch has failed: it returns an
// events.KinesisEventResponse.
func ReportBatchItemFailures() MappingOption {
	return func(o *mappingOptions) { o.in.FunctionResponseTypes = []string{"ReportBatchItemFailures"} }
}

// FromLatest begins behind the newest record. Without it a mapping begins with the oldest, TRIM_HORIZON.
func FromLatest() MappingOption { return func(o *mappingOptions) { o.in.StartingPosition = "LATEST" } }

// From begins with the first record that arrived at an instant or after it, which must not be in the future: AT_TIMESTAMP.
func From(at time.Time) MappingOption {
	return func(o *mappingOptions) {
		o.in.StartingPosition, o.in.StartingPositionTimestamp = "AT_TIMESTAMP", &lambda.Timestamp{Time: at}
	}
}

// EnhancedFanOut has the mapping read as a stream consumer of its own, to which records are pushed. Without it it polls each shard
// once a second.
func EnhancedFanOut() MappingOption { return func(o *mappingOptions) { o.fanOut = true } }

// Takes is how long an invocation takes, beside what the handler itself does: the only time that passes in it in virtual time.
func Takes(d time.Duration) MappingOption {
	return func(o *mappingOptions) { o.model.Duration = lambda.Distribution{P50: d} }
}

// Durations is Takes where it is not always as long: half of the invocations take up to p50, and one in a hundred longer than p99
// (log-normal), by draws of the tank's seed.
func Durations(p50, p99 time.Duration) MappingOption {
	return func(o *mappingOptions) { o.model.Duration = lambda.Distribution{P50: p50, P99: p99} }
}

// Timeout is how long an invocation may take, up to 15 minutes; 3 s, as of a function that does not say.
func Timeout(d time.Duration) MappingOption { return func(o *mappingOptions) { o.model.Timeout = d } }

// ColdStart is how long a new execution environment takes before it runs the handler; no time.
func ColdStart(d time.Duration) MappingOption {
	return func(o *mappingOptions) { o.model.ColdStart = d }
}

func seconds(d time.Duration) *int {
	n := int(d / time.Second)
	return &n
}

// Handle puts a handler behind a stream: a function and an event source mapping, with a queue for what is given up. The
// handler is any function that lambda.Start of aws-lambda-go takes; one of events.KinesisEvent gets its events without a
// detour through JSON. In virtual time it must compute and return.
func (k *Tank) Handle(stream string, handler any, opts ...MappingOption) *Function {
	k.t.Helper()
	o := mappingOptions{model: lambda.FunctionModel{Timeout: 3 * time.Second}}
	o.in.StartingPosition = "TRIM_HORIZON"
	for _, opt := range opts {
		opt(&o)
	}
	if !k.streamIs(stream) {
		k.t.Fatalf("tanktest: Handle: there is no stream %s: make it with Stream first", stream)
	}
	code, err := k.adapt(handler)
	k.must(err, "Handle(%q)", stream)
	f := k.reads(k.functionName(stream), &Stream{k, stream})
	switch o.in.StartingPosition {
	case "LATEST":
		f.begins = k.history.stored(stream)
	case "AT_TIMESTAMP":
		f.begins = k.history.before(stream, o.in.StartingPositionTimestamp.Time)
	}
	_, err = k.world.Lambda.CreateFunction(lambda.Function{
		Name: f.name, Model: o.model, Code: code, Role: role,
	})
	k.must(err, "Handle(%q)", stream)
	o.in.FunctionName, o.in.EventSourceArn = f.name, f.stream.ARN()
	if o.fanOut {
		out, err := k.world.Kinesis.RegisterStreamConsumer(kinesis.RegisterStreamConsumerInput{StreamARN: &o.in.EventSourceArn, ConsumerName: &f.name})
		k.must(err, "Handle(%q): EnhancedFanOut", stream)
		o.in.EventSourceArn = out.Consumer.ConsumerARN
	}
	o.in.DestinationConfig = &lambda.DestinationConfig{OnFailure: lambda.OnFailure{Destination: f.queue.arn}}
	_, err = k.world.Lambda.CreateEventSourceMapping(o.in)
	k.must(err, "Handle(%q)", stream)
	return f
}

// functionName is a name that no function of the tank has: the stream's and a number.
func (k *Tank) functionName(stream string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.named++
	return fmt.Sprintf("%.50s-handler-%d", stream, k.named)
}

// Name is the function's name.
func (f *Function) Name() string { return f.name }

// Batch is one invocation.
type Batch struct {
	Size        int
	Attempt     int    // of these records, from 1: each half of a batch that was split begins again
	Shard       string // shardId-000000000000
	First, Last string // the sequence numbers of its first and its last record; "" where their shard has expired
	Sent, End   time.Time
	Failed      string // why; "" where it succeeded, if only with a part
	Remaining   int    // so many of its records, the last, were reported as failed or came behind one that was
}

// Batches are the function's invocations, in the order in which they ended.
func (f *Function) Batches() []Batch { return f.tank.batches(f.name, f.stream.name) }

// batches are the invocations of a function with records of a stream.
func (k *Tank) batches(function, stream string) []Batch {
	type ends struct{ first, last record.Record }
	var all []Batch
	var of []ends
	h := &k.history
	h.mu.Lock()
	for i := range h.invocations {
		v := &h.invocations[i]
		if v.function != function || v.stream != stream {
			continue
		}
		e := ends{h.ofPlace(stream, v.places.first()), h.ofPlace(stream, v.places.last())}
		all = append(all, Batch{
			Size: v.places.count(), Attempt: v.attempt, Shard: kinesis.ShardID(e.first.Shard), Sent: v.sent, End: v.end, Failed: v.err, Remaining: v.remaining,
		})
		of = append(of, e)
	}
	h.mu.Unlock() // the services write into the history with their own locks held
	for i := range all {
		if sequence := k.world.Kinesis.Sequence(stream, of[i].first.Shard); sequence != nil {
			all[i].First, all[i].Last = string(sequence(nil, &of[i].first)), string(sequence(nil, &of[i].last))
		}
	}
	return all
}

// OnFailure is the queue that is told what the mapping gave up.
func (f *Function) OnFailure() *Queue { return f.queue }

// Queue is an SQS queue as far as a mapping needs it: it takes what the mapping tells.
type Queue struct {
	tank *Tank
	name string
	arn  string

	mu       sync.Mutex
	messages [][]byte
}

// Messages are the bodies of what was sent, in their order: JSON, as Lambda writes it.
func (q *Queue) Messages() [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([][]byte(nil), q.messages...)
}

// Batches fails the test where the queue was told of another number of batches.
func (q *Queue) Batches(t testing.TB, n int) {
	t.Helper()
	if got := len(q.Messages()); got != n {
		t.Errorf("%s was told of %d batches, not of %d", q.name, got, n)
		for _, d := range q.tank.history.droppedTo(q.arn) {
			t.Log(d)
		}
	}
}

// queues are a tank's, by their ARNs. They are what mappings send to.
type queues struct {
	mu    sync.Mutex
	byARN map[string]*Queue
}

func (k *Tank) queue(name string) *Queue {
	q := &Queue{tank: k, name: name, arn: "arn:aws:sqs:" + Region + ":" + Account + ":" + name}
	k.queues.mu.Lock()
	defer k.queues.mu.Unlock()
	k.queues.byARN[q.arn] = q
	return q
}

// Send takes what a mapping gave up.
func (q *queues) Send(_ time.Time, arn string, body []byte) error {
	q.mu.Lock()
	to := q.byARN[arn]
	q.mu.Unlock()
	if to == nil {
		return fmt.Errorf("there is no queue %s", arn)
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	to.messages = append(to.messages, append([]byte(nil), body...))
	return nil
}
