package heapfloor

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name        string
		floor, live uint64
		base, want  int
	}{
		{"no floor", 0, 10 * mib, 50, 50},
		{"nothing was collected yet", 100 * mib, 0, 100, 2400},
		{"little in use", 100 * mib, 10 * mib, 100, 900},
		{"half the floor in use", 100 * mib, 50 * mib, 100, 100},
		{"more than half the floor", 100 * mib, 60 * mib, 100, 100},
		{"more than half, at a small percentage", 100 * mib, 60 * mib, 50, 66},
		{"the floor in use", 100 * mib, 100 * mib, 50, 50},
		{"above the floor", 100 * mib, 400 * mib, 50, 50},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := percent(tt.floor, tt.live, tt.base); got != tt.want {
				t.Errorf("percent is %d, want %d", got, tt.want)
			}
		})
	}
}

// The level doubles with each collection that follows closely, up to the most, stays where they are neither close nor far
// apart, and is halved with each that comes late.
func TestLevel(t *testing.T) {
	const mib = 1 << 20
	now := time.Unix(0, 0)
	l := level{most: 100 * mib, last: now}
	for i, step := range []struct {
		after time.Duration
		want  uint64
	}{
		{time.Second, 0},
		{10 * time.Millisecond, 8 * mib},
		{10 * time.Millisecond, 16 * mib},
		{150 * time.Millisecond, 32 * mib},
		{200 * time.Millisecond, 32 * mib},
		{800 * time.Millisecond, 32 * mib},
		{time.Millisecond, 64 * mib},
		{time.Millisecond, 100 * mib},
		{time.Millisecond, 100 * mib},
		{time.Second, 50 * mib},
		{time.Hour, 25 * mib},
		{10 * time.Millisecond, 50 * mib},
	} {
		now = now.Add(step.after)
		if l.collected(now); l.bytes != step.want {
			t.Fatalf("step %d, %v later: %d bytes, want %d", i, step.after, l.bytes, step.want)
		}
	}
}

var sink []byte

// Garbage that is made as fast as the machine can is collected less and less often, down to what fits into the floor. How
// often without it is the runtime's affair: a thousand times, and seldom on a machine without time for it.
func TestRaise(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	const garbage, floor = 1 << 30, 64 << 20
	f := Raise(floor, 100)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range garbage >> 16 {
		sink = make([]byte, 1<<16)
	}
	runtime.ReadMemStats(&after)
	f.Lower()
	n := after.NumGC - before.NumGC
	if p := debug.SetGCPercent(100); n == 0 || n > 3*garbage/floor || p != 100 {
		t.Errorf("%d collections, and GOGC at %d afterwards", n, p)
	}
}
