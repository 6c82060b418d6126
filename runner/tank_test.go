package runner_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", strconv.Itoa(atOnce())); err != nil { // the command line's -parallel comes after it
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// tank is a run to be made in virtual time, with what a test puts between its parts. Only scenario must be set.
type tank struct {
	scenario string                                // YAML without the line of the version
	body     int                                   // bytes of body.txt, for loads that are a template of it
	hook     fault.Hook                            // acts on requests
	observe  func(target.Observer) target.Observer // changes what the services tell, before anybody sees it
	wrap     func(runner.Env, target.Target) target.Target
	pause    func(*clock.Proc) // see runner.Config.Pause
	progress func(runner.Status)
	ctx      context.Context // of the run; nil: the test's
}

// outcome is a run that was made.
type outcome struct {
	*reports.Report
	t    testing.TB
	dir  string
	seen *witness
}

// outcomeOf reads back a run that ended with err, which must be none, and checks that its ledger closes.
func outcomeOf(t testing.TB, dir string, err error) *outcome {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	r, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := &outcome{Report: r, t: t, dir: dir}
	o.closes()
	return o
}

// run makes the run, reads it back and checks that its ledger closes.
func (k tank) run(t *testing.T) *outcome {
	t.Helper()
	o, err := k.try(t)
	if err != nil {
		t.Fatal(err)
	}
	o.closes()
	return o
}

func (k tank) try(t *testing.T) (*outcome, error) {
	t.Helper()
	s := k.open(t)
	seen := newWitness()
	config := runner.Config{
		Scenario: s, Dir: filepath.Join(t.TempDir(), "run"), Virtual: true, Progress: k.progress,
		Target: func(e runner.Env) target.Target {
			var made target.Target = simulated.New(simulated.Config{
				Clock: e.Clock, Seed: e.Seed, Hook: k.hook, Open: e.Open, Note: e.Note,
				Observe: func(o target.Observer) target.Observer {
					seen.Observer = o
					if k.observe != nil {
						return k.observe(seen)
					}
					return seen
				},
			})
			if k.wrap != nil {
				made = k.wrap(e, made)
			}
			return made
		},
	}
	config.Pause(k.pause)
	ctx := k.ctx
	if ctx == nil {
		ctx = t.Context()
	}
	if err := runner.Run(ctx, config); err != nil {
		return nil, err
	}
	r, err := reports.Load(config.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return &outcome{Report: r, t: t, dir: config.Dir, seen: seen}, nil
}

// open loads the scenario from a folder that holds body.txt too.
func (k tank) open(t *testing.T) *scenarios.Scenario {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("body.txt", strings.Repeat("x", max(k.body, 1)))
	s, err := scenarios.ReadFile(write("scenario.yaml", "version: 1\n"+k.scenario), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// file is the run file.
func (o *outcome) file() []byte {
	o.t.Helper()
	b, err := os.ReadFile(filepath.Join(o.dir, reports.RunFile))
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

// of is everything the run file holds of a measurement, warm-up included.
func (o *outcome) of(name string) *measure.Measurement {
	return measure.Combine(o.Run.Find(name, nil), measure.FirstSecond, measure.LastSecond)
}

// total is a counter of the run file, warm-up included. Tags come in pairs of a name and a value.
func (o *outcome) total(name string, tags ...string) int64 {
	return o.count(measure.FirstSecond, measure.LastSecond, name, tags...)
}

// count is total over some due seconds.
func (o *outcome) count(from, to int, name string, tags ...string) int64 {
	t := measure.Tags{}
	for i := 0; i < len(tags); i += 2 {
		t[tags[i]] = tags[i+1]
	}
	return o.Run.Sum(name, t, from, to)
}

// sink is one sink's side of the ledger.
func (o *outcome) sink(name string) measure.SinkTotals {
	o.t.Helper()
	for _, s := range o.Run.End.Ledger.Sinks {
		if s.Name == name {
			return s
		}
	}
	o.t.Fatalf("the ledger has no sink %s", name)
	return measure.SinkTotals{}
}

// closes checks the sums that every run's ledger must keep, and that the counters of the puts say the same as it does.
func (o *outcome) closes() {
	o.t.Helper()
	if o.Run.End == nil {
		o.t.Fatal("the run has no end")
	}
	l := &o.Run.End.Ledger
	equal := func(what string, got, want int64) {
		o.t.Helper()
		if got != want {
			o.t.Errorf("the ledger does not close: %s: %d, want %d", what, got, want)
		}
	}
	equal("offered = acked + given up + unknown", l.Acked+l.GivenUp+l.Unknown, l.Offered)
	equal("planned = offered in the ledger", o.Run.End.Planned, l.Offered)
	equal("put.due", o.total("put.due"), l.Offered)
	equal("put.acked", o.total("put.acked"), l.Acked)
	equal("put.givenUp", o.total("put.givenUp"), l.GivenUp)
	equal("put.unknown", o.total("put.unknown"), l.Unknown)
	equal("put.reordered", o.total("put.reordered"), l.PutReordered)
	stored := l.Acked
	for _, c := range o.Run.FindCounters("put.kinesisRecords", nil) { // in place of user records, where a load aggregates
		stored += o.total("put.kinesisRecords", "stream", c.Tags["stream"]) - o.total("put.acked", "stream", c.Tags["stream"])
	}
	equal("put.attempts = acked + throttled + failed + unanswered", o.total("put.attempts"),
		stored+o.total("put.throttled")+o.total("put.failed")+o.total("put.unanswered"))
	equal("strays", l.Strays, 0)
	for _, s := range l.Sinks {
		if !s.Observed {
			continue
		}
		var acked, due int64
		for _, tags := range o.offeredTo(s) {
			acked += o.total("put.acked", tags...)
			due += o.total("put.due", tags...)
		}
		equal(s.Name+": acked = delivered + dropped + pending + lost", s.Delivered+s.Dropped+s.Pending+s.Lost, acked)
		equal(s.Name+": missing = offered − dropped − delivered", s.Missing,
			due-s.Dropped-s.DroppedUnacked-s.Delivered-s.DeliveredUnacked)
		equal(s.Name+": no figure is negative", min(s.Delivered, s.Pending, s.Lost, s.Missing, 0), 0)
	}
}

// offeredTo are the tags of the destinations whose records come out at a sink.
func (o *outcome) offeredTo(s measure.SinkTotals) (all [][]string) {
	p := &o.Scenario.Pipeline
	switch s.Kind {
	case "lambda":
		for _, e := range p.Functions[s.Name].EventSources {
			all = append(all, []string{"stream", e.Stream})
		}
	case "consumer":
		all = append(all, []string{"stream", p.Consumers[s.Name].Stream})
	default:
		if source := p.DeliveryStreams[s.Name].Source; source != "" {
			return [][]string{{"stream", source}}
		}
		all = append(all, []string{"deliveryStream", s.Name})
	}
	return all
}
