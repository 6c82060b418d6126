package heapfloor

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestPercent(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name        string
		floor, live uint64
		base, want  int
	}{
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

var sink []byte

// collections is how many collections so many bytes of garbage cost.
func collections(bytes int) uint32 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range bytes >> 16 {
		sink = make([]byte, 1<<16)
	}
	runtime.ReadMemStats(&after)
	return after.NumGC - before.NumGC
}

// A collection comes as often as the floor fits into the garbage, again and again, and not for every few megabytes. How
// often it comes without a floor is the runtime's affair: two hundred times, and seldom on a machine without time for it.
func TestRaise(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	const garbage = 1 << 30
	f := Raise(64<<20, 100)
	with := collections(garbage)
	f.Lower()
	if after := debug.SetGCPercent(100); with == 0 || with > 2*garbage/(64<<20) || after != 100 {
		t.Errorf("%d collections, and GOGC at %d afterwards", with, after)
	}
}
