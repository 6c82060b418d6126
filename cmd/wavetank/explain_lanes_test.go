package main

import (
	"math"
	"testing"
	"time"

	"github.com/wavetank/wavetank/scenarios"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if got != want && !(math.Abs(got-want) <= within*math.Abs(want)) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// The lanes of these tests get Poisson records where nothing else is said.
func TestBatches(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name  string
		rate  float64
		lanes lanes
		want  float64
	}{
		{"nothing", 0, lanes{batch: 100, took: 0.02, attempts: 1}, 0},
		{"one batch a poll", 30, lanes{batch: 100, took: 0.02, attempts: 1}, 1},
		{"seldom a record: half of the polls bring one", math.Ln2, lanes{batch: 100, took: 0.02, attempts: 1}, 0.5},
		{"no window: 250 records are three batches", 250, lanes{batch: 100, took: 0.02, attempts: 1}, 3},
		{"one record each", 40, lanes{batch: 1, took: 0.001, attempts: 1}, 40},
		{"a window that fills", 250, lanes{batch: 100, window: s, took: 0.02, attempts: 1}, 2.5},
		{"a window that ends first", 20, lanes{batch: 100, window: 4 * s, took: 1, attempts: 1}, 0.2},
		{"a window and seldom a record", 0.01, lanes{batch: 100, window: s, took: 0.02, attempts: 1}, 0.01},
		{"always busy, batches fill up", 80, lanes{batch: 100, took: 2, attempts: 1}, 0.5},
		{"more than it can", 500, lanes{batch: 100, took: 2, attempts: 1}, 0.5},
		{"no time at all", 250, lanes{batch: 100, attempts: 1}, 3},
		{"aligned to 10 s: 500 at once", 50, lanes{batch: 100, period: 10 * s, took: 0.02, attempts: 1}, 0.5 + 0.05},
		{"aligned, a shorter window ends between", 5, lanes{batch: 100, window: 2 * s, period: 10 * s, took: 0.02, attempts: 1}, 0.1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.lanes.flows, tt.lanes.dispersion = []float64{tt.rate}, 1
			near(t, "batches/s", tt.lanes.batches(tt.rate), tt.want, 0.02)
		})
	}
}

func TestBatchesAPoll(t *testing.T) {
	tests := []struct {
		name        string
		n, variance float64
		size        int
		want        float64
	}{
		{"exactly one batch", 100, 0, 100, 1},
		{"exactly one and a bit", 101, 0, 100, 2},
		{"less than a record", 0.25, 0, 100, 0.25},
		{"Poisson around one batch", 100, 1, 100, 1.48}, // more than 100 in 47.3 % of the polls
		{"Poisson, far more than a batch", 10_000, 1, 100, 100.5},
		{"a record a batch", 3, 1, 1, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			near(t, "batches", batchesAPoll(tt.n, tt.variance, tt.size), tt.want, 0.02)
		})
	}
}

func TestRetries(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name              string
		errors            float64
		attempts, backoff float64
	}{
		{"none fails", 0, 1, 0},
		{"one in ten: 0.1·0.5 + 0.01·1 + 0.001·2 + …", 0.1, 1 / 0.9, 0.0625},
		{"half of them, the waits never grow over a minute", 0.5, 2, 0.25*7 + 60.0/128},
		{"all", 1, inf, inf},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			attempts, backoff := retries(tt.errors)
			near(t, "attempts", attempts, tt.attempts, 1e-9)
			near(t, "backoff", backoff, tt.backoff, 1e-3)
		})
	}
}

func TestLanes(t *testing.T) {
	l := &lanes{batch: 100, took: 0.5, attempts: 1, flows: []float64{50, 300, 0}, dispersion: 1}
	near(t, "capacity", l.capacity(), 200, 0)
	near(t, "processed", l.processed(), 250, 0)
	near(t, "invocations", l.invocations(), 1+2, 0.02)
	near(t, "concurrency", l.concurrency(), 1.5, 0.02)
	if lane, share := l.busiest(); lane != 1 || share != 1.5 {
		t.Errorf("the busiest lane is %d at %v, want 1 at 1.5", lane, share)
	}
	l.attempts, l.backoff = retries(1)
	near(t, "invocations that all fail", l.invocations(), 3/60.5, 1e-9)
	near(t, "capacity without success", l.capacity(), 0, 0)
}

func TestMeanDuration(t *testing.T) {
	ms := func(p50, p99 int64) scenarios.Distribution {
		return scenarios.Distribution{P50: scenarios.Duration(p50 * 1e6), P99: scenarios.Duration(p99 * 1e6)}
	}
	near(t, "constant", meanDuration(ms(20, 20)), 0.020, 1e-9)
	near(t, "none", meanDuration(ms(0, 0)), 0, 0)
	near(t, "log-normal: 20 ms · exp(σ²/2), σ = ln 4 / 2.326", meanDuration(ms(20, 80)), 0.023886, 1e-4)
}

func TestFitting(t *testing.T) {
	tests := []struct {
		name  string
		batch int
		flow  flow
		want  int
	}{
		{"nothing comes", 100, flow{}, 100},
		{"small records", 10_000, flow{1, 15}, 10_000},
		{"6 MiB of 1,000-byte records", 10_000, flow{1, 1000}, 3318}, // 6,291,456 / (4·334 + 560)
		{"one record is more than an event", 100, flow{1, 5 << 20}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fitting(tt.batch, tt.flow); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
