// Package simulated is a target in virtual time: the embedded AWS's services, called directly by the load engine.
//
// Nothing is rendered and nothing crosses a wire; limits, pollers, batches and buffers are the same code that answers
// requests on the wall clock. A scenario's faults act on the same hook as they do in the server.
package simulated

import (
	"context"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// Config is what a target is made of; Clock must be set.
type Config struct {
	Clock  clock.Clock
	Seed   uint64
	Limits scenarios.Limits // those of the scenario that will be deployed
	// Render makes the bodies of delivered objects when they are fetched; nil: objects are not kept.
	Render record.Render
	// Open opens aggregates for consumers and delivery streams; nil: nothing is one.
	Open record.Open
	// Code is what functions are that run in this process, by name, and Bodies makes the records that they get: the rest is modelled.
	// Each takes the modelled time beside its own.
	Code   map[string]lambda.Code
	Bodies record.Render
	// Hook acts on requests before the scenario's own faults do; nil: nobody. Tests inject faults with it.
	Hook fault.Hook
	// Note is told sentences for the report; nil: nobody is.
	Note func(text string)
	// Observe may put something between the services and the observer; nil: nothing. Tests drop and double deliveries
	// with it.
	Observe func(target.Observer) target.Observer
}

// Target is one world of the embedded AWS with the pipeline in it.
type Target struct {
	config    Config
	scenario  *scenarios.Scenario
	world     *simulator.World
	timeline  *target.Timeline
	hook      fault.Hook
	observer  target.Observer
	shares    *chance // of which records a fault refuses
	latencies *chance // of the profile's service times
	puts      pool
	closing   func() error // of what records took on disk; nil: nothing is deployed
}

// New makes a target without a pipeline.
func New(c Config) *Target {
	return &Target{config: c, shares: newChance(c.Seed, 0x5a4e), latencies: newChance(c.Seed, 0x7a3e)}
}

// Traits are those of the inside; bodies are not needed.
func (t *Target) Traits() target.Traits { return Traits(false, t.config.Limits) }

// Deploy makes the scenario's pipeline. Readers take their positions as they are made.
func (t *Target) Deploy(_ context.Context, s *scenarios.Scenario, o target.Observer) error {
	if t.config.Observe != nil {
		o = t.config.Observe(o)
	}
	t.scenario, t.observer = s, o
	t.timeline = target.NewTimeline(s.Faults, t.config.Seed)
	t.hook = fault.Chain(t.config.Hook, t.timeline.Hook)
	tap := NewTap(o)
	receiver := &endpoint{firehoseTap: firehoseTap{o}, hook: t.hook, models: Receivers(s, t.config.Seed), taken: map[string]bool{}}
	if s.Storage != (scenarios.Storage{}) && t.config.Note != nil {
		t.config.Note("storage is of the embedded target: in virtual time records have no bodies, and its caps are the defaults")
	}
	disk, closing, err := Spill(scenarios.Storage{}, nil)
	if err != nil {
		return err
	}
	t.closing = closing
	c := simulator.Config{
		Clock: t.config.Clock, Disk: disk, Faults: t.timeline.Behind(t.config.Hook),
		Kinesis: kinesis.Config{Observer: tap.Kinesis(), DropRead: true},
		Lambda:  lambda.Config{Observer: tap.Lambda(), Seed: t.config.Seed, Render: t.config.Bodies},
		Firehose: firehose.Config{
			Observer: receiver, Endpoints: receiver, Open: t.config.Open, Seed: t.config.Seed,
		},
		Objects: objectstore.Config{Render: t.config.Render, DropRecords: t.config.Render == nil},
	}
	Profile(&c, s)
	t.world = simulator.New(c).World(Account, Region)
	if err := MakeCode(t.world, s, t.config.Code); err != nil {
		return err
	}
	if err := Make(t.world, s, nowhere, t.config.Clock); err != nil {
		return err
	}
	if err := t.consumers(s); err != nil {
		return err
	}
	t.ready()
	return nil
}

// The account and region a target's pipeline lives in.
const (
	Account = "123456789012"
	Region  = "us-east-1"
)

// World is the embedded AWS that the pipeline is in, once it is deployed. Tests change it beside the load with it.
func (t *Target) World() *simulator.World { return t.world }

// Begin tells the faults when the load starts, and starts what reshards its streams.
func (t *Target) Begin(start time.Time) {
	t.timeline.Begin(start)
	target.StartReshards(t.config.Clock, start, t.scenario.Reshards, t.reshard, t.config.Note)
}

// Freshness is the age of the oldest record that a delivery stream holds undelivered.
func (t *Target) Freshness(deliveryStream string, now time.Time) (time.Duration, bool) {
	oldest, ok := t.world.Firehose.Oldest(deliveryStream)
	return now.Sub(oldest), ok
}

// Close gives back what records took on disk. The services end with their clock.
func (t *Target) Close(context.Context) error {
	if t.closing == nil {
		return nil
	}
	return t.closing()
}
