package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// run is one run under way.
type run struct {
	config  Config
	plan    *loads
	clk     clock.Clock
	tgt     target.Target
	rec     *measure.Recorder
	scribe  *scribe
	book    *book
	loaders []*loader
	start   time.Time // of the load; zero before
	over    *clock.Signal
	cut     *clock.Signal // the run was interrupted or ended by its target, or has failed
	wires   *wires        // nil where the target opens no connections

	// Written by the control process, read when it has ended.
	interrupted bool
	drained     bool
	elapsed     time.Duration
	cpu         float64
	done        bool

	telling sync.Mutex // held while the progress is told
	status  Status
	told    time.Duration // when the progress was last told, since the start of the load

	mu      sync.Mutex
	failure error    // the first of what made the run impossible
	notes   []string // of the target
	reason  string   // why the target ended the run; "" where it did not
}

// Run runs the scenario and leaves run.jsonl and scenario.yaml in the directory, from which a report can be made at any
// time. When ctx is cancelled it stops offering, drains and finishes the file: the run is then not complete.
//
// An error means that the run could not be done. Before the load has begun nothing is left behind then but what a target
// itself put into the directory, its log; later on, a run file without an end, which can be reported up to its last second.
func Run(ctx context.Context, config Config) (err error) {
	c, err := config.withDefaults()
	if err != nil {
		return err
	}
	r := &run{config: c}
	if r.plan, err = newLoads(&c); err != nil {
		return err
	}
	files, err := create(&c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.close(r.start.IsZero())) }()

	stop := r.startClock()
	defer stop()
	r.tgt = c.Target(Env{
		Clock: r.clk, Seed: c.Scenario.Seed, Identify: r.plan.identify, Next: generators.NextIdentity, Skip: generators.Skip,
		Marker: r.plan.marker(), Render: r.plan.render, Open: r.plan.aggregates.opener(), Scenario: c.Scenario, Dir: c.Dir, Phase: r.phase, Note: r.note, End: r.endBy,
	})
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, r.tgt.Close(closing))
	}()
	if r.book, err = newBook(r.plan, c.Scenario, r.tgt.Traits()); err != nil {
		return err
	}
	if r.rec, err = measure.NewRecorder(c.writer(files.run), r.header()); err != nil {
		return err
	}
	if l := c.Scenario.Limits; l.Changed() {
		r.note("limits are not AWS's (" + strings.Join(l.Words(), ", ") + "): this run plans no capacity there")
	}
	if err := r.deploy(ctx); err != nil {
		return err
	}
	return r.load(ctx)
}

// startClock starts the clock of the run and returns what stops it.
func (r *run) startClock() (stop func()) {
	if r.config.Virtual {
		v := clock.NewVirtual()
		r.clk, stop = v, v.Stop
	} else {
		w := clock.NewWall()
		r.clk, stop = w, w.Stop
	}
	r.over, r.cut = r.clk.NewSignal(), r.clk.NewSignal()
	return stop
}

// deploy makes the pipeline. Whatever it takes is not of the load.
func (r *run) deploy(ctx context.Context) error {
	r.book.probe = newProbe(r.rec, r.book, r.config.Scenario, r.clk.Now)
	r.phase("making the pipeline")
	if err := r.tgt.Deploy(ctx, r.config.Scenario, r.book.probe); err != nil {
		return fmt.Errorf("deploy to the %s target: %w", r.tgt.Traits().Name, err)
	}
	return nil
}

// lead is how long before its first instant a load on the wall clock is announced, so that its first
// requests are ready.
const lead = 2 * ahead

// load offers the load, waits until what it offered has come out, and ends the run file.
func (r *run) load(ctx context.Context) (err error) {
	for _, l := range r.plan.loads {
		if l.shards, err = newShardMap(ctx, r.tgt, l.spec); err != nil {
			return err
		}
	}
	r.start = r.clk.Now()
	if !r.config.Virtual {
		r.start = r.start.Add(lead)
	}
	r.plan.begin(r.start)
	r.book.begin(r.start)
	r.tgt.Begin(r.start)
	if c, ok := r.tgt.(target.Connector); ok {
		r.wires = newWires(r.rec, c)
	}
	for _, l := range r.plan.loads {
		n := r.newLoader(l)
		defer n.plan.draws.stop()
		r.loaders = append(r.loaders, n)
		r.clk.Go("load "+l.dest.Name(), n.run)
	}
	r.scribe = newScribe(r.rec, r.config.Virtual)
	defer r.scribe.close()
	r.clk.Go("ticks", r.ticks)
	r.clk.Go("freshness", r.freshness)
	r.clk.Go("control", r.control)
	r.wait(ctx)
	for _, l := range r.loaders {
		l.stop()
	}
	r.stopClock()
	r.scribe.close()
	if err := r.failed(); err != nil {
		return err
	}
	drained := r.clk.Now()
	r.wires.count(drained.Sub(r.start).Nanoseconds())
	r.book.probe.flush()
	told := r.cloudWatch(ctx, drained)
	e := r.end()
	e.CloudWatch = told
	return r.rec.Finish(e)
}

// wait drives the clock until the control process has ended.
func (r *run) wait(ctx context.Context) {
	if v, ok := r.clk.(*clock.Virtual); ok {
		n, told := 0, false
		v.RunWhile(func() bool {
			if n++; n&63 == 0 && !told && ctx.Err() != nil {
				told = true
				r.cut.Notify()
			}
			return !r.done
		})
		return
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, r.cut.Notify)
	defer stop()
	r.clk.Go("end", func(p *clock.Proc) {
		p.Wait(r.over, time.Time{})
		close(ended)
	})
	<-ended
}

func (r *run) stopClock() {
	if s, ok := r.tgt.(target.Stopper); ok {
		s.Stop()
	}
	switch c := r.clk.(type) {
	case *clock.Virtual:
		c.Stop()
	case *clock.Wall:
		c.Stop()
	}
}

// fail ends the run with an error.
func (r *run) fail(err error) {
	r.mu.Lock()
	if r.failure == nil {
		r.failure = err
	}
	r.mu.Unlock()
	r.cut.Notify()
}

// endBy ends the run for a reason of its target.
func (r *run) endBy(reason string) {
	r.mu.Lock()
	if r.reason == "" {
		r.reason = reason
	}
	r.mu.Unlock()
	r.cut.Notify()
}

// ended tells why the target ended the run; "" where it did not.
func (r *run) ended() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reason
}

func (r *run) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure
}
