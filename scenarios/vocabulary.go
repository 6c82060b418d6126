package scenarios

import (
	"slices"
	"strings"
)

// Measurement is a name that an objective may rest on.
type Measurement struct {
	Name string
	Doc  string // what it measures, in words
	Unit string // UnitNanoseconds (a distribution, told by a stat), UnitCount or UnitRate
	// Of is the counter that a percentage of this one divides by; "" where a percentage has no meaning.
	Of string
	// Per is what one value belongs to: record, request, invocation, sample; "" for counters.
	Per string
}

// EndToEnd is the suffix of a sink's own measurement: process-clicks.end_to_end.
const EndToEnd = ".end_to_end"

// measurements is the vocabulary, in the order of a record's life. <sink>.end_to_end is beside it.
var measurements = []Measurement{
	{Name: "schedule.lag", Unit: UnitNanoseconds, Per: "request", Doc: "when a batch should have left → the sender is ready: the harness's own lateness"},
	{Name: "put.blocked", Unit: UnitNanoseconds, Per: "request", Doc: "ready → an in-flight slot is free: the target's fault"},
	{Name: "put.response", Unit: UnitNanoseconds, Per: "request", Doc: "should have left → acknowledged"},
	{Name: "put.service", Unit: UnitNanoseconds, Per: "request", Doc: "the call begins → returns, uncorrected"},
	{Name: "put.arrival", Unit: UnitNanoseconds, Per: "record", Doc: "due → arrival at the shard"},
	{Name: "put.latency", Unit: UnitNanoseconds, Per: "record", Doc: "due → acknowledged, linger and retries included"},
	{Name: "stream.propagation", Unit: UnitNanoseconds, Per: "record", Doc: "arrival → received by a consumer"},
	{Name: "lambda.wait", Unit: UnitNanoseconds, Per: "record", Doc: "arrival → invocation begins"},
	{Name: "lambda.duration", Unit: UnitNanoseconds, Per: "invocation", Doc: "invocation begins → ends"},
	{Name: "lambda.latency", Unit: UnitNanoseconds, Per: "record", Doc: "arrival → its batch succeeded"},
	{Name: "lambda.iterator_age", Unit: UnitNanoseconds, Per: "invocation", Doc: "age of the last record of a batch, as CloudWatch defines it"},
	{Name: "firehose.lag", Unit: UnitNanoseconds, Per: "record", Doc: "arrival → visible at the destination"},
	{Name: "firehose.freshness", Unit: UnitNanoseconds, Per: "sample", Doc: "age of the oldest undelivered record"},

	{Name: "put.offered", Unit: UnitCount, Doc: "records whose first attempt left when it should have"},
	{Name: "put.attempts", Unit: UnitCount, Doc: "records sent, retries counted again; of a load that aggregates those of the stream"},
	{Name: "put.acked", Unit: UnitCount, Of: "put.offered", Doc: "records acknowledged"},
	{Name: "put.kinesisRecords", Unit: UnitCount, Of: "put.attempts", Doc: "records of the stream acknowledged, where a load aggregates: user records are in them"},
	{Name: "put.throttled", Unit: UnitCount, Of: "put.attempts", Doc: "attempts refused by a limit"},
	{Name: "put.hit", Unit: UnitCount, Of: "put.offered", Doc: "records refused at least once"},
	{Name: "put.givenUp", Unit: UnitCount, Of: "put.offered", Doc: "records given up after the last attempt"},
	{Name: "put.unknown", Unit: UnitCount, Of: "put.offered", Doc: "records without an answer: they may or may not be stored"},
	{Name: "put.reordered", Unit: UnitCount, Of: "put.acked", Doc: "records stored out of their key's order"},
	{Name: "put.connections", Unit: UnitCount, Doc: "connections used"},
	{Name: "stream.reads", Unit: UnitCount, Doc: "reads asked of a stream's shards, by the consumer that asked"},
	{Name: "stream.events", Unit: UnitCount, Doc: "events with records pushed by enhanced fan-out, by the consumer they went to"},
	{Name: "stream.throttled", Unit: UnitCount, Of: "stream.reads", Doc: "reads of a shard refused by a limit"},
	{Name: "integrity.missing", Unit: UnitCount, Of: "put.offered", Doc: "records offered that reached a sink neither by delivery nor by a drop on purpose"},
	{Name: "integrity.lost", Unit: UnitCount, Of: "put.acked", Doc: "records acknowledged and never seen at a sink"},
	{Name: "integrity.duplicated", Unit: UnitCount, Of: "put.acked", Doc: "records seen at a sink more than once"},
	{Name: "integrity.reordered", Unit: UnitCount, Of: "put.acked", Doc: "records seen at a sink out of their key's order"},
	{Name: "goodput", Unit: UnitRate, Doc: "distinct records per second at a sink within its objective's latency"},
}

// Measurements is the vocabulary of objectives, in the order of a record's life. Every sink has another name of its own:
// the sink's with the suffix [EndToEnd].
func Measurements() []Measurement { return slices.Clone(measurements) }

// MeasurementNames are the names of the vocabulary.
func MeasurementNames() []string {
	names := make([]string, len(measurements))
	for i, m := range measurements {
		names[i] = m.Name
	}
	return names
}

// measurement finds a name in the vocabulary; a sink's end_to_end is in it whatever the sink.
func measurement(name string) (Measurement, bool) {
	if sink, ok := strings.CutSuffix(name, EndToEnd); ok && sink != "" {
		return Measurement{Name: name, Unit: UnitNanoseconds, Per: "record", Doc: "due → at the sink"}, true
	}
	i := slices.IndexFunc(measurements, func(m Measurement) bool { return m.Name == name })
	if i < 0 {
		return Measurement{}, false
	}
	return measurements[i], true
}

// tagNames are what measurements and counters are told apart by.
var tagNames = []string{"stream", "deliveryStream", "function", "consumer", "sink", "shard", "limit", "key", "origin", "connection"}

// stats are the usual ones, for hints; any percentile from p1 to p99.999 is read.
var stats = []string{"min", "mean", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "max"}

// otherStats are other people's words for them.
var otherStats = map[string]string{
	"avg": "mean", "average": "mean", "med": "p50", "median": "p50",
	"p999": "p99.9", "p9999": "p99.99", "p100": "max", "p0": "min", "maximum": "max", "minimum": "min",
}
