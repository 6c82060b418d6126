//go:build unix

package runner

import (
	"runtime"
	"syscall"
	"time"
)

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
	most := int64(r.Maxrss) //nolint:unconvert // it has 32 bits on some systems
	if runtime.GOOS == "darwin" {
		return most
	}
	return most << 10
}
