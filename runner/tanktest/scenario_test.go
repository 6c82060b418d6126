package tanktest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// child tells a test that it is run by another one, which looks at what it says.
const child = "TANKTEST_CHILD"

// run runs one test of this package in a process of its own, and returns what it prints.
func run(t *testing.T, name string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+name+"$", "-test.v")
	cmd.Env = append(append(os.Environ(), child+"=1"), env...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return string(out)
	}
	return string(out) + "\n" + err.Error()
}

// The objectives of a scenario are subtests, and the one that does not hold fails at its line.
func TestRunChild(t *testing.T) {
	if os.Getenv(child) == "" {
		t.Skip("run by TestRun")
	}
	duration := cmp.Or(os.Getenv("TANKTEST_DURATION"), "20s")
	tanktest.Run(t, "testdata/orders.yaml", tanktest.Set("duration="+duration))
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := run(t, "TestRunChild", "WAVETANK_OUT="+dir, "WAVETANK_TARGET=")
	for _, want := range []string{
		`--- PASS: TestRunChild/put\.latency_p99_<_1s`, `--- FAIL: TestRunChild/lambda\.latency_p99_<_1ms`, `--- PASS: TestRunChild/integrity\.missing_==_0`,
		`testdata/orders\.yaml:16: lambda\.latency p99 < 1ms: it is [0-9.]+m?s`, `report: .*report\.html`, `exit status 1`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("it does not say %s:\n%s", want, out)
		}
	}
	if kept, err := filepath.Glob(filepath.Join(dir, "TestRunChild", "*", "report.html")); err != nil || len(kept) != 1 {
		t.Errorf("the reports that are kept: %v %v", kept, err)
	}
}

// A target that is none, and one that is not there, are told.
func TestRunElsewhere(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"aws":                "WAVETANK_TARGET=aws: want virtual, embedded, or the URL of an endpoint",
		"http://127.0.0.1:1": "testdata/orders.yaml cannot be run: ",
	} {
		if out := run(t, "TestRunChild", "WAVETANK_TARGET="+target, "WAVETANK_OUT="+t.TempDir()); !strings.Contains(out, want) {
			t.Errorf("%s: it does not say %q:\n%s", target, want, out)
		}
	}
}

// What an endpoint cannot do is not passed over, and one of AWS's own is not asked.
func TestRunBeyondATargetChild(t *testing.T) {
	if os.Getenv(child) == "" {
		t.Skip("run by TestRunBeyondATarget")
	}
	tanktest.Run(t, "testdata/orders.yaml", tanktest.Set("duration=2s"), tanktest.Set(os.Getenv("TANKTEST_SET")))
}

func BenchmarkBeyondATarget(b *testing.B) {
	tanktest.Bench(b, "testdata/orders.yaml", tanktest.Set("duration=2s"), tanktest.Set("limits=off"))
}

func TestRunBeyondATarget(t *testing.T) {
	t.Parallel()
	const nobody, fails = "http://127.0.0.1:1", `faults=[{at: 1s, for: 1s, throttle: {stream: orders}}]`
	for _, tt := range []struct{ target, set, want, ends string }{
		{nobody, fails, `WAVETANK_TARGET=http://127.0.0.1:1: faults: only simulate and the embedded target fail when they are told to, and not an endpoint; leave them out with Set("faults=[]")`, "SKIP"},
		{nobody, "limits=off", "limits: only simulate and the embedded target have limits that can be changed (here ", "SKIP"},
		{nobody, "limits=aws", "testdata/orders.yaml cannot be run: ", "FAIL"},
		{"virtual", fails, "put.latency", "integrity"},
		{"https://kinesis.eu-central-1.amazonaws.com", "limits=aws", "an endpoint of real AWS costs money, and is loaded with wavetank run --target aws only", "FAIL"},
		{"https://Kinesis.eu-central-1.API.aws:443", fails, "an endpoint of real AWS costs money", "FAIL"},
	} {
		out := run(t, "TestRunBeyondATargetChild", "WAVETANK_TARGET="+tt.target, "TANKTEST_SET="+tt.set, "WAVETANK_OUT="+t.TempDir())
		says(t, out, tt.want, tt.ends)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkBeyondATarget$", "-test.benchtime=1x", "-test.v")
	cmd.Env = append(os.Environ(), "WAVETANK_TARGET="+nobody)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "limits: only simulate") {
		t.Errorf("a benchmark: %v\n%s", err, out)
	}
}

