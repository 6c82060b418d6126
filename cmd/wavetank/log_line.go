package main

import (
	"fmt"
	"io"
	"time"

	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// logLine writes a line of key=value pairs each interval, for pipes and logs.
type logLine struct {
	out      io.Writer
	scenario *scenarios.Scenario
	virtual  bool
	next     time.Duration
	phase    string
}

// logInterval is how much of a load's time passes between two lines.
const logInterval = 5 * time.Second

func (l *logLine) tell(s runner.Status) {
	if s.Note != "" {
		fmt.Fprintf(l.out, "scenario=%s target=%s note=%q\n", l.scenario.Name, s.Target, s.Note)
		return
	}
	if s.Figures == nil {
		if s.Phase != l.phase {
			l.phase = s.Phase
			fmt.Fprintf(l.out, "scenario=%s target=%s phase=%q\n", l.scenario.Name, s.Target, s.Phase)
		}
		return
	}
	if s.Elapsed < l.next {
		return
	}
	l.next = s.Elapsed + logInterval
	if l.virtual { // an hour is a few lines, not hundreds
		l.next = s.Elapsed + max(logInterval, s.Duration/10)
	}
	f := figuresOf(s.Figures)
	stored := "" // what attempts count, where user records are in it
	if f.aggregates {
		stored = fmt.Sprintf(" kinesisRecords=%d/s", f.stored)
	}
	fmt.Fprintf(l.out, "phase=%s t=%s offered=%d/s attempts=%d/s acked=%d/s%s throttled=%d open=%d put.p99=%s lambda.p99=%s firehose.p95=%s\n",
		s.Phase, s.Elapsed.Round(time.Second), f.offered, f.attempts, f.acked, stored, f.throttled, s.Open, short(f.put), short(f.lambda), short(f.firehose))
}

func (l *logLine) done() {}
