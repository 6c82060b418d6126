package tanktest

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/internal/target/embedded"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// The environment of tests of scenarios.
const (
	targetVariable = "WAVETANK_TARGET" // virtual, embedded, or the URL of an endpoint that is there
	outVariable    = "WAVETANK_OUT"    // the directory that reports are kept in, one for each test
)

// RunOption is a choice of [Run] and [Bench].
type RunOption func(*runOptions)

type runOptions struct {
	set      []string
	target   string
	handlers Handlers
	ended    atomic.Bool // the test, by a handler
}

// Set overrides a value of the scenario, as wavetank run --set does: Set("duration=10s"), Set("load.0.rate=500").
func Set(assignment string) RunOption {
	return func(o *runOptions) { o.set = append(o.set, assignment) }
}

// With has functions of the scenario be code of the test's, by their names: what [Tank.Handle] takes. They are what the scenario's
// load goes through, and what its objectives are about. An invocation takes the time that the scenario's model says beside the
// handler's own, of which there is none in virtual time. A target outside of this process cannot call them: the test is skipped there.
func With(handlers Handlers) RunOption {
	return func(o *runOptions) { o.handlers = handlers }
}

// OnTheWall offers the load in real time and through the SDK to the embedded AWS; without it a scenario is run in virtual
// time. WAVETANK_TARGET outranks both.
func OnTheWall() RunOption { return func(o *runOptions) { o.target = "embedded" } }

// Run carries out a scenario, a file's or one of the library, as a test: each of its objectives is a subtest, which fails with
// the line of the file that says it, and is skipped where the target cannot tell. With go test -artifacts, or WAVETANK_OUT=DIR, the
// run's report is kept, and the log says where. Functions are modelled, but for those of [With]. A test whose faults or limits its target
// cannot have is skipped.
//
// With WAVETANK_TARGET=http://127.0.0.1:4566 the same test loads an endpoint that is there, and with WAVETANK_TARGET=embedded
// the embedded AWS on the wall's time.
func Run(t *testing.T, scenario string, opts ...RunOption) {
	t.Helper()
	r, s, dir := carryOut(t, scenario, opts)
	t.Logf("%s\n%s", r.Headline(), kept(dir))
	if !r.Validity.Valid {
		t.Fatalf("the run says nothing about its target: %s", strings.Join(r.Validity.Reasons, "; "))
	}
	for i := range r.Objectives {
		o, at := &r.Objectives[i], s.Objectives[i].Line
		t.Run(o.Text, func(t *testing.T) {
			switch {
			case o.Holds == nil:
				t.Skipf("%s:%d: cannot be told: %s", scenario, at, o.Reason)
			case !*o.Holds:
				t.Errorf("%s:%d: %s", scenario, at, broken(o))
			}
		})
	}
}

// kept says where the report is, or how to keep it: without -artifacts go test removes it.
func kept(dir string) string {
	if f := flag.Lookup("test.artifacts"); os.Getenv(outVariable) == "" && (f == nil || f.Value.String() != "true") {
		return "to keep the report: go test -artifacts, or " + outVariable + "=DIR"
	}
	return "report: " + filepath.Join(dir, "report.html")
}

// broken says what an objective that does not hold came to, and what most likely broke it.
func broken(o *reports.Objective) string {
	text := o.Text + ": it is " + value(o)
	if o.Never > 0 {
		text += fmt.Sprintf("; %.3g %% of the records never came", 100*o.Never)
	}
	if o.Cause != nil {
		text += "\n" + o.Cause.Text
	}
	return text
}

func value(o *reports.Objective) string {
	switch {
	case o.Beyond:
		return "beyond all that was measured"
	case o.Value == nil:
		return "not known"
	case o.Unit == scenarios.UnitNanoseconds:
		return time.Duration(*o.Value).Round(time.Microsecond).String()
	case o.Unit == scenarios.UnitRatio:
		return fmt.Sprintf("%.3g %%", 100**o.Value)
	}
	return strings.TrimSpace(fmt.Sprintf("%.6g %s", *o.Value, map[string]string{scenarios.UnitRate: "records/s"}[o.Unit]))
}

// unitsTold are the units that benchstat was told of by this process.
var unitsTold sync.Map

// Bench carries out a scenario as a benchmark, b.N times, and reports of the last run what benchstat can compare: put-p99-ns,
// lambda-p99-ns, firehose-p95-ns and goodput-rec/s, those of them that it has.
func Bench(b *testing.B, scenario string, opts ...RunOption) {
	b.Helper()
	var r *reports.Report
	for b.Loop() {
		r, _, _ = carryOut(b, scenario, opts)
	}
	if !r.Validity.Valid {
		b.Fatalf("the run says nothing about its target: %s", strings.Join(r.Validity.Reasons, "; "))
	}
	report := func(unit, better string, value float64) {
		// Where benchstat looks for it, beside the results, and once: later go test has already begun the line of a result.
		if _, told := unitsTold.LoadOrStore(unit, true); !told {
			fmt.Fprintf(os.Stdout, "Unit %s better=%s\n", unit, better)
		}
		b.ReportMetric(value, unit)
	}
	for _, m := range []struct {
		unit, name string
		q          float64
	}{{"put-p99-ns", "put.latency", 0.99}, {"lambda-p99-ns", "lambda.latency", 0.99}, {"firehose-p95-ns", "firehose.lag", 0.95}} {
		if ns, ok := r.Quantile(m.name, m.q); ok {
			report(m.unit, "lower", float64(ns))
		}
	}
	if len(r.Goodput) > 0 {
		least := r.Goodput[0].Rate
		for _, g := range r.Goodput {
			least = min(least, g.Rate)
		}
		report("goodput-rec/s", "higher", least)
	}
}

