package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// loadFlags are the flags of the commands that load a pipeline.
type loadFlags struct {
	scenarioFlags
	prices pricesFlag
	labels []string
	out    string
	quiet  bool

	list *pricing.List // that the prices flag names
}

func (f *loadFlags) add(c *cobra.Command) {
	f.scenarioFlags.add(c)
	c.Flags().StringArrayVar(&f.labels, "label", nil, "carry `key=value` into the results (repeatable)")
	c.Flags().StringVar(&f.out, "out", "", "the run's `directory` (default wavetank-runs/<time>-<scenario>)")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "no progress, only the summary")
	f.prices.add(c)
}

func newRun(e env) *cobra.Command {
	var f loadFlags
	var t targetFlags
	c := &cobra.Command{
		Use:   "run [SCENARIO]",
		Short: "Load a pipeline on the wall clock, through the real AWS SDK",
		Long: "run offers a scenario's load to a target for as long as the scenario says, and reports what became of it.\n" +
			"SCENARIO is a name of the library (see wavetank scenarios) or a file; the default is " + defaultScenario + ".\n\n" +
			"Unless --target says otherwise the target is the embedded AWS in this process, which needs nothing and costs nothing.\n" +
			"Exit codes: 0 the objectives hold, 1 the run could not be done, 2 the scenario or the command line is wrong,\n" +
			"3 an objective is broken, 4 the run says nothing about the target, 130 interrupted.",
		Example: "  wavetank run hot-shard\n" +
			"  wavetank run clickstream --duration 5m --rate 4000/s\n" +
			"  wavetank run mine.yaml --target localstack",
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := t.account.misplaced(c, t.name); err != nil {
				return err
			}
			var err error
			if f.list, err = f.prices.read(); err != nil {
				return err
			}
			if t.name == accountTarget {
				return t.account.run(c.Context(), e, &f, args)
			}
			open, err := t.open(c.Context())
			if err != nil {
				return err
			}
			s, err := f.open(args)
			if err != nil {
				return err
			}
			if err := t.can(s); err != nil {
				return err
			}
			t.memory(s).apply(e)
			return f.carry(c.Context(), e, s, open, false)
		},
	}
	f.add(c)
	t.add(c)
	return c
}

func newSimulate(e env) *cobra.Command {
	var f loadFlags
	c := &cobra.Command{
		Use:   "simulate [SCENARIO]",
		Short: "Load a pipeline in virtual time: an hour in seconds",
		Long: "simulate runs a scenario through the same services, load engine and report as run, in virtual time: the same\n" +
			"seed gives the same run, byte for byte. SCENARIO is a name of the library (see wavetank scenarios) or a file; the\n" +
			"default is " + defaultScenario + ". Exit codes are those of run.",
		Example: "  wavetank simulate hot-shard --duration 1h\n" +
			"  wavetank simulate mine.yaml --seed 7",
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if f.list, err = f.prices.read(); err != nil {
				return err
			}
			return f.carryOut(c.Context(), e, args, func(e runner.Env) target.Target {
				return simulated.New(simulated.Config{Clock: e.Clock, Seed: e.Seed, Limits: e.Scenario.Limits, Open: e.Open, Note: e.Note})
			}, true)
		},
	}
	f.add(c)
	return c
}

// carryOut runs the scenario, writes the report and prints the summary.
func (f *loadFlags) carryOut(ctx context.Context, e env, args []string, open func(runner.Env) target.Target, virtual bool) error {
	s, err := f.open(args)
	if err != nil {
		return err
	}
	return f.carry(ctx, e, s, open, virtual)
}

// carry is carryOut of a scenario that is open.
func (f *loadFlags) carry(
	ctx context.Context, e env, s *scenarios.Scenario, open func(runner.Env) target.Target, virtual bool,
) error {
	labels, err := labels(f.labels)
	if err != nil {
		return err
	}
	dir := f.out
	if dir == "" {
		dir = filepath.Join("wavetank-runs", time.Now().UTC().Format("2006-01-02T150405")+"-"+s.Name)
	}
	p := f.progress(e, s, virtual)
	prices := &pricesKeeper{dir: dir, prices: f.list, next: p.tell}
	while := &phases{ctx: ctx, next: prices.tell}
	err = runner.Run(ctx, runner.Config{
		Scenario: s, Dir: dir, Virtual: virtual, Target: open, Labels: labels,
		Tool: "wavetank " + version, Progress: while.tell,
	})
	p.done()
	if err != nil {
		return while.end(err, dir)
	}
	return errors.Join(conclude(ctx, e, dir), prices.err)
}

// progress is what the person sees while the run lasts.
func (f *loadFlags) progress(e env, s *scenarios.Scenario, virtual bool) progress {
	if f.quiet {
		return silence{}
	}
	if file, ok := terminal(e.stdout); ok {
		return newStatusLine(file, func() int { return columns(e, file) }, s, virtual)
	}
	return &logLine{out: e.stdout, scenario: s, virtual: virtual}
}

// conclude makes the report of a finished run and tells its verdict.
func conclude(ctx context.Context, e env, dir string) error {
	r, err := reports.Load(dir)
	if err != nil {
		return err
	}
	if err := r.WriteAll(dir); err != nil {
		return err
	}
	if err := r.WriteText(e.stdout, textOptions(e)); err != nil {
		return err
	}
	switch code := r.ExitCode(); {
	case ctx.Err() != nil:
		return &exit{code: exitInterrupted}
	case code != exitOK:
		return &exit{code: code}
	}
	return nil
}

// textOptions are what the person's terminal can show.
func textOptions(e env) reports.TextOptions {
	o := reports.TextOptions{Plain: true, Unicode: true, Width: columns(e, e.stdout)}
	if _, ok := terminal(e.stdout); ok {
		o.Plain, o.Unicode = false, unicodeLocale(e)
		o.Color = e.getenv("NO_COLOR") == "" && e.getenv("TERM") != "dumb"
	}
	return o
}

// unicodeLocale tells whether the terminal's locale is one of UTF-8. Without any, most terminals of today are.
func unicodeLocale(e env) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(e.getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}
