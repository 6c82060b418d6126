package runner

import (
	"runtime"
	"syscall"
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

// share is the part of the processors it may use that the process has used since, 0 to 1.
func (u usage) share() float64 {
	took := time.Since(u.at)
	if took <= 0 {
		return 0
	}
	return float64(cpuTime()-u.cpu) / float64(took) / float64(runtime.GOMAXPROCS(0))
}

// cpuTime is the process's time on the processors, user and system; 0 where the system does not tell.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// maxRSS is the most memory the process has had, in bytes; 0 where the system does not tell.
func maxRSS() int64 {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return r.Maxrss
	}
	return r.Maxrss << 10
}
