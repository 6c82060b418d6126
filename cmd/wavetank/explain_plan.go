package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// plan is what a scenario will do, worked out from its loads down.
type plan struct {
	scenario   *scenarios.Scenario
	prices     *pricing.List // nil: list prices
	offers     []*offer
	streams    []*streamPlan
	functions  []*functionPlan
	deliveries []*deliveryPlan
}

// newPlan works a scenario out. Records are drawn; nothing is started.
func newPlan(s *scenarios.Scenario) (*plan, error) {
	p := &plan{scenario: s}
	for i := range s.Load {
		o, err := newOffer(s, &s.Load[i])
		if err != nil {
			return nil, fmt.Errorf("%s: load.%d: %w", s.Name, i, err)
		}
		p.offers = append(p.offers, o)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		p.streams = append(p.streams, newStreamPlan(name, s.Pipeline.Streams[name].Shards(), p.into(name, "")))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		p.addFunction(name, s.Pipeline.Functions[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		p.addDelivery(name, s.Pipeline.DeliveryStreams[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		c := s.Pipeline.Consumers[name]
		p.stream(c.Stream).reader(c.EnhancedFanOut, c.Every.Std().Seconds())
	}
	return p, nil
}

func (p *plan) addFunction(name string, f scenarios.Function) {
	for _, e := range f.EventSources {
		s := p.stream(e.Stream)
		s.reader(e.EnhancedFanOut, pollInterval)
		p.functions = append(p.functions, &functionPlan{
			name: name, model: f.Model, source: e, stream: s, lanes: newLanes(e, f.Model, s),
		})
	}
}

func (p *plan) addDelivery(name string, spec scenarios.DeliveryStream) {
	d := &deliveryPlan{name: name, spec: spec}
	if spec.Source == "" {
		d.offers = p.into("", name)
		d.buffers = directBuffers(spec.Hints(), d.offers)
	} else {
		s := p.stream(spec.Source)
		s.read(sourceReads(spec))
		d.offers = s.offers
		d.buffers = sourceBuffers(spec.Hints(), s)
	}
	if spec.HTTP != nil {
		d.intoRequests()
	}
	p.deliveries = append(p.deliveries, d)
}

// into are the offers into a stream or a delivery stream.
func (p *plan) into(stream, deliveryStream string) (list []*offer) {
	for _, o := range p.offers {
		if o.load.Stream == stream && o.load.DeliveryStream == deliveryStream {
			list = append(list, o)
		}
	}
	return list
}

// stream finds a stream's plan by name; loading the scenario made sure that there is one.
func (p *plan) stream(name string) *streamPlan {
	i := slices.IndexFunc(p.streams, func(s *streamPlan) bool { return s.name == name })
	return p.streams[i]
}