// The same scenario as a test on the wall, for a moment: the harness is judged as well, and what is asserted here is not its speed.
func TestRunOnTheWall(t *testing.T) {
	t.Parallel()
	out := run(t, "TestRunChild", "WAVETANK_TARGET=embedded", "WAVETANK_OUT="+t.TempDir(), "TANKTEST_DURATION=1s")
	if !strings.Contains(out, "report: ") {
		t.Errorf("no report:\n%s", out)
	}
}

func BenchmarkScenario(b *testing.B) {
	tanktest.Bench(b, "testdata/orders.yaml", tanktest.Set("duration=10s"))
}

// A scenario's load goes through a handler of the test's own, whole and once, in virtual time and on the wall, and its objectives
// are about it.
func TestRunWithAHandlerChild(t *testing.T) {
	if os.Getenv(child) == "" {
		t.Skip("run by TestRunWithAHandler")
	}
	var mu sync.Mutex
	orders := map[string]int{}
	count := func(_ context.Context, e events.KinesisEvent) error {
		mu.Lock()
		defer mu.Unlock()
		for i := range e.Records {
			if !json.Valid(e.Records[i].Kinesis.Data) {
				return errors.New("no JSON")
			}
			orders[e.Records[i].EventID]++
		}
		return nil
	}
	handlers := tanktest.Handlers{cmp.Or(os.Getenv("TANKTEST_FUNCTION"), "totals"): count}
	defer func() {
		mu.Lock()
		defer mu.Unlock()
		for id, times := range orders {
			if times != 1 {
				t.Errorf("%s came %d times", id, times)
			}
		}
		t.Logf("%d orders", len(orders))
	}()
	tanktest.Run(t, "testdata/orders.yaml", tanktest.Set("duration=2s"), tanktest.With(handlers))
}

func TestRunWithAHandler(t *testing.T) {
	t.Parallel()
	for target, ends := range map[string]string{
		"virtual":  `--- PASS: TestRunWithAHandlerChild/integrity\.missing_==_0`,
		"embedded": `--- PASS: TestRunWithAHandlerChild/integrity\.missing_==_0|the harness itself was late|in time, less than`, // the machine may be busy
	} {
		out := run(t, "TestRunWithAHandlerChild", "WAVETANK_TARGET="+target, "WAVETANK_OUT="+t.TempDir())
		if !regexp.MustCompile(ends).MatchString(out) || !regexp.MustCompile(`: [1-9][0-9]+ orders`).MatchString(out) || strings.Contains(out, " times\n") {
			t.Errorf("%s:\n%s", target, out)
		}
	}
	out := run(t, "TestRunWithAHandlerChild", "WAVETANK_TARGET=http://127.0.0.1:1")
	says(t, out, "WAVETANK_TARGET=http://127.0.0.1:1: the test has handlers of its own", "SKIP")
	says(t, run(t, "TestRunWithAHandlerChild", "TANKTEST_FUNCTION=total"), `testdata/orders.yaml has no function total; did you mean "totals"?`)
}

// The units of a benchmark are told once, in front of its results: a line within a result would end benchstat's reading of it.
func TestBenchsUnits(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkScenario$", "-test.benchtime=1x", "-test.count=2")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	results, units := 0, 0
	for line := range strings.Lines(string(out)) {
		switch {
		case strings.HasPrefix(line, "Unit "):
			units++
		case strings.HasPrefix(line, "BenchmarkScenario"):
			if results++; !strings.Contains(line, "ns/op") {
				t.Errorf("a result is broken: %s", line)
			}
		}
	}
	if results != 2 || units == 0 || strings.Count(string(out), "Unit put-p99-ns") != 1 {
		t.Errorf("%d results, %d units:\n%s", results, units, out)
	}
}
