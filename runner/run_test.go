package runner_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// broken is a target whose pipeline cannot be made.
type broken struct{ target.Target }

func (broken) Deploy(context.Context, *scenarios.Scenario, target.Observer) error {
	return errors.New("no such region")
}

// full is a disk that takes so many writes and no more.
type full struct {
	io.Writer
	room int
}

func (f *full) Write(b []byte) (int, error) {
	if f.room--; f.room < 0 {
		return len(b) / 2, &os.PathError{Op: "write", Path: "somewhere", Err: syscall.ENOSPC}
	}
	return f.Writer.Write(b)
}

func TestRunThatCannotBeDone(t *testing.T) {
	s := tank{scenario: oneShard(10, 60, "")}.open(t)
	made := func(e runner.Env) target.Target {
		return simulated.New(simulated.Config{Clock: e.Clock, Seed: e.Seed})
	}
	tests := []struct {
		name   string
		change func(t *testing.T, c *runner.Config)
		want   string
		left   []string // in the run's directory, which is then there
	}{
		{"no scenario", func(_ *testing.T, c *runner.Config) { c.Scenario = nil }, "run: no scenario", nil},
		{"no target", func(_ *testing.T, c *runner.Config) { c.Target = nil }, "run: no target", nil},
		{"no directory", func(_ *testing.T, c *runner.Config) { c.Dir = "" }, "run: no directory", nil},
		{
			"a pipeline that cannot be made",
			func(_ *testing.T, c *runner.Config) {
				c.Target = func(e runner.Env) target.Target { return broken{made(e)} }
			},
			"deploy to the embedded target: no such region", nil,
		},
		{
			"a directory that holds a run",
			func(t *testing.T, c *runner.Config) {
				if err := os.MkdirAll(c.Dir, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(c.Dir, reports.RunFile), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			},
			"holds a run already",
			[]string{reports.RunFile},
		},
		{
			"a directory that is a file",
			func(t *testing.T, c *runner.Config) {
				if err := os.WriteFile(c.Dir, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				c.Dir = filepath.Join(c.Dir, "run")
			},
			"make the run directory", nil,
		},
		{
			"a disk that is full at once",
			func(_ *testing.T, c *runner.Config) {
				c.Writer(func(w io.Writer) io.Writer { return &full{w, 0} })
			},
			"no space left on device", nil,
		},
		{
			"a disk that becomes full",
			func(_ *testing.T, c *runner.Config) {
				c.Writer(func(w io.Writer) io.Writer { return &full{w, 40} })
			},
			"no space left on device",
			[]string{reports.RunFile, reports.ScenarioFile},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := runner.Config{Scenario: s, Dir: filepath.Join(t.TempDir(), "run"), Virtual: true, Target: made}
			test.change(t, &c)
			err := runner.Run(t.Context(), c)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q", err, test.want)
			}
			entries, _ := os.ReadDir(c.Dir)
			var left []string
			for _, e := range entries {
				left = append(left, e.Name())
			}
			if strings.Join(left, " ") != strings.Join(test.left, " ") {
				t.Errorf("the directory holds %v, want %v", left, test.left)
			}
			if test.left == nil && c.Dir != "" {
				if _, err := os.Stat(c.Dir); err == nil {
					t.Error("the directory was left behind")
				}
			}
		})
	}
}
