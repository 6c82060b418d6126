// Package embedded is a target in this process: the embedded AWS served on a port of 127.0.0.1 and loaded through the
// real SDK clients, as any endpoint is, with what its inside tells besides.
package embedded

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// Config is what a target is made of. Clock, a wall's, and Identify must be set.
type Config struct {
	Clock       clock.Clock
	Seed        uint64
	Identify    record.Identify
	Next        func(data []byte) int // where the next record of ours begins in concatenated bodies
	Hook        fault.Hook            // acts before the scenario's own faults; nil: nobody
	Connections *aws.Connections      // counts connections; may be nil
	// Observe may put something between the services and the observer; nil: nothing.
	Observe func(target.Observer) target.Observer
}

// Target is the embedded AWS under load through its own wire.
type Target struct {
	*aws.Target
	config   Config
	timeline *target.Timeline
	listener *server.Listener
	world    *simulator.World
	objects  objects
}

// New makes a target; nothing listens before Deploy.
func New(c Config) *Target { return &Target{config: c} }

// Traits are those of the inside, with bodies.
func (t *Target) Traits() target.Traits { return simulated.Traits(true) }

// Begin tells the faults when the load starts.
func (t *Target) Begin(start time.Time) { t.timeline.Begin(start) }

// Deploy starts the server and makes the pipeline through it.
func (t *Target) Deploy(ctx context.Context, s *scenarios.Scenario, o target.Observer) error {
	if t.config.Observe != nil {
		o = t.config.Observe(o)
	}
	t.timeline = target.NewTimeline(s.Faults, t.config.Seed)
	t.objects.byKey = map[string]target.Delivery{}
	tap := simulated.NewTap(&inner{Observer: o, objects: &t.objects})
	world := simulator.New(simulator.Config{
		Clock:    t.config.Clock,
		Kinesis:  kinesis.Config{Observer: tap.Kinesis(), Identify: t.config.Identify, DropRead: true},
		Lambda:   lambda.Config{Observer: tap.Lambda(), Seed: t.config.Seed},
		Firehose: firehose.Config{Observer: tap.Firehose(), Identify: t.config.Identify, Seed: t.config.Seed},
	})
	t.world = world.World(simulated.Account, simulated.Region)
	handler := server.New(server.Config{
		AWS: world, Faults: fault.Chain(t.config.Hook, t.timeline.Hook), Seed: t.config.Seed,
	})
	// An interrupt ends the load, not the requests that are on their way.
	listener, err := server.Listen(context.WithoutCancel(ctx), "127.0.0.1:0", handler, nil)
	if err != nil {
		return fmt.Errorf("serve the embedded target: %w", err)
	}
	t.listener = listener
	t.Target = aws.New(aws.Config{
		Endpoint: "http://" + listener.Addr(), Region: simulated.Region, Clock: t.config.Clock,
		Identify: t.config.Identify, Next: t.config.Next, Inside: t, Connections: t.config.Connections,
	})
	return t.Target.Deploy(ctx, s, o)
}

// Function makes a modelled function.
func (t *Target) Function(name string, f scenarios.Function) error {
	_, err := t.world.Lambda.CreateFunction(simulated.Function(name, f))
	return err
}

// Object tells when an object became visible and which records it holds. It is told once.
func (t *Target) Object(_, key string) (time.Time, []target.Record, bool) { return t.objects.take(key) }

// Freshness is the age of the oldest record that a delivery stream holds undelivered.
func (t *Target) Freshness(deliveryStream string, now time.Time) (time.Duration, bool) {
	oldest, ok := t.world.Firehose.Oldest(deliveryStream)
	return now.Sub(oldest), ok
}

// Close stops the server. The world ends with the clock; there is nothing to delete.
func (t *Target) Close(context.Context) error {
	if t.listener == nil {
		return nil
	}
	return t.listener.Close()
}

// inner keeps what the inside tells of objects until the bucket has been read: deliveries count as they are seen from
// outside, with the instant that the inside knows.
type inner struct {
	target.Observer
	objects *objects
}

// Delivered keeps an object's instant and its records without their bodies.
func (i *inner) Delivered(d target.Delivery) { i.objects.put(d) }

// objects are deliveries that were not read back yet, by key.
type objects struct {
	mu    sync.Mutex
	byKey map[string]target.Delivery
}

func (o *objects) put(d target.Delivery) {
	d.Records = slices.Clone(d.Records)
	for i := range d.Records {
		d.Records[i].Data = nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byKey[d.Key] = d
}

func (o *objects) take(key string) (time.Time, []target.Record, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	d, ok := o.byKey[key]
	delete(o.byKey, key)
	return d.At, d.Records, ok
}
