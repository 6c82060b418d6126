package main

import (
	"math"
	"testing"
	"time"

	"github.com/wavetank/wavetank/scenarios"
)

func TestBuffer(t *testing.T) {
	hint := func(size scenarios.Bytes, interval time.Duration) scenarios.BufferingHints {
		return scenarios.BufferingHints{Size: size, Interval: scenarios.Duration(interval)}
	}
	const mib = 1 << 20
	inf := math.Inf(1)
	tests := []struct {
		name   string
		buffer buffer
		fills  bool
		period float64 // seconds
	}{
		{"nothing comes", buffer{hint: hint(mib, time.Minute)}, false, inf},
		{"the interval first", buffer{flow: flow{10, 1000}, hint: hint(mib, time.Minute)}, false, 60},
		{"the interval, and a wait for the next record", buffer{flow: flow{0.1, 100}, wait: 5, hint: hint(mib, time.Minute)}, false, 65},
		{"the size first", buffer{flow: flow{1000, mib / 4}, wait: 5, hint: hint(mib, time.Minute)}, true, 4},
		{"both at once", buffer{flow: flow{1000, mib / 60.0}, hint: hint(mib, time.Minute)}, true, 60},
		{"the most records first", buffer{flow: flow{1000, 20_000}, most: aRequest, hint: hint(64*mib, time.Minute)}, true, 10},
		{"the largest body first", buffer{flow: flow{100, mib}, most: aRequest, hint: hint(64*mib, time.Minute)}, true, float64(aRequest.bytes) / mib},
		{"a request that is never full", buffer{flow: flow{100, 1000}, most: aRequest, hint: hint(64*mib, time.Minute)}, false, 60},
		{"zero buffering is a second", buffer{flow: flow{10, 1000}, hint: hint(mib, 0)}, false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.buffer.fills(); got != tt.fills {
				t.Errorf("fills: %v, want %v", got, tt.fills)
			}
			near(t, "period", tt.buffer.period(), tt.period, 1e-9)
		})
	}
}

func TestObjects(t *testing.T) {
	hint := scenarios.BufferingHints{Size: scenarios.MiB, Interval: scenarios.Duration(10 * time.Second)}
	rate, size := objects([]buffer{
		{flow: flow{1, 1 << 19}, hint: hint}, // one in 2 s by size
		{flow: flow{1, 100}, hint: hint},     // one in 10 s
		{hint: hint},                         // none
	})
	near(t, "objects/s", rate, 0.6, 1e-9)
	near(t, "mean size", size, (1<<19+100)/0.6, 1e-9)
	if rate, size := objects([]buffer{{hint: hint}}); rate != 0 || size != 0 {
		t.Errorf("nothing makes %v objects/s of %v bytes", rate, size)
	}
}

func TestReadWait(t *testing.T) {
	near(t, "each read brings a record", readWait(1000), 0, 0)
	near(t, "every second read brings one", readWait(math.Ln2), 1, 1e-9)
	near(t, "none ever comes", readWait(0), 0, 0)
}
