package tanktest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wavetank/wavetank/internal/nearest"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// Handlers are the code of a scenario's functions, by their names: what Handle takes.
type Handlers map[string]any

// Pipeline gives a tank what a scenario, a file or one of the library, says of streams, functions and delivery streams, and of
// limits and the model; its load, faults and objectives are for [Run]. A function without a handler is modelled, as it is in a
// run. [Tank.Stream], [Tank.Function] and [Tank.Delivery] give what was made.
func Pipeline(scenario string, handlers Handlers) Option {
	return func(o *options) { o.pipeline, o.handlers = scenario, handlers }
}

// open reads the scenario of Pipeline; nil where there is none.
func (o *options) open() (*scenarios.Scenario, error) {
	if o.pipeline == "" {
		return nil, nil
	}
	s, err := scenarios.Open(o.pipeline, nil)
	if err != nil {
		return nil, err
	}
	if http := s.Pipeline.DeliversToHTTP(); len(http) > 0 {
		return nil, fmt.Errorf("%s: %s delivers to the HTTP endpoint of a run, which a tank has not", o.pipeline, http[0])
	}
	return s, o.handlers.of(s, o.pipeline)
}

// of finds a handler of no function.
func (h Handlers) of(s *scenarios.Scenario, scenario string) error {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if _, ok := s.Pipeline.Functions[name]; !ok {
			return fmt.Errorf("%s has no function %s%s", scenario, name, nearest.Suggest(name, slices.Sorted(maps.Keys(s.Pipeline.Functions))))
		}
	}
	return nil
}

// settle sets the services up as a scenario says.
func settle(c *simulator.Config, s *scenarios.Scenario) {
	if s != nil {
		simulated.Profile(c, s)
	}
}

// pipeline makes what a scenario says.
func (k *Tank) pipeline(s *scenarios.Scenario, handlers Handlers) {
	k.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(handlers)) {
		code, err := k.home().adapt(handlers[name])
		k.must(err, "the handler of %s", name)
		k.atEnd(func() { code.mapped(name) })
		k.must(simulated.MakeCode(k.world, s, map[string]lambda.Code{name: code}), "the handler of %s", name)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		d := s.Pipeline.DeliveryStreams[name]
		k.deliver(k.delivers(name, &Stream{k, d.Source}, d.S3.Bucket, s.Name))
	}
	k.must(simulated.Make(k.world, s, nil, k.clock), "make the pipeline of %s", s.Name)
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		k.streams = append(k.streams, &Stream{k, name})
	}
	k.scenario = s
}

// Function is a function of the tank's [Pipeline], with the stream that it reads; of several the first that the scenario names. It
// has no queue: the mappings of a scenario have no destination.
func (k *Tank) Function(name string) *Function {
	k.t.Helper()
	if k.scenario == nil {
		k.t.Fatalf("tanktest: Function(%q): the tank has no Pipeline; Handle gives the functions that a test makes", name)
	}
	f, ok := k.scenario.Pipeline.Functions[name]
	if !ok || len(f.EventSources) == 0 {
		k.t.Fatalf("tanktest: Function(%q): %s has none of that name that reads a stream%s",
			name, k.scenario.Name, nearest.Suggest(name, slices.Sorted(maps.Keys(k.scenario.Pipeline.Functions))))
	}
	fn := k.reads(name, &Stream{k, f.EventSources[0].Stream})
	fn.queue = nil
	return fn
}

// Delivery is a delivery stream of the tank's [Pipeline].
func (k *Tank) Delivery(name string) *Delivery {
	k.t.Helper()
	if k.scenario == nil {
		k.t.Fatalf("tanktest: Delivery(%q): the tank has no Pipeline; Deliver gives those that a test makes", name)
	}
	k.mu.Lock()
	d := k.deliveries[name]
	k.mu.Unlock()
	if d == nil {
		k.t.Fatalf("tanktest: Delivery(%q): %s has none of that name%s",
			name, k.scenario.Name, nearest.Suggest(name, slices.Sorted(maps.Keys(k.scenario.Pipeline.DeliveryStreams))))
	}
	return d
}
