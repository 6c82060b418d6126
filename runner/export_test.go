package runner

import (
	"io"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// Pause makes every loader of the run call pause whenever it looks for its next request: what it waits there, it is late.
func (c *Config) Pause(pause func(*clock.Proc)) { c.pause = pause }

// Writer puts something in front of the run file.
func (c *Config) Writer(before func(io.Writer) io.Writer) { c.writer = before }

// CPUTime is the process's time on the processors: what a benchmark on a machine that others use can rely on.
func CPUTime() time.Duration { return cpuTime() }
