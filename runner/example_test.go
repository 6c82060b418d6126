package runner_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// A scenario of the library, in virtual time: a minute of it takes a moment.
func ExampleRun() {
	s, err := scenarios.Open("clickstream", []string{"duration=1m"})
	if err != nil {
		fmt.Println(err)
		return
	}
	parent, err := os.MkdirTemp("", "wavetank")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "run")
	err = runner.Run(context.Background(), runner.Config{
		Scenario: s, Dir: dir, Virtual: true,
		Target: func(e runner.Env) target.Target {
			return simulated.New(simulated.Config{Clock: e.Clock, Seed: e.Seed})
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := reports.Load(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	l := r.Run.End.Ledger
	fmt.Println(r.Verdict, l.Offered == l.Acked, l.Sinks[0].Missing+l.Sinks[1].Missing, "missing")
	// Output: pass true 0 missing
}
