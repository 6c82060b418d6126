package runner_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// simulate runs a scenario of the library in virtual time and gives back its run file.
func simulate(t *testing.T, name string, set ...string) []byte {
	t.Helper()
	s, err := scenarios.Open(name, set)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	err = runner.Run(t.Context(), runner.Config{
		Scenario: s, Dir: dir, Virtual: true,
		Target: func(e runner.Env) target.Target {
			return simulated.New(simulated.Config{Clock: e.Clock, Seed: e.Seed})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, reports.RunFile))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOneSeedOneRunFile(t *testing.T) {
	heavy(t)
	t.Parallel()
	for _, e := range scenarios.Library() {
		t.Run(e.Name, func(t *testing.T) {
			first := simulate(t, e.Name, "duration=12s")
			if again := simulate(t, e.Name, "duration=12s"); !bytes.Equal(first, again) {
				t.Error("the same seed gives another run file")
			}
			if other := simulate(t, e.Name, "duration=12s", "seed=4711"); bytes.Equal(first, other) {
				t.Error("another seed gives the same run file")
			}
		})
	}
}

// A profile of typical service times is drawn from the seed, too.
func TestProfileAWS(t *testing.T) {
	t.Parallel()
	set := []string{"duration=12s", "model=aws"}
	first := simulate(t, "clickstream", set...)
	if !bytes.Equal(first, simulate(t, "clickstream", set...)) {
		t.Error("the same seed gives another run file")
	}
	run, err := measure.Read(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	service := measure.Combine(run.Find("put.service", nil), measure.FirstSecond, measure.LastSecond)
	if p50, _ := service.Quantile(0.5); p50 < at(5*time.Millisecond) || p50 > at(30*time.Millisecond) {
		t.Errorf("put.service p50 is %v, want about 12 ms", time.Duration(p50))
	}
	if l := run.End.Ledger; l.Acked != l.Offered || l.Sinks[0].Missing+l.Sinks[1].Missing != 0 {
		t.Errorf("ledger: %+v", l)
	}
}

// interrupted runs a scenario and interrupts it when five seconds of it are over.
func interrupted(t *testing.T, more string) *outcome {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	return tank{scenario: `
duration: 30s
drain: 20s
pipeline:
  streams: {s: {shardCount: 2}}
  functions:
    f: {model: {duration: 20ms}, eventSources: [{stream: s}]}
  deliveryStreams:
    d: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 5s}}}
load:
  - {stream: s, generator: {clickstream: {users: 100}}, rate: 500/s, arrivals: poisson}
` + more, ctx: ctx, progress: func(s runner.Status) {
		if s.Phase == "load" && s.Elapsed >= 5*time.Second {
			cancel()
		}
	}}.run(t)
}

func TestInterruptedRunIsDrainedAndJudged(t *testing.T) {
	tests := []struct {
		name, objectives string
		want             reports.Verdict
		code             int
	}{
		{"its objectives hold", "", reports.Pass, 0},
		{"an objective is broken", "objectives: [firehose.lag p50 < 1ms]\n", reports.Fail, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := interrupted(t, test.objectives)
			end := o.Run.End
			if end.Complete || !end.Drained || end.Reason != "interrupted" {
				t.Errorf("complete %v, drained %v, reason %q", end.Complete, end.Drained, end.Reason)
			}
			if end.ElapsedSeconds < 5 || end.ElapsedSeconds > 6 {
				t.Errorf("the load lasted %v s, want 5", end.ElapsedSeconds)
			}
			if l := end.Ledger; l.Acked != l.Offered || l.Offered < 2000 || o.sink("f").Delivered != l.Acked || o.sink("d").Delivered != l.Acked {
				t.Errorf("not everything has come out: %+v", l)
			}
			if o.Verdict != test.want || o.ExitCode() != test.code || o.Result().Complete {
				t.Errorf("verdict %s with code %d, complete %v", o.Verdict, o.ExitCode(), o.Result().Complete)
			}
		})
	}
	if !bytes.Equal(interrupted(t, "").file(), interrupted(t, "").file()) {
		t.Error("interrupted at one instant, two runs differ")
	}
}

// A run that is killed leaves its file cut off somewhere. Wherever that is, what is whole can be read and reported.
func TestRunFileCutAnywhere(t *testing.T) {
	heavy(t)
	t.Parallel()
	o := interrupted(t, "")
	whole := o.file()
	header := bytes.IndexByte(whole, '\n') + 1
	windows := 0
	for cut := range len(whole) + 1 {
		// Every place in the first and the last lines, and every 499th between.
		if cut > header+500 && cut < len(whole)-500 && cut%499 != 0 {
			continue
		}
		run, err := measure.Read(bytes.NewReader(whole[:cut]))
		if cut < header-1 {
			if err == nil {
				t.Fatalf("cut after %d bytes, within its first line, it can be read", cut)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut after %d bytes: %v", cut, err)
		}
		if run.Windows < windows {
			t.Fatalf("cut after %d bytes it has %d windows, and %d before", cut, run.Windows, windows)
		}
		windows = run.Windows
		if ended := run.End != nil; ended != (cut >= len(whole)-1) {
			t.Fatalf("cut after %d of %d bytes it has an end: %v", cut, len(whole), ended)
		}
	}

	killed := *o
	killed.dir = t.TempDir()
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(killed.dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(o.dir, reports.ScenarioFile))
	if err != nil {
		t.Fatal(err)
	}
	write(reports.ScenarioFile, text)
	write(reports.RunFile, whole[:len(whole)*2/3])
	r, err := reports.Load(killed.dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != reports.Invalid || r.Result().Complete || r.Result().Ledger != nil || len(r.Measurements) == 0 {
		t.Errorf("verdict %s, complete %v, %d measurements", r.Verdict, r.Result().Complete, len(r.Measurements))
	}
}
