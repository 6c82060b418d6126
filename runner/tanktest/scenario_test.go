package tanktest_test

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
