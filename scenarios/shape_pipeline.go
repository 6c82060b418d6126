package scenarios

import (
	"fmt"
	"time"
)

// What AWS lets things be called: the service models of Kinesis, Lambda and Firehose, and S3's bucket naming rules.
var (
	streamNames         = names{what: "a stream's name", most: 128, pattern: "[a-zA-Z0-9_.-]"}
	functionNames       = names{what: "a function's name", most: 64, pattern: "[a-zA-Z0-9_-]"}
	deliveryStreamNames = names{what: "a delivery stream's name", most: 64, pattern: "[a-zA-Z0-9_.-]"}
	consumerNames       = names{what: "a consumer's name", most: 128, pattern: "[a-zA-Z0-9_.-]"}
	bucketName          = matching("a bucket's name: 3 to 63 characters of [a-z0-9.-], the first and last of [a-z0-9]",
		`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	startingPosition = oneOf([]string{Latest, TrimHorizon}, "AT_TIMESTAMP")
)

var pipelineShape = shape[Pipeline]{
	name: "pipeline",
	doc:  "What the records go through. The names are the ones AWS sees.",
	keys: []key[Pipeline]{
		row("streams", mapOf(streamNames, streamShape.codec()), func(p *Pipeline) *map[string]Stream { return &p.Streams },
			"Kinesis data streams, by name."),
		row("functions", mapOf(functionNames, functionShape.codec()), func(p *Pipeline) *map[string]Function { return &p.Functions },
			"Modelled Lambda functions, by name."),
		row("deliveryStreams", mapOf(deliveryStreamNames, deliveryStreamShape.codec()),
			func(p *Pipeline) *map[string]DeliveryStream { return &p.DeliveryStreams },
			"Firehose delivery streams, by name."),
		row("consumers", mapOf(consumerNames, consumerShape.codec()), func(p *Pipeline) *map[string]Consumer { return &p.Consumers },
			"Plain readers of a stream, by name; those without enhancedFanOut share its shards' read limits."),
	},
}

// Kinesis: CreateStream; quotas of "Quotas and limits"; retention of 24 to 8,760 hours.
var streamShape = shape[Stream]{
	name: "stream",
	doc:  "A Kinesis data stream.",
	keys: []key[Stream]{
		row("shardCount", integer(1, mostShards), func(s *Stream) *int { return &s.ShardCount },
			"Open shards of a PROVISIONED stream.", derived("1; an ON_DEMAND stream has 4 and takes no count")),
		row("streamMode", oneOf([]string{Provisioned, OnDemand}), func(s *Stream) *string { return &s.StreamMode },
			"PROVISIONED, or ON_DEMAND.", byDefault(Provisioned)),
		row("retentionPeriod", steppedDuration(day, 365*day, Duration(time.Hour)), func(s *Stream) *Duration { return &s.RetentionPeriod },
			"How long records are kept, in whole hours.", byDefault("24h")),
		row("maxRecordSize", size(MiB, largestRecord, KiB), func(s *Stream) *Bytes { return &s.MaxRecordSize },
			"How large a record may be with its partition key, in whole KiB.", byDefault("1MiB")),
	},
	later:  []string{"warmThroughput", "encryption", "tags"},
	finish: finishStream,
}

const (
	day        = Duration(24 * time.Hour)
	mostShards = 10_000 // of a stream that UpdateShardCount still changes

	largestRecord = 10 * MiB // UpdateMaxRecordSize
	longestKey    = 256      // bytes that are left for the partition key
)

func finishStream(d *decoder, n *node, s *Stream) {
	switch {
	case s.StreamMode == OnDemand && n.has("shardCount"):
		d.errorf(n.get("shardCount"), "found %d with ON_DEMAND, want no count: AWS chooses it", s.ShardCount)
	case s.StreamMode == Provisioned && !n.has("shardCount"):
		s.ShardCount = 1
	}
}

var functionShape = shape[Function]{
	name: "function",
	doc:  "A Lambda function that is modelled, not run, and what it reads.",
	keys: []key[Function]{
		row("model", functionModelShape.codec(), func(f *Function) *FunctionModel { return &f.Model },
			"How the function behaves.", byDefault("{}")),
		row("eventSources", listOf(eventSourceShape.codec()), func(f *Function) *[]EventSource { return &f.EventSources },
			"Event source mappings: the streams the function reads, each at most once."),
	},
	finish: func(d *decoder, n *node, f *Function) {
		first := map[string]int{}
		for i, e := range f.EventSources {
			if j, ok := first[e.Stream]; ok {
				d.errorf(n.at("eventSources", fmt.Sprint(i), "stream"),
					"found %q, which eventSources.%d reads already; AWS has one mapping for a function and a stream", e.Stream, j)
				continue
			}
			first[e.Stream] = i
		}
	},
}

// Lambda: timeouts end an invocation after 15 minutes; memory is 128 to 10,240 MB in steps of 1.
var functionModelShape = shape[FunctionModel]{
	name: "functionModel",
	doc:  "How a modelled function behaves.",
	keys: []key[FunctionModel]{
		row("duration", percentiles("invocation", "Percentiles of an invocation's duration.", duration(0, Duration(15*time.Minute)),
			func(v *Distribution) (p50, p99 *Duration) { return &v.P50, &v.P99 }),
			func(m *FunctionModel) *Distribution { return &m.Duration },
			"How long an invocation takes: {p50, p99} of a log-normal distribution, or one constant.", byDefault("20ms")),
		row("errors", share, func(m *FunctionModel) *Share { return &m.Errors },
			"How many invocations fail.", byDefault("0%")),
		row("coldStart", duration(0, Duration(15*time.Minute)), func(m *FunctionModel) *Duration { return &m.ColdStart },
			"What the first invocation of an execution environment takes longer.", byDefault("0s")),
		row("memorySize", size(128*MiB, 10_240*MiB, MiB), func(m *FunctionModel) *Bytes { return &m.MemorySize },
			"Memory of the function; it decides the price.", byDefault("128MiB")),
	},
}

// Lambda: CreateEventSourceMapping.
var eventSourceShape = shape[EventSource]{
	name: "eventSource",
	doc:  "A Lambda event source mapping of a stream.",
	keys: []key[EventSource]{
		row("stream", named(streamNames), func(e *EventSource) *string { return &e.Stream },
			"The stream to read.", required),
		row("startingPosition", startingPosition, func(e *EventSource) *string { return &e.StartingPosition },
			"Where reading begins.", byDefault(Latest)),
		row("batchSize", integer(1, 10_000), func(e *EventSource) *int { return &e.BatchSize },
			"Records of an invocation, at most.", byDefault("100")),
		row("parallelizationFactor", integer(1, 10), func(e *EventSource) *int { return &e.ParallelizationFactor },
			"Batches of one shard that are processed at once.", byDefault("1")),
		row("maximumBatchingWindow", steppedDuration(0, Duration(300*time.Second), Duration(time.Second)),
			func(e *EventSource) *Duration { return &e.MaximumBatchingWindow },
			"How long to gather a batch, in whole seconds up to 300s.", byDefault("0s")),
		row("enhancedFanOut", trueOrFalse, func(e *EventSource) *bool { return &e.EnhancedFanOut }, fanOutWords, byDefault("false")),
	},
	later: []string{
		"bisectBatchOnFunctionError", "destinationConfig", "enabled", "filterCriteria", "functionResponseTypes",
		"maximumRecordAge", "maximumRetryAttempts", "startingPositionTimestamp", "tumblingWindow",
	},
}

var deliveryStreamShape = shape[DeliveryStream]{
	name: "deliveryStream",
	doc:  "A Firehose delivery stream into S3, or to an HTTP endpoint.",
	keys: []key[DeliveryStream]{
		row("source", named(streamNames), func(s *DeliveryStream) *string { return &s.Source },
			"The stream it reads; without one it takes Direct PUT."),
		row("http", pointer(httpShape.codec()), func(s *DeliveryStream) **HTTPDestination { return &s.HTTP },
			"It delivers to an HTTP endpoint, the run's own receiver, and s3 is the bucket of its backup."),
		row("s3", s3Shape.codec(), func(s *DeliveryStream) *S3Destination { return &s.S3 },
			"Where it delivers to.", required),
	},
	later:  []string{"iceberg", "openSearch", "redshift", "snowflake", "splunk"},
	finish: finishDeliveryStream,
}

// Firehose: ExtendedS3DestinationConfiguration.
var s3Shape = shape[S3Destination]{
	name: "s3",
	doc:  "An S3 destination of a delivery stream.",
	keys: []key[S3Destination]{
		row("bucket", bucketName, func(s *S3Destination) *string { return &s.Bucket },
			"The bucket; it is made if it is not there.", required),
		row("prefix", text(1024), func(s *S3Destination) *string { return &s.Prefix },
			"Prefix of object names; without a timestamp in it, yyyy/MM/dd/HH/ (UTC) follows."),
		row("bufferingHints", bufferingHintsShape.codec(), func(s *S3Destination) *BufferingHints { return &s.BufferingHints },
			"When a buffer is delivered: whichever is met first.", byDefault("{}")),
		row("compressionFormat", oneOf([]string{Uncompressed, Gzip}, "ZIP", "Snappy", "HADOOP_SNAPPY"),
			func(s *S3Destination) *string { return &s.CompressionFormat },
			"How objects are compressed.", byDefault(Uncompressed)),
	},
	later: []string{
		"customTimeZone", "dataFormatConversion", "dynamicPartitioning", "errorOutputPrefix", "fileExtension",
		"processing", "s3Backup",
	},
}

// Firehose: BufferingHints, 1 to 128 MiB and 0 to 900 s; who gives one of the two must give both.
var bufferingHintsShape = hintsShape("bufferingHints", 128*MiB)

// hintsShape are hints up to a size.
func hintsShape(name string, most Bytes) shape[BufferingHints] {
	return shape[BufferingHints]{
		name: name,
		doc:  "When a buffer is delivered: whichever is met first. Both or neither.",
		keys: []key[BufferingHints]{
			row("size", size(MiB, most, MiB), func(b *BufferingHints) *Bytes { return &b.Size },
				"Bytes gathered before compression, in whole MiB.", byDefault("5MiB")),
			row("interval", steppedDuration(0, Duration(900*time.Second), Duration(time.Second)),
				func(b *BufferingHints) *Duration { return &b.Interval },
				"Time gathered, in whole seconds up to 900s.", byDefault("300s")),
		},
		groups: []group{together("size", "interval")},
	}
}

const fanOutWords = "Whether it is registered as a stream consumer that records are pushed to (SubscribeToShard), past the shards' read limits; else it polls."

var consumerShape = shape[Consumer]{
	name: "consumer",
	doc:  "A plain reader of a stream: GetRecords on every shard, at an even pace, or enhanced fan-out.",
	keys: []key[Consumer]{
		row("stream", named(streamNames), func(c *Consumer) *string { return &c.Stream },
			"The stream to read.", required),
		row("every", duration(Duration(time.Millisecond), Duration(time.Hour)), func(c *Consumer) *Duration { return &c.Every },
			"Time between two reads of a shard. AWS allows five reads a second, all readers together.",
			derived("1s; with enhancedFanOut none, records are pushed")),
		row("startingPosition", startingPosition, func(c *Consumer) *string { return &c.StartingPosition },
			"Where reading begins.", byDefault(Latest)),
		row("enhancedFanOut", trueOrFalse, func(c *Consumer) *bool { return &c.EnhancedFanOut }, fanOutWords, byDefault("false")),
	},
	finish: func(d *decoder, n *node, c *Consumer) {
		switch {
		case c.EnhancedFanOut && n.has("every"):
			d.errorf(n.get("every"), "found %v with enhancedFanOut, want no every: records are pushed as they come", c.Every)
		case !c.EnhancedFanOut && !n.has("every"):
			c.Every = Duration(time.Second)
		}
	},
}
