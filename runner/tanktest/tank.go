package tanktest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/scenarios"
)

// seedVariable is the environment variable that a tank's seed comes from.
const seedVariable = "WAVETANK_SEED"

// The account and region of a tank.
const (
	Account = "123456789012"
	Region  = "eu-central-1"
)

// role is the role of everything in a tank. Nobody checks it.
const role = "arn:aws:iam::" + Account + ":role/tank"

// Tank is an AWS of one test's own: [Start] makes one. Its methods may be called from any goroutine of the test, except in
// virtual time, where they belong to the test's own. A method that cannot do what it is asked ends the test.
type Tank struct {
	t       testing.TB
	seed    uint64
	time    passage
	clock   clock.Clock
	aws     *simulator.AWS
	world   *simulator.World
	wire    *wire // nil in virtual time
	faults  faults
	history history
	queues  queues
	ended   atomic.Bool // a handler has ended the test, from a goroutine that is not the test's

	mu     sync.Mutex
	rand   *rand.Rand // of what is drawn by the tank itself
	checks []func()   // what is looked at when the test ends, the newest first

	streams    []*Stream            // in the order in which they were made
	patience   time.Duration        // of Until
	scenario   *scenarios.Scenario  // of Pipeline; nil: there is none
	named      int                  // functions that were given a name
	deliveries map[string]*Delivery // by name
}

// Option is a choice of [Start].
type Option func(*options)

type options struct {
	time   func(*Tank) passage
	bubble bool // time is a bubble's
	seed   *uint64
	limits kinesis.Limits
	model  kinesis.Model

	patience time.Duration // 0 is as the tank's time has it
	leaves   []string      // functions whose goroutines may stay
	shuffle  bool
	script   string
	pipeline string
	handlers Handlers
}

// Seed sets what every draw of the tank comes from: durations, refused shares, poisoned records. Without it a tank's seed is
// WAVETANK_SEED, or 1; a test that fails says which it was.
func Seed(n uint64) Option { return func(o *options) { o.seed = &n } }

// Leaves has goroutines that are in a function of one of these names be none that the test has left behind: what a library starts once
// and never ends. A name is as stacks have it, or a part of it: "go.opencensus.io/stats/view.(*worker).start".
func Leaves(functions ...string) Option {
	return func(o *options) { o.leaves = append(o.leaves, functions...) }
}

// Patience is for how long [Tank.Until] waits, of the tank's time.
func Patience(d time.Duration) Option { return func(o *options) { o.patience = d } }

// Start makes an AWS for a test: the wall's time, a server on a port of this machine, no streams. It is taken down when the
// test ends. What the test has left open then fails it: a subscription, what a delivery stream still buffers, a goroutine.
func Start(t testing.TB, opts ...Option) *Tank {
	t.Helper()
	o := options{time: wallTime}
	for _, opt := range opts {
		opt(&o)
	}
	k := &Tank{t: t, seed: seedOf(t, o.seed), deliveries: map[string]*Delivery{}}
	k.rand = rand.New(rand.NewPCG(k.seed, 0x7a6e6b))
	k.history.tank = k
	k.queues.byARN = map[string]*Queue{}
	k.faults.tank = k
	k.time = o.time(k)
	k.clock = k.time.clock()
	if k.patience = o.patience; k.patience <= 0 {
		k.patience = k.time.patience()
	}
	if o.shuffle {
		v, ok := k.clock.(*clock.Virtual)
		if !ok {
			t.Fatalf("tanktest: Shuffle: only virtual time has an order that can be shuffled: Start(t, Virtual(), Shuffle())")
		}
		v.Shuffle(k.seed)
	}
	s, err := o.open()
	if err != nil {
		t.Fatalf("%v", err)
	}
	c := simulator.Config{
		Clock: k.clock, Faults: k.faults.hook,
		Kinesis:  kinesis.Config{Limits: o.limits, Model: o.model, Observer: &k.history},
		Lambda:   lambda.Config{Observer: &k.history, Seed: k.seed, Destinations: &k.queues},
		Firehose: firehose.Config{Observer: deliveryHistory{&k.history}, Open: aggregate.Opener(nil), Seed: k.seed},
	}
	settle(&c, s)
	k.aws = simulator.New(c)
	k.world = k.aws.World(Account, Region)
	k.wire = k.time.serve(server.New(server.Config{AWS: k.aws, Faults: k.faults.hook, Account: Account, Seed: k.seed}))
	leaks := k.watchGoroutines(o.leaves) // a Pipeline's handlers may start some
	k.atEnd(k.flushed)
	t.Cleanup(func() { k.close(leaks) })
	if s != nil {
		k.pipeline(s, o.handlers)
	}
	k.play(o.script)
	return k
}

