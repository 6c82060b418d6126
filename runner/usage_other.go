//go:build !unix

package runner

import "time"

// Systems that tell nothing of a process's use of them.

func cpuTime() time.Duration { return 0 }

func maxRSS() int64 { return 0 }
