package simulated

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/scenarios"
)

// Profile sets the services' models to those of a scenario's profile (local adds no service time, aws adds typical ones),
// and their limits to what the scenario makes of AWS's.
func Profile(c *simulator.Config, s *scenarios.Scenario) {
	Scale(c, s.Limits)
	if s.Model != scenarios.ModelAWS {
		return
	}
	c.Kinesis.Model = kinesis.ModelAWS()
	c.Lambda.Model = lambda.ModelAWS()
	c.Firehose.Model = firehose.ModelAWS()
}

// Scale sets by how much the services' limits differ from AWS's.
func Scale(c *simulator.Config, l scenarios.Limits) {
	if !l.Changed() {
		c.ScaleKinesis, c.ScaleFirehose = nil, nil
		return
	}
	c.ScaleKinesis = func(name string) float64 { return float64(factorOf(&l.Kinesis, name)) }
	c.ScaleFirehose = func(name string) float64 { return float64(factorOf(&l.Firehose, name)) }
}

// factorOf is a limit's factor. What a rested shard takes at once follows the rate, unless it is named itself.
func factorOf(l *scenarios.ServiceLimits, name string) scenarios.Factor {
	if _, named := l.Each[name]; !named {
		name = strings.TrimSuffix(name, "Burst")
	}
	return l.Of(name)
}

// ready lets pass what the pipeline takes until it is ACTIVE.
func (t *Target) ready() {
	k := t.world.Kinesis.Model()
	d := max(k.Creating, t.world.Firehose.Model().Creating)
	for name := range t.scenario.Pipeline.Streams {
		if len(t.scenario.Pipeline.FansOut(name)) > 0 {
			d = max(d, k.Creating+k.Registering)
		}
	}
	if v, ok := t.config.Clock.(*clock.Virtual); ok && d > 0 {
		v.RunUntil(v.Now().Add(d))
	}
}

// chance draws what the seed leaves to chance: which records a fault refuses, how long a service takes.
type chance struct {
	mu     sync.Mutex
	random *rand.Rand
}

func newChance(seed, of uint64) *chance { return &chance{random: rand.New(rand.NewPCG(seed, of))} }

// hit is true for a share of its calls.
func (c *chance) hit(share float64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.random.Float64() < share
}

// latency draws how long a service takes.
func (c *chance) latency(l kinesis.Latency) time.Duration {
	if l == (kinesis.Latency{}) {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return l.Draw(c.random)
}
