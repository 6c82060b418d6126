package main

import (
	"runtime/debug"

	"github.com/wavetank/wavetank/internal/heapfloor"
)

// memory is how a command uses its memory. Who has set GOGC or GOMEMLIMIT knows better.
type memory struct {
	floor   uint64 // bytes: a smaller heap is not worth collecting often
	percent int    // of what is in use may be garbage, above the floor
	limit   int64  // bytes: from there the collector works harder; 0 is none
}

var (
	// The embedded target is in the run's own process and makes garbage quickly under heavy load; by default Go lets as much
	// of it lie as there is in use. Records and objects have caps of their own.
	embeddedMemory = memory{floor: 64 << 20, percent: 50, limit: 900 << 20}
	// The client of a target elsewhere has little in use and makes as much garbage: without a floor it collects all the time.
	elsewhereMemory = memory{floor: 192 << 20, percent: 100, limit: 900 << 20}
	// So does a server, beside the records that it keeps.
	serveMemory = memory{floor: 192 << 20, percent: 100}
)

func (m memory) apply(e env) {
	if e.getenv("GOGC") != "" || e.getenv("GOMEMLIMIT") != "" {
		return
	}
	heapfloor.Raise(m.floor, m.percent)
	if m.limit > 0 {
		debug.SetMemoryLimit(m.limit)
	}
}
