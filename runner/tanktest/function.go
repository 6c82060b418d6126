package tanktest

import (
	"fmt"
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
	f := &Function{
		Sink: &Sink{tank: k, stream: stream, name: function, verb: "has succeeded with", each: func(from int, visit func(at place, when int64)) int {
			return k.history.succeeded(function, stream.name, from, visit)
		}, where: k.inFunction(function, stream.name)},
		queue: k.queue(function + "-failures"),
	}
	f.queue.of = f.Sink
	return f
}

// Handle puts a handler behind a stream: a function and an event source mapping, with a queue for what is given up. The
// handler is any function that lambda.Start of aws-lambda-go takes; one of events.KinesisEvent gets its events without a
// detour through JSON. In virtual time it must compute and return. Invocations that are under way at once, as of several shards, call it
// at once: a Handler that lambda.NewHandler has made uses the memory of its answers again and is not made for that; give the function itself.
//
// Its context has the deadline, lambdacontext's request id and ARN, and a trace id. What aws-lambda-go keeps for the whole process is not there:
// lambdacontext.FunctionName and its like, and the values of lambda.WithContextValue.
func (k *Tank) Handle(stream string, handler any, opts ...MappingOption) *Function {
	k.t.Helper()
	o := mappingOptions{model: lambda.FunctionModel{Timeout: 3 * time.Second}}
	o.in.StartingPosition = "TRIM_HORIZON"
	for _, opt := range opts {
		opt(&o)
	}
	k.must(o.err, "Handle(%q)", stream)
	k.exists("Handle", stream)
	code, err := k.home().adapt(handler)
	k.must(err, "Handle(%q)", stream)
	if o.name == "" {
		o.name = k.functionName(stream)
	}
	f := k.reads(o.name, &Stream{k, stream})
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
	if o.bucket != "" {
		f.queue = k.bucketQueue(o.bucket)
		f.queue.of = f.Sink
	}
	o.in.DestinationConfig = &lambda.DestinationConfig{OnFailure: lambda.OnFailure{Destination: f.queue.arn}}
	_, err = k.world.Lambda.CreateEventSourceMapping(o.in)
	k.must(err, "Handle(%q)", stream)
	f.begins = k.begins(stream, &o.in)
	if !o.unheard {
		k.atEnd(func() { code.listens(f.name) })
	}
	return f
}

// begins is where a mapping, just made, begins.
func (k *Tank) begins(stream string, in *lambda.CreateEventSourceMappingInput) beginning {
	k.t.Helper()
	switch in.StartingPosition {
	case "LATEST":
		return k.history.beginning(stream, k.history.stored(stream))
	case "AT_TIMESTAMP":
		return k.history.beginning(stream, k.history.before(stream, in.StartingPositionTimestamp.Time))
	}
	return k.beginsAtHorizon(stream)
}

// beginsAtHorizon is the oldest record that a stream keeps.
func (k *Tank) beginsAtHorizon(stream string) beginning {
	k.t.Helper()
	horizon, err := k.world.Kinesis.Horizon(k.Now(), stream)
	k.must(err, "read %s", stream)
	return k.history.beginning(stream, k.history.before(stream, horizon))
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
	Failed      string // why: its error, or what it reported that AWS does not understand; "" where it succeeded, if only with a part
	Remaining   int    // so many of its records, the last, were reported as failed or came behind one that was
}

// Batches are the function's invocations with records of the stream, in the order in which they ended. What did not reach the function is
// none of them, nor is what had records of a deleted stream of that name.
func (f *Function) Batches() []Batch { return f.tank.batches(f.name, f.stream.name) }

// batches are the invocations of a function with records of a stream.
func (k *Tank) batches(function, stream string) []Batch {
	type ends struct{ first, last record.Record }
	var all []Batch
	var of []ends
	h := &k.history
	h.mu.Lock()
	for i := range h.invocations.len() {
		v := h.invocations.at(i)
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

// OnFailure is the queue, or the bucket of [OnFailureBucket], that is told what the mapping gave up, for its retries or the age of its
// records. Of records that the stream keeps no longer (RecordExpired in a story) nobody is told, as on AWS.
func (f *Function) OnFailure() *Queue {
	if f.queue == nil {
		f.tank.t.Helper()
		f.tank.t.Fatalf("tanktest: OnFailure of %s: the mappings of a scenario tell nobody what they give up; Handle makes one that does", f.name)
	}
	return f.queue
}
