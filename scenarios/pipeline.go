package scenarios

import "slices"

// Pipeline is what the records go through. The names are the ones AWS sees. A function, a delivery stream and a consumer
// of one pipeline never share a name: as sinks they are told apart by it.
type Pipeline struct {
	Streams         map[string]Stream
	Functions       map[string]Function
	DeliveryStreams map[string]DeliveryStream
	Consumers       map[string]Consumer // plain readers of a stream; those that poll share its shards' read limits
}

// Modes of a stream.
const (
	Provisioned = "PROVISIONED"
	OnDemand    = "ON_DEMAND"
)

// Stream is a Kinesis data stream.
type Stream struct {
	ShardCount      int      // open shards of a PROVISIONED stream, default 1; 0 where ON_DEMAND
	StreamMode      string   // Provisioned (default) or OnDemand
	RetentionPeriod Duration // whole hours from 24h, the default, to 365 days
	MaxRecordSize   Bytes    // of a record with its partition key: whole KiB from 1MiB, the default, to 10MiB
}

// OnDemandShards is how many shards a new on-demand stream has.
const OnDemandShards = 4

// Shards is how many shards the stream begins with.
func (s Stream) Shards() int {
	if s.StreamMode == OnDemand {
		return OnDemandShards
	}
	return s.ShardCount
}

// Retained tells whether the stream keeps its records for longer than a new stream does: 24h.
func (s Stream) Retained() bool { return s.RetentionPeriod > day }

// LargeRecords tells whether the stream takes larger records than a new stream does by default: 1MiB.
func (s Stream) LargeRecords() bool { return s.MaxRecordSize > MiB }

// Function is a Lambda function that is modelled, not run, with what it reads.
type Function struct {
	Model        FunctionModel
	EventSources []EventSource // at most one for each stream
}

// FunctionModel is how a modelled function behaves.
type FunctionModel struct {
	Duration   Distribution // of an invocation; default a constant 20ms
	Errors     Share        // of invocations that fail; default 0%
	ColdStart  Duration     // added to the first invocation of each execution environment; default 0s
	MemorySize Bytes        // for the price; default 128MiB
}

// Distribution is a log-normal distribution of durations, told by two percentiles; equal ones make it constant.
type Distribution struct{ P50, P99 Duration }

// Constant tells whether every value is P50.
func (d Distribution) Constant() bool { return d.P50 == d.P99 }

// Positions a reader of a stream may start at.
const (
	Latest      = "LATEST"
	TrimHorizon = "TRIM_HORIZON"
)

// EventSource is a Lambda event source mapping of a stream.
type EventSource struct {
	Stream                string
	StartingPosition      string   // Latest (default) or TrimHorizon
	BatchSize             int      // records of an invocation, at most; default 100
	ParallelizationFactor int      // concurrent batches of a shard; default 1
	MaximumBatchingWindow Duration // whole seconds; default 0s: records go as soon as there are any
	EnhancedFanOut        bool     // it reads as a stream consumer of its own, to which records are pushed; default false: it polls
}

// DeliveryStream is a Firehose delivery stream into S3, or to an HTTP endpoint.
type DeliveryStream struct {
	Source string           // the stream it reads; "" is Direct PUT
	HTTP   *HTTPDestination // nil: it delivers to S3
	S3     S3Destination    // where HTTP is there, the bucket of its backup
}

// Hints are those of where it delivers to.
func (d DeliveryStream) Hints() BufferingHints {
	if d.HTTP != nil {
		return d.HTTP.BufferingHints
	}
	return d.S3.BufferingHints
}

// Compression formats of delivered objects.
const (
	Uncompressed = "UNCOMPRESSED"
	Gzip         = "GZIP"
)

// S3Destination is where a delivery stream delivers to.
type S3Destination struct {
	Bucket            string
	Prefix            string // of object names; "" is Firehose's default, yyyy/MM/dd/HH/
	BufferingHints    BufferingHints
	CompressionFormat string // Uncompressed (default) or Gzip
}

// BufferingHints tell when a buffer is delivered: at the one that is met first, for each shard of a source.
type BufferingHints struct {
	Size     Bytes    // before compression, whole MiB; default 5MiB
	Interval Duration // whole seconds; default 300s. 0s is zero buffering
}

// Consumer is a plain reader of a stream: GetRecords on every shard, at an even pace, or with EnhancedFanOut a registered
// stream consumer that records are pushed to (SubscribeToShard).
type Consumer struct {
	Stream           string
	Every            Duration // between two reads of a shard; default 1s; 0 with EnhancedFanOut
	StartingPosition string   // Latest (default) or TrimHorizon
	EnhancedFanOut   bool     // default false
}

// FansOut are the names of the stream consumers that are registered with a stream for enhanced fan-out, in order: those of
// the pipeline's consumers and functions that read it so. A stream consumer is called as its reader.
func (p *Pipeline) FansOut(stream string) []string {
	var names []string
	for name, c := range p.Consumers {
		if c.Stream == stream && c.EnhancedFanOut {
			names = append(names, name)
		}
	}
	for name, f := range p.Functions {
		for _, e := range f.EventSources {
			if e.Stream == stream && e.EnhancedFanOut {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