// seedOf is the seed of a tank: the option's, else the environment's, else 1.
func seedOf(t testing.TB, given *uint64) uint64 {
	t.Helper()
	if given != nil {
		return *given
	}
	text := os.Getenv(seedVariable)
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%s is not a whole number: it is what a failed test printed", seedVariable, text)
	}
	return n
}

// atEnd adds a check to those that are made when the test ends.
func (k *Tank) atEnd(check func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.checks = append(k.checks, check)
}

// close ends the tank: what the test left behind is looked for first, while it can still be seen.
func (k *Tank) close(leaks func()) {
	k.mu.Lock()
	checks := k.checks
	k.mu.Unlock()
	for i := len(checks) - 1; i >= 0; i-- {
		checks[i]()
	}
	k.wire.unread(k.t)
	k.faults.end()
	k.wire.close(k.t)
	k.time.stop()
	leaks()
	if r, ok := k.t.(*recorder); k.t.Failed() && (!ok || !r.explored) { // Explore tells the seed itself
		k.t.Logf("%s=%d repeats this run's draws", seedVariable, k.seed)
	}
}

// Now is the tank's time.
func (k *Tank) Now() time.Time { return k.clock.Now() }

// Advance lets time pass. In virtual time it takes as long as what happens in it; in a bubble the test sleeps, until
// everything that is due has happened; on the wall nobody can, and it ends the test: see [Tank.Until].
func (k *Tank) Advance(d time.Duration) {
	k.t.Helper()
	const most = 100 * 365 * 24 * time.Hour
	switch {
	case d < 0:
		k.t.Fatalf("tanktest: Advance(%v): time does not go back", d)
	case d > most:
		k.t.Fatalf("tanktest: Advance(%v): that is more than a hundred years", d)
	}
	k.time.advance(d)
	k.endedHere()
}

// Until lets time pass until something is so, for at most a day in virtual time, an hour in a bubble, ten seconds on the wall, or as
// [Patience] says; then it ends the test. The text says what was waited for. In virtual time the condition is looked at before each event, and so at the very instant at which it comes true.
func (k *Tank) Until(what string, cond func() bool) {
	k.t.Helper()
	if cond == nil {
		k.t.Fatalf("tanktest: Until(%q, nil): it wants a condition", what)
	}
	if waited, ok := k.wait(cond); !ok {
		k.t.Fatalf("%s: still not so %s", what, waited)
	}
}

// wait lets time pass until something is so; where that does not come to be, it says for how long it has waited, and what happened last.
func (k *Tank) wait(cond func() bool) (waited string, ok bool) {
	k.t.Helper()
	began := k.Now()
	if k.time.until(cond) {
		k.endedHere()
		return "", true
	}
	now := k.Now()
	text := fmt.Sprintf("after %v", now.Sub(began).Round(time.Millisecond))
	if v, ok := k.clock.(*clock.Virtual); ok && v.Idle() {
		text += ", and nothing is left to happen"
	}
	if last, at := k.faults.latest(); last != "" {
		text += fmt.Sprintf("; the last request was %s, %v ago", last, now.Sub(at).Round(time.Millisecond))
	}
	return text, false
}

// endedHere ends the test where a handler has ended it (t.FailNow) from another goroutine.
func (k *Tank) endedHere() {
	if k.ended.Load() {
		k.t.FailNow()
	}
}

// background is a context that ends with the test.
func (k *Tank) background() context.Context { return context.WithoutCancel(k.t.Context()) }

// must ends the test where the tank itself was asked for what cannot be.
func (k *Tank) must(err error, what string, args ...any) {
	k.t.Helper()
	if err != nil {
		k.t.Fatalf("tanktest: %s: %v", fmt.Sprintf(what, args...), err)
	}
}
