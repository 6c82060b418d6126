package reports

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

// runDir is a directory as a runner leaves it.
func runDir(t *testing.T, y *toy) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string][]byte{RunFile: y.file(t), ScenarioFile: y.scenario.Resolved()} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoadAndWriteAll(t *testing.T) {
	dir := runDir(t, short(t, "put.latency p99 < 100ms", "integrity.missing == 0"))
	r, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != Pass || r.Scenario.Name != "clickstream" || r.Dir != dir {
		t.Errorf("verdict %s of %q in %s", r.Verdict, r.Scenario.Name, r.Dir)
	}
	for range 2 { // a report can be made again over an old one
		if err := r.WriteAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if info, err := e.Info(); err != nil || info.Size() == 0 || info.Mode().Perm() != 0o644 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	for _, want := range []string{ResultFile, HTMLFile, MarkdownFile, JUnitFile, HistogramLogFile, "put.latency.hgrm", RunFile, ScenarioFile} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s among %v", want, names)
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, ".") {
			t.Errorf("%s was left behind", name)
		}
	}
}

func TestLoadOfAKilledRun(t *testing.T) {
	y := short(t, "put.latency p99 < 100ms")
	y.killed = 4
	r, err := Load(runDir(t, y))
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != Invalid || r.complete() || !r.Run.Torn || r.ledger() != nil {
		t.Errorf("verdict %s, complete %v, torn %v, ledger %v", r.Verdict, r.complete(), r.Run.Torn, r.ledger())
	}
	if m := r.whole("put.latency"); m == nil || m.Count == 0 {
		t.Errorf("put.latency is %+v, want what was measured until the kill", m)
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(dir string) error
		says   string
	}{
		{"no run", func(dir string) error { return os.Remove(filepath.Join(dir, RunFile)) }, "holds no run: there is no run.jsonl in it"},
		{"no scenario", func(dir string) error { return os.Remove(filepath.Join(dir, ScenarioFile)) }, "read the run's scenario"},
		{"not a run", func(dir string) error { return os.WriteFile(filepath.Join(dir, RunFile), []byte("{}\n"), 0o644) }, "not a run file"},
		{"an empty run", func(dir string) error { return os.WriteFile(filepath.Join(dir, RunFile), nil, 0o644) }, "empty"},
		{"not a scenario", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, ScenarioFile), []byte("duration: soon\n"), 0o644)
		}, "soon"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := runDir(t, short(t))
			if err := c.change(dir); err != nil {
				t.Fatal(err)
			}
			_, err := Load(dir)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v, want %q in it", err, c.says)
			}
		})
	}
}

// After a failed write there is the old file, or none, and nothing half-written.
func TestFailedWriteLeavesNothing(t *testing.T) {
	full := errors.New("no space left on device")
	fails := func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("half", 50_000)); err != nil {
			return err
		}
		return full
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"old", "new"} {
		if err := writeFile(dir, name, fails); !errors.Is(err, full) || !strings.Contains(err.Error(), "write "+name) {
			t.Errorf("error is %v", err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are left, %v", len(entries), err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "old")); string(text) != "old" {
		t.Errorf("the old file holds %q, %v", text, err)
	}
	if err := short(t).report(t).WriteAll(filepath.Join(dir, "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a directory that is not there gives %v", err)
	}
}

// Every writer hands on the error of what it writes to.
func TestWritersReportErrors(t *testing.T) {
	y := short(t, "put.latency p99 < 1ms")
	y.before = func(h *measure.Header) { h.LagLimit = 0 }
	r := y.report(t)
	broken := errors.New("broken pipe")
	for name, write := range map[string]func(io.Writer) error{
		"text": func(w io.Writer) error { return r.WriteText(w, TextOptions{}) }, "markdown": r.WriteMarkdown,
		"html": r.WriteHTML, "junit": r.WriteJUnit, "result": r.WriteResult, "hlog": r.WriteHistogramLog,
	} {
		if err := write(failing{broken}); !errors.Is(err, broken) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
