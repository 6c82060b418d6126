// Package embedded is a target in this process: the embedded AWS served on a port of 127.0.0.1 and loaded through the
// real SDK clients, as any endpoint is, with what its inside tells besides.
package embedded

import (
	"context"
	"errors"
	"fmt"
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
	Clock    clock.Clock
	Seed     uint64
	Limits   scenarios.Limits // those of the scenario that will be deployed
	Identify record.Identify
	Next     func(data []byte) int  // where the next record of ours begins in concatenated bodies
	Skip     func(data []byte) int  // see aws.Config
	Open     record.Open            // opens aggregates for consumers and delivery streams; nil: nothing is one
	Code     map[string]lambda.Code // of functions that run in this process, by name; the rest is modelled
	Hook     fault.Hook             // acts before the scenario's own faults; nil: nobody
	Note     func(text string)      // is told sentences for the report; nil: nobody is
	End      func(reason string)    // ends the run; nil: it goes on, and its puts are refused
	// Observe may put something between the services and the observer; nil: nothing.
	Observe func(target.Observer) target.Observer
}

// Target is the embedded AWS under load through its own wire.
type Target struct {
	*aws.Target
	config   Config
	scenario *scenarios.Scenario
	timeline *target.Timeline
	listener *server.Listener
	world    *simulator.World
	objects  objects
	hook     fault.Hook
	posts    posts
	sender   *server.Sender
	disk     *kinesis.Disk
	closing  func() error // of what records took on disk
}

// New makes a target; nothing listens before Deploy.
func New(c Config) *Target { return &Target{config: c} }

// Traits are those of the inside, with bodies.
func (t *Target) Traits() target.Traits { return simulated.Traits(true, t.config.Limits) }

// World is the embedded AWS that is served, once it is. Tests change it beside the load with it.
func (t *Target) World() *simulator.World { return t.world }

// Begin tells the faults when the load starts, and starts what reshards its streams.
func (t *Target) Begin(start time.Time) {
	t.timeline.Begin(start)
	t.Target.Begin(start)
}

// Deploy starts the server and makes the pipeline through it.
func (t *Target) Deploy(ctx context.Context, s *scenarios.Scenario, o target.Observer) error {
	if t.config.Observe != nil {
		o = t.config.Observe(o)
	}
	t.scenario = s
	t.timeline = target.NewTimeline(s.Faults, t.config.Seed)
	t.objects.byKey = map[string]target.Delivery{}
	t.hook = fault.Chain(t.config.Hook, t.timeline.Hook)
	t.sender = server.NewSender(context.WithoutCancel(ctx), server.SenderConfig{})
	t.posts.Endpoints, t.posts.byID = t.sender, map[string][]target.Record{}
	tap := simulated.NewTap(&inner{Observer: o, objects: &t.objects})
	disk, closing, err := simulated.Spill(s.Storage, t.full)
	if err != nil {
		return err
	}
	t.disk, t.closing = disk, closing
	c := simulator.Config{
		Clock: t.config.Clock, MaxBytes: int64(s.Storage.Memory), Disk: disk, Faults: t.timeline.Behind(t.config.Hook),
		Kinesis: kinesis.Config{Observer: tap.Kinesis(), Identify: t.config.Identify, DropRead: true},
		Lambda:  lambda.Config{Observer: tap.Lambda(), Seed: t.config.Seed},
		Firehose: firehose.Config{
			Observer: tap.Firehose(), Identify: t.config.Identify, Open: t.config.Open, Seed: t.config.Seed, Endpoints: &t.posts,
		},
	}
	simulated.Profile(&c, s)
	world := simulator.New(c)
	t.world = world.World(simulated.Account, simulated.Region)
	handler := server.New(server.Config{
		AWS: world, Faults: t.hook, Seed: t.config.Seed,
	})
	// An interrupt ends the load, not the requests that are on their way.
	listener, err := server.Listen(context.WithoutCancel(ctx), "127.0.0.1:0", handler, nil)
	if err != nil {
		return fmt.Errorf("serve the embedded target: %w", err)
	}
	t.listener = listener
	t.Target = aws.New(aws.Config{
		Endpoint: "http://" + listener.Addr(), Region: simulated.Region, Clock: t.config.Clock,
		Identify: t.config.Identify, Next: t.config.Next, Skip: t.config.Skip, Open: t.config.Open, Inside: t, Receive: t.receive(), Note: t.config.Note,
	})
	return t.Target.Deploy(ctx, s, o)
}

// Function makes a function: modelled, or of code of this process.
func (t *Target) Function(name string, f scenarios.Function) error {
	if code := t.config.Code[name]; code != nil {
		return simulated.MakeCode(t.world, t.scenario, map[string]lambda.Code{name: code})
	}
	_, err := t.world.Lambda.CreateFunction(simulated.Function(name, f))
	return err
}

// Visible tells when an object became visible that was not read back yet.
func (t *Target) Visible(_, key string) (time.Time, bool) { return t.objects.visible(key) }

// Object tells when an object became visible and which records it holds. It is told once.
func (t *Target) Object(_, key string) (time.Time, []target.Record, bool) { return t.objects.take(key) }

// Freshness is the age of the oldest record that a delivery stream holds undelivered.
func (t *Target) Freshness(deliveryStream string, now time.Time) (time.Duration, bool) {
	oldest, ok := t.world.Firehose.Oldest(deliveryStream)
	return now.Sub(oldest), ok
}

// Reader makes a consumer's progress in a stream count: what it has not passed is kept for it.
func (t *Target) Reader(stream, name string) (passed func(shard int32, next uint64)) {
	passed, _ = t.world.Kinesis.Register(stream, name)
	return passed
}

// Held visits what the pipeline still holds for its sinks: what the services do, and objects that were not read back.
func (t *Target) Held(visit target.Visit) bool {
	simulated.Held(t.world, t.scenario, visit)
	t.objects.held(func(d *target.Delivery) {
		from := target.Destination{Stream: t.scenario.Pipeline.DeliveryStreams[d.DeliveryStream].Source}
		if from.Stream == "" {
			from.DeliveryStream = d.DeliveryStream
		}
		visit(d.DeliveryStream, from, d.Records)
	})
	return true
}

// Close stops the server. The world ends with the clock; there is nothing to delete.
func (t *Target) Close(context.Context) error {
	if t.sender != nil {
		t.sender.Close() // before the clock stops: it does not see that
	}
	if t.listener == nil {
		return nil
	}
	t.Stop()
	t.Disconnect() // the server would wait for connections that were opened and never used
	return errors.Join(t.listener.Close(), t.closing())
}
