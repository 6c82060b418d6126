package runner_test

import (
	"io"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// BenchmarkSimulateClickstream simulates twenty minutes of the built-in scenario, 2,000 records/s with every histogram and the
// ledger on, and tells how many seconds of scenario pass in a second of the machine's. With GOMAXPROCS=1 (or -cpu 1) that
// is one core's.
func BenchmarkSimulateClickstream(b *testing.B) {
	b.Run("run", func(b *testing.B) { benchmarkClickstream(b, false) })
	b.Run("run and report", func(b *testing.B) { benchmarkClickstream(b, true) })
}

func benchmarkClickstream(b *testing.B, report bool) {
	const length = 20 * time.Minute
	s, err := scenarios.Open("clickstream", []string{"duration=" + length.String()})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	cpu := runner.CPUTime()
	for b.Loop() {
		dir := b.TempDir() + "/run"
		err := runner.Run(b.Context(), runner.Config{
			Scenario: s, Dir: dir, Virtual: true,
			Target: func(e runner.Env) target.Target {
				return simulated.New(simulated.Config{Clock: e.Clock, Seed: e.Seed})
			},
		})
		if err != nil {
			b.Fatal(err)
		}
		if !report {
			continue
		}
		r, err := reports.Load(dir)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.WriteAll(dir); err != nil {
			b.Fatal(err)
		}
		if err := r.WriteText(io.Discard, reports.TextOptions{Width: 120}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(length.Seconds()*float64(b.N)/b.Elapsed().Seconds(), "scenario-s/s")
	b.ReportMetric(length.Seconds()*float64(b.N)/(runner.CPUTime()-cpu).Seconds(), "scenario-s/cpu-s")
}