// carryOut runs a scenario and makes its report. It ends the test where that cannot be done, and skips it where the target
// cannot have what the scenario needs.
func carryOut(t testing.TB, scenario string, opts []RunOption) (r *reports.Report, s *scenarios.Scenario, dir string) {
	t.Helper()
	o := runOptions{target: "virtual"}
	for _, opt := range opts {
		opt(&o)
	}
	if name := os.Getenv(targetVariable); name != "" {
		o.target = name
	}
	s, err := scenarios.Open(scenario, o.set) // the report's own is the resolved one, and has other lines
	if err != nil {
		t.Fatalf("%v", err)
	}
	if err := o.handlers.of(s, scenario); err != nil {
		t.Fatalf("tanktest: %v", err)
	}
	made := o.open(t, s)
	dir = keep(t)
	err = runner.Run(t.Context(), runner.Config{Scenario: s, Dir: dir, Virtual: o.target == "virtual", Target: made, Tool: "tanktest"})
	if err != nil {
		t.Fatalf("%s cannot be run: %v", scenario, err)
	}
	if r, err = reports.Load(dir); err == nil {
		err = r.WriteAll(dir)
	}
	if err != nil {
		t.Fatalf("the report of %s: %v", scenario, err)
	}
	return r, s, dir
}

// code adapts the handlers.
func (o *runOptions) code(t testing.TB, c clock.Clock) map[string]lambda.Code {
	t.Helper()
	all := map[string]lambda.Code{}
	for name, handler := range o.handlers {
		made, err := home{t, c, &o.ended, nil}.adapt(handler)
		if err != nil {
			t.Fatalf("tanktest: the handler of %s: %v", name, err)
		}
		all[name] = made
		t.Cleanup(func() { made.mapped(name) })
	}
	return all
}

// open tells how a target is made.
func (o *runOptions) open(t testing.TB, s *scenarios.Scenario) func(runner.Env) target.Target {
	t.Helper()
	name := o.target
	switch name {
	case "virtual":
		return func(e runner.Env) target.Target {
			return simulated.New(simulated.Config{
				Clock: e.Clock, Seed: e.Seed, Limits: s.Limits, Open: e.Open, Note: e.Note, Code: o.code(t, e.Clock), Bodies: e.Render,
			})
		}
	case "embedded":
		return func(e runner.Env) target.Target {
			return embedded.New(embedded.Config{
				Clock: e.Clock, Seed: e.Seed, Limits: s.Limits, Identify: e.Identify, Next: e.Next, Skip: e.Skip, Open: e.Open, Note: e.Note, End: e.End,
				Code: o.code(t, e.Clock),
			})
		}
	}
	u, err := url.Parse(name)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		t.Fatalf("%s=%s: want virtual, embedded, or the URL of an endpoint, as in http://127.0.0.1:4566; an account is for wavetank run --target aws, "+
			"which says what it costs and asks", targetVariable, name)
	}
	if target.OfAWS(u.Hostname()) {
		t.Fatalf("%s=%s: an endpoint of real AWS costs money, and is loaded with wavetank run --target aws only, which says how much and asks", targetVariable, name)
	}
	if part := target.Beyond(s); part != nil {
		t.Skipf("%s=%s: %s, and not an endpoint; leave them out with Set(%q)", targetVariable, name, part.Why, part.Without)
	}
	if len(o.handlers) > 0 {
		t.Skipf("%s=%s: the test has handlers of its own, which a target outside of this process cannot call", targetVariable, name)
	}
	if len(s.Pipeline.DeliversToHTTP()) > 0 {
		t.Skipf("%s=%s: the scenario delivers to an HTTP endpoint of the run's own, which the target may not reach", targetVariable, name)
	}
	return func(e runner.Env) target.Target {
		return aws.New(aws.Config{
			Endpoint: name, Honours: s, Clock: e.Clock, Identify: e.Identify, Next: e.Next, Skip: e.Skip, Open: e.Open, Marker: e.Marker,
			Phase: e.Phase, Note: e.Note,
		})
	}
}

// keep is a directory for a run that is still there after the test: below WAVETANK_OUT, or else the test's own for artifacts.
func keep(t testing.TB) string {
	t.Helper()
	parent := os.Getenv(outVariable)
	if parent == "" {
		parent = t.ArtifactDir()
	} else {
		parent = filepath.Join(parent, strings.NewReplacer("/", "_", " ", "_").Replace(t.Name()))
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(parent, time.Now().UTC().Format("2006-01-02T150405")+"-")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
