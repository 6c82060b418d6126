package cloudwatch

import "github.com/wavetank/wavetank/internal/measure"

// metric is a metric that is asked for. The unit is what AWS documents; GetMetricData does not tell it.
type metric struct{ name, unit string }

// service is the metrics that a kind of resource publishes, and the dimension that names it.
type service struct {
	namespace, dimension string
	metrics              []metric
}

const (
	count        = "Count"
	bytes        = "Bytes"
	milliseconds = "Milliseconds"
	seconds      = "Seconds"
)

// AWS, Kinesis Data Streams, "Monitoring the Amazon Kinesis Data Streams Service with Amazon CloudWatch": the metrics of a
// stream, which come without asking. Those of shards cost money and are published only where somebody enabled them.
var streamMetrics = service{"AWS/Kinesis", "StreamName", []metric{
	{"IncomingRecords", count},
	{"IncomingBytes", bytes},
	{"WriteProvisionedThroughputExceeded", count},
	{"PutRecords.ThrottledRecords", count},
	{"PutRecords.Latency", milliseconds},
	{"ReadProvisionedThroughputExceeded", count},
	{"GetRecords.Records", count},
	{"GetRecords.IteratorAgeMilliseconds", milliseconds},
}}

// AWS, Lambda, "Types of metrics for Lambda functions". An event source mapping publishes nothing of its own unless its
// MetricsConfig asks for EventCount: what a mapping does is seen in its function's Invocations and IteratorAge.
var functionMetrics = service{"AWS/Lambda", "FunctionName", []metric{
	{"Invocations", count},
	{"Errors", count},
	{"Throttles", count},
	{"Duration", milliseconds},
	{"IteratorAge", milliseconds},
}}

// AWS, Data Firehose, "Monitor Amazon Data Firehose Using CloudWatch Metrics". What comes in is counted under one name by
// a delivery stream that is put to, and under another by one that reads a stream.
var (
	directPutMetrics = service{"AWS/Firehose", "DeliveryStreamName", append([]metric{
		{"IncomingRecords", count},
		{"ThrottledRecords", count},
	}, deliveryMetrics...)}
	fromStreamMetrics = service{"AWS/Firehose", "DeliveryStreamName", append([]metric{
		{"DataReadFromKinesisStream.Records", count},
	}, deliveryMetrics...)}
	deliveryMetrics = []metric{
		{"DeliveryToS3.Records", count},
		{"DeliveryToS3.DataFreshness", seconds},
	}
)

// serviceOf is what is asked of a resource. The first metric is its pulse: it has a point in every minute in which the
// resource does anything.
func serviceOf(r *measure.CloudWatchResource) service {
	switch r.Kind {
	case measure.StreamResource:
		return streamMetrics
	case measure.FunctionResource:
		return functionMetrics
	case measure.DeliveryStreamResource:
		if r.Source != "" {
			return fromStreamMetrics
		}
		return directPutMetrics
	}
	return service{}
}

// catalogue is everything that is asked of the resources, without points yet.
func catalogue(resources []measure.CloudWatchResource) (all []measure.CloudWatchMetric, pulses []int) {
	for i := range resources {
		r := &resources[i]
		s := serviceOf(r)
		for n, m := range s.metrics {
			if n == 0 {
				pulses = append(pulses, len(all))
			}
			all = append(all, measure.CloudWatchMetric{
				Namespace: s.namespace, MetricName: m.name, Dimension: s.dimension, Name: r.Name, As: r.As, Unit: m.unit,
				Points: []measure.CloudWatchPoint{},
			})
		}
	}
	return all, pulses
}
