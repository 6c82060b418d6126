package simulated

import (
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// Held visits what a world's services hold of a scenario's records for its sinks: what is unread in a stream, what a
// mapping has received and not brought home, what a delivery stream has buffered.
func Held(w *simulator.World, s *scenarios.Scenario, visit target.Visit) {
	sinks := readers(s)
	w.Kinesis.Unread(func(stream, reader string, _ int32, records []target.Record) {
		if sink, ok := sinks[reader]; ok {
			visit(sink, target.Destination{Stream: stream}, records)
		}
	})
	w.Lambda.Held(func(function, stream string, _ int32, records []target.Record) {
		visit(function, target.Destination{Stream: stream}, records)
	})
	w.Firehose.Held(func(name, source string, records []target.Record) {
		from := target.Destination{Stream: source}
		if source == "" {
			from.DeliveryStream = name
		}
		visit(name, from, records)
	})
}

// readers are the scenario's sinks by the names under which they read streams.
func readers(s *scenarios.Scenario) map[string]string {
	sinks := map[string]string{}
	for name := range s.Pipeline.Functions {
		sinks[lambda.Reader(name)] = name
	}
	for name := range s.Pipeline.DeliveryStreams {
		sinks[firehose.ReaderName(name)] = name
	}
	for name := range s.Pipeline.Consumers {
		sinks[name] = name
	}
	return sinks
}

// Held visits what the pipeline still holds for its sinks.
func (t *Target) Held(visit target.Visit) bool {
	Held(t.world, t.scenario, visit)
	return true
}
