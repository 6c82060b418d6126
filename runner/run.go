package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	clk     clock.Clock
	tgt     target.Target
	rec     *measure.Recorder
	book    *book
	loaders []*loader
	start   time.Time // of the load; zero before
	over    *clock.Signal
	cut     *clock.Signal // the run was interrupted

	// Written by the control process, read when it has ended.
	interrupted bool
	drained     bool
	elapsed     time.Duration
	done        bool

	telling sync.Mutex // held while the progress is told
	status  Status

	mu      sync.Mutex
	failure error // the first of what made the run impossible
}

// Run runs the scenario and leaves run.jsonl and scenario.yaml in the directory, from which a report can be made at any
// time. When ctx is cancelled it stops offering, drains and finishes the file: the run is then not complete. An error
// means that the run could not be done; what the file holds until then is still a whole run file without an end.
func Run(ctx context.Context, config Config) (err error) {
	c, err := config.withDefaults()
	if err != nil {
		return err
	}
	r := &run{config: c}
	file, err := r.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()

	stop := r.startClock()
	defer stop()
	plan, err := newLoads(&c)
	if err != nil {
		return err
	}
	r.tgt = c.Target(Env{
		Clock: r.clk, Seed: c.Scenario.Seed, Identify: plan.identify, Next: generators.NextIdentity,
		Marker: plan.marker(), Render: plan.render,
	})
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, r.tgt.Close(closing))
	}()
	if r.rec, err = measure.NewRecorder(file, r.header(plan)); err != nil {
		return err
	}
	if err := r.deploy(ctx, plan); err != nil {
		return err
	}
	return r.load(ctx, plan)
}

// open makes the run's directory and its files. A directory that holds a run already is refused.
func (r *run) open() (*os.File, error) {
	if err := os.MkdirAll(r.config.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the run directory: %w", err)
	}
	path := filepath.Join(r.config.Dir, "run.jsonl")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("%s holds a run already: give --out another directory", r.config.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("make the run file: %w", err)
	}
	err = os.WriteFile(filepath.Join(r.config.Dir, "scenario.yaml"), r.config.Scenario.Resolved(), 0o644)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("write the resolved scenario: %w", err)
	}
	return file, nil
}

// startClock starts the clock of the run and returns what stops it.
func (r *run) startClock() (stop func()) {
	if r.config.Virtual {
		v := clock.NewVirtual()
		r.clk = v
		return v.Stop
	}
	w := clock.NewWall()
	r.clk = w
	return w.Stop
}

// deploy makes the pipeline. Whatever it takes is not of the load.
func (r *run) deploy(ctx context.Context, plan *loads) error {
	b, err := newBook(plan, r.config.Scenario, r.tgt.Traits())
	if err != nil {
		return err
	}
	p := newProbe(r.rec, b, r.config.Scenario)
	r.book, b.probe = b, p
	r.phase("making the pipeline")
	if err := r.tgt.Deploy(ctx, r.config.Scenario, p); err != nil {
		return fmt.Errorf("deploy to the %s target: %w", r.tgt.Traits().Name, err)
	}
	return nil
}

// load offers the load, waits until what it offered has come out, and ends the run file.
func (r *run) load(ctx context.Context, plan *loads) error {
	r.over, r.cut = r.clk.NewSignal(), r.clk.NewSignal()
	r.start = r.clk.Now()
	if !r.config.Virtual {
		r.start = r.start.Add(lead)
	}
	usage := startUsage()
	plan.begin(r.start)
	r.book.begin(r.start)
	r.tgt.Begin(r.start)
	for i := range plan.loads {
		l := r.newLoader(plan, i)
		r.loaders = append(r.loaders, l)
		r.clk.Go("load "+l.dest.Name(), l.run)
	}
	r.clk.Go("ticks", r.ticks)
	r.clk.Go("freshness", r.freshness)
	r.clk.Go("control", r.control)
	r.wait(ctx)
	for _, l := range r.loaders {
		l.stop()
	}
	r.stopClock()
	if err := r.failed(); err != nil {
		return err
	}
	return r.rec.Finish(r.end(plan, usage))
}

// lead is how long before its first instant a load on the wall clock is announced, so that its processes are awake.
const lead = 20 * time.Millisecond

