package runner

import (
	"runtime"
	"time"
)

// startedAt is when a run on the wall clock began, for people.
func startedAt() string { return time.Now().UTC().Format(time.RFC3339) }

// usage is the process's own consumption since a moment.
type usage struct {
	at  time.Time
	cpu time.Duration
}

func startUsage() usage { return usage{at: time.Now(), cpu: cpuTime()} }

// share is the part of the processors it may use that the process has used since, 0 to 1; 0 where the system does not tell.
func (u usage) share() float64 {
	took := time.Since(u.at)
	if took <= 0 {
		return 0
	}
	return float64(cpuTime()-u.cpu) / float64(took) / float64(runtime.GOMAXPROCS(0))
}
