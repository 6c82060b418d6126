package reports

import (
	"maps"
	"slices"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// sink is where records come out of the pipeline.
type sink struct {
	name string
	kind string       // as the ledger says it: lambda, firehose, consumer
	own  string       // its latency, from a record's arrival
	tags measure.Tags // of that latency
}

// The kinds of sinks.
const (
	kindLambda   = "lambda"
	kindFirehose = "firehose"
	kindConsumer = "consumer"
)

// sinks are those of the scenario: functions, then delivery streams, then consumers, each by name.
func (r *Report) sinks() []sink {
	var all []sink
	p := &r.Scenario.Pipeline
	for _, name := range slices.Sorted(maps.Keys(p.Functions)) {
		all = append(all, sink{name, kindLambda, "lambda.latency", measure.Tags{"function": name}})
	}
	for _, name := range slices.Sorted(maps.Keys(p.DeliveryStreams)) {
		all = append(all, sink{name, kindFirehose, "firehose.lag", measure.Tags{"deliveryStream": name}})
	}
	for _, name := range slices.Sorted(maps.Keys(p.Consumers)) {
		all = append(all, sink{name, kindConsumer, "stream.propagation", measure.Tags{"consumer": name}})
	}
	return all
}

// has tells whether an objective's tags speak of this sink.
func (s sink) has(tags map[string]string) bool {
	own := measure.Tags{"sink": s.name}
	for k, v := range s.tags {
		own[k] = v
	}
	for _, name := range []string{"sink", "function", "deliveryStream", "consumer"} {
		if v, ok := tags[name]; ok && own[name] != v {
			return false
		}
	}
	return true
}

// endToEnd is the name of the sink's latency from the instant a record was due.
func (s sink) endToEnd() string { return s.name + scenarios.EndToEnd }