// wait drives the clock until the control process has ended.
func (r *run) wait(ctx context.Context) {
	if v, ok := r.clk.(*clock.Virtual); ok {
		n, told := 0, false
		v.RunWhile(func() bool {
			if n++; n&1023 == 0 && !told && ctx.Err() != nil {
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
	switch c := r.clk.(type) {
	case *clock.Virtual:
		c.Stop()
	case *clock.Wall:
		c.Stop()
	}
}

// control is the process that ends the load, lets it drain and ends the run.
func (r *run) control(p *clock.Proc) {
	defer func() {
		r.done = true
		r.over.Notify()
	}()
	s := r.config.Scenario
	end := r.start.Add(s.Duration.Std())
	r.phase("load")
	switch p.Wait(r.cut, end) {
	case clock.Stopped:
		return
	case clock.Notified:
		r.interrupted = true
		end = p.Now()
		for _, l := range r.loaders {
			l.plan.end.Store(end.Sub(r.start).Nanoseconds())
		}
	}
	r.elapsed = end.Sub(r.start)
	r.phase("drain")
	deadline := end.Add(s.Drain.Std())
	for r.failed() == nil {
		if r.settled() {
			r.drained = true
			return
		}
		if !p.Now().Before(deadline) || !p.Sleep(look) {
			return
		}
	}
}

// look is how often the drain looks whether every measured record has come out.
const look = 100 * time.Millisecond

// settled tells whether every measured record has its final outcome and has come out at every sink.
func (r *run) settled() bool {
	for _, l := range r.loaders {
		if !l.plan.past.Load() {
			return false
		}
	}
	return r.book.open() == 0
}

// ticks writes a line of the run file each second.
func (r *run) ticks(p *clock.Proc) {
	for at := r.start.Add(time.Second); p.SleepUntil(at); at = at.Add(time.Second) {
		if err := r.rec.Tick(at.Sub(r.start).Nanoseconds()); err != nil {
			r.fail(err)
			return
		}
		r.progress(at.Sub(r.start))
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

func (r *run) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure
}

// freshness samples the age of the oldest record of each delivery stream once a second.
func (r *run) freshness(p *clock.Proc) {
	for at := r.start.Add(time.Second); p.SleepUntil(at); at = at.Add(time.Second) {
		r.book.probe.sampleFreshness(r.tgt, p.Now())
	}
}

// header is everything about the run that is known before it begins.
func (r *run) header(plan *loads) measure.Header {
	c, s, traits := &r.config, r.config.Scenario, r.tgt.Traits()
	h := measure.Header{
		Tool: c.Tool, Scenario: s.Name, Digest: s.Digest(), Labels: c.labels(), Seed: s.Seed,
		Target: traits.Name, Clock: measure.ClockWall, Model: s.Model, Go: goVersion(), Arch: goArch(),
		DurationSeconds: s.Duration.Std().Seconds(), WarmupSeconds: s.Warmup.Std().Seconds(),
		DrainSeconds: s.Drain.Std().Seconds(), LagLimit: lagLimit.Nanoseconds(),
		Limits: traits.Limits, Load: plan.planned(),
	}
	if c.Virtual {
		h.Clock = measure.ClockVirtual
	} else {
		h.Started = time.Now().UTC().Format(time.RFC3339)
	}
	for _, u := range traits.Untold {
		h.CannotTell = append(h.CannotTell, measure.Trait{Name: u.Prefix, Reason: u.Reason})
	}
	return h
}

// lagLimit is the schedule.lag p99 over which a run is invalid: the harness was too late to say anything of the target.
const lagLimit = 10 * time.Millisecond

// end is what is known when the run is over.
func (r *run) end(plan *loads, u usage) measure.End {
	e := measure.End{
		Complete: !r.interrupted, Drained: r.drained, ElapsedSeconds: r.elapsed.Seconds(),
		Planned: r.book.plannedN.Load(), Ledger: r.book.totals(), Notes: r.book.probe.notes(),
	}
	for _, l := range r.loaders {
		e.Offered += l.meter.inTime.Load()
	}
	e.Keys = r.keys()
	if r.interrupted {
		e.Reason = "interrupted"
	}
	if !r.config.Virtual {
		e.CPUShare, e.MaxRSS = u.share(), maxRSS()
	}
	return e
}

// keys is the table of the keys that were offered or refused most, over all loads.
func (r *run) keys() measure.KeyTable {
	limits := r.tgt.Traits().Limits
	t := measure.KeyTable{Exact: true}
	for _, l := range r.loaders {
		own := l.meter.keys.Table(tableKeys, measure.KeyLimits{
			Seconds: r.elapsed.Seconds(), Records: limits["shard.write.records"], Bytes: limits["shard.write.bytes"],
		})
		t.Exact = t.Exact && own.Exact
		t.Keys = append(t.Keys, own.Keys...)
	}
	slices.SortStableFunc(t.Keys, func(a, b measure.KeyUse) int { return cmp.Compare(b.Offered, a.Offered) })
	return t
}

// tableKeys is how many keys of each load the run file names.
const tableKeys = 20

// newLoader makes the loader of the plan's i-th load.
func (r *run) newLoader(plan *loads, i int) *loader {
	l := plan.loads[i]
	traits := r.tgt.Traits()
	n := &loader{
		clk: r.clk, tgt: r.tgt, dest: l.dest, policy: l.spec.Retry, limit: l.spec.Batch.Timeout.Std(),
		most: l.spec.Batch.InFlight, wake: r.clk.NewSignal(), meter: newPutMeter(r.rec, l, r.book),
	}
	n.plan.source, n.plan.records, n.plan.bytes = l.source, l.spec.Batch.Records, traits.MaxBytes
	n.plan.linger, n.plan.bodies, n.plan.start = int64(l.spec.Batch.Linger), traits.Bodies, l.start.UnixNano()
	n.plan.laneBase, n.plan.keyBase, n.plan.ours = l.laneBase, l.keyBase, l.generator.Identified()
	n.plan.end.Store(int64(r.config.Scenario.Duration))
	return n
}
