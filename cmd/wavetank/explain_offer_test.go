package main

import (
	"math"
	"testing"
	"time"

	"github.com/wavetank/wavetank/scenarios"
)

func TestBusiestSecond(t *testing.T) {
	constant := func(t time.Duration) float64 { return 100 * t.Seconds() }
	ramp := func(t time.Duration) float64 { return 5 * t.Seconds() * t.Seconds() } // 0 to 100/s over 10 s
	spike := func(t time.Duration) float64 {                                       // 1,000 records within 100 ms of the 4th second
		return constant(t) + 1000*math.Min(1, math.Max(0, (t-4500*time.Millisecond).Seconds()*10))
	}
	aligned := scenarios.Arrivals{Kind: scenarios.Aligned, Period: scenarios.Duration(4 * time.Second)}
	tests := []struct {
		name   string
		due    func(time.Duration) float64
		length time.Duration
		want   float64
		at     time.Duration
	}{
		{"constant: the first", constant, 10 * time.Second, 100, 0},
		{"a ramp: the last", ramp, 10 * time.Second, 95, 9 * time.Second},
		{"a spike shorter than a second", spike, 10 * time.Second, 1100, 4 * time.Second},
		{"less than a second", constant, 500 * time.Millisecond, 50, 0},
		{"aligned: a period's at its mark", dueOf(constant, aligned), 10 * time.Second, 400, 0},
		{"aligned ramp: at the last mark", dueOf(ramp, aligned), 10 * time.Second, 5 * (144 - 64), 8 * time.Second},
		{"nothing", func(time.Duration) float64 { return 0 }, 10 * time.Second, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, at := busiestSecond(tt.due, tt.length)
			if math.Abs(got-tt.want) > 1e-6 || at != tt.at {
				t.Errorf("got %v at %v, want %v at %v", got, at, tt.want, tt.at)
			}
		})
	}
}

func TestRequestRate(t *testing.T) {
	const ms = scenarios.Duration(time.Millisecond)
	load := func(records int, linger scenarios.Duration, a scenarios.Arrivals) *scenarios.Load {
		return &scenarios.Load{Batch: scenarios.Batch{Records: records, Linger: linger}, Arrivals: a}
	}
	tests := []struct {
		name       string
		rate, size float64
		load       *scenarios.Load
		want       float64
	}{
		{"nothing", 0, 500, load(500, 20*ms, scenarios.Arrivals{}), 0},
		{"the linger ends it: 41 records", 2000, 500, load(500, 20*ms, scenarios.Arrivals{Kind: scenarios.Poisson}), 2000.0 / 41},
		{"evenly spaced: 40.5", 2000, 500, load(500, 20*ms, scenarios.Arrivals{}), 2000.0 / 40.5},
		{"full: 500 records", 50_000, 500, load(500, 20*ms, scenarios.Arrivals{}), 100},
		{"one record each", 1000, 500, load(1, 20*ms, scenarios.Arrivals{}), 1000},
		{"no linger", 1000, 500, load(500, 0, scenarios.Arrivals{}), 1000},
		{"seldom", 0.1, 500, load(500, 20*ms, scenarios.Arrivals{}), 0.1},
		{"4 MiB: 8 records of half a MiB", 1000, 1 << 19, load(500, 20*ms, scenarios.Arrivals{}), 125},
		{"records of more than 4 MiB", 10, 5 << 20, load(500, 20*ms, scenarios.Arrivals{}), 10},
		{"aligned: 2,001 at once are 5", 200.1, 300, load(500, 20*ms, scenarios.Arrivals{Kind: scenarios.Aligned, Period: 10_000 * ms}), 0.5},
		{"bursts of 10.5", 1000, 500, load(500, 20*ms, scenarios.Arrivals{Kind: scenarios.Bursty, Dispersion: 20}), 1000 / 30.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := requestRate(tt.rate, tt.size, tt.load); math.Abs(got-tt.want) > 1e-9*tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
