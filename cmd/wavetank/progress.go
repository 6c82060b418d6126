package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// progress is what a person sees while a run lasts.
type progress interface {
	tell(runner.Status)
	done() // the summary comes next
}

// silence is --quiet.
type silence struct{}

func (silence) tell(runner.Status) {}
func (silence) done()              {}

// figures are the numbers of a progress line.
type figures struct {
	offered, acked, throttled int64         // in the last second; throttled so far
	put, lambda, firehose     time.Duration // p99, p99 and p95 so far; negative where there is none
}

func figuresOf(s *measure.Snapshot) figures {
	var f figures
	seconds := float64(s.Interval) / 1e9
	rate := func(name string) int64 {
		_, last := s.Count(name, nil)
		if seconds <= 0 {
			return 0
		}
		return int64(float64(last)/seconds + 0.5)
	}
	quantile := func(name string, q float64) time.Duration {
		total, _ := s.Histogram(name, nil)
		if total.Count() == 0 {
			return -1
		}
		v, _ := total.Quantile(q, 0)
		return time.Duration(v)
	}
	f.offered, f.acked = rate("put.offered"), rate("put.acked")
	f.throttled, _ = s.Count("put.throttled", nil)
	f.put, f.lambda, f.firehose = quantile("put.latency", 0.99), quantile("lambda.latency", 0.99), quantile("firehose.lag", 0.95)
	return f
}

// statusLine is one line of a terminal that is drawn again and again.
type statusLine struct {
	file     *os.File
	scenario *scenarios.Scenario
	virtual  bool
	started  time.Time
	shown    bool
	last     time.Time
}

func (l *statusLine) tell(s runner.Status) {
	if !l.shown {
		l.shown = true
		head(l.file, l.scenario, s.Target, l.virtual)
	}
	if s.Note != "" {
		fmt.Fprintf(l.file, "\r\x1b[K note: %s\n", s.Note)
		return
	}
	// In virtual time a second is a millisecond: what nobody can read is not drawn.
	if l.virtual && s.Figures != nil && time.Since(l.last) < 100*time.Millisecond {
		return
	}
	l.last = time.Now()
	width, _, err := term.GetSize(int(l.file.Fd()))
	if err != nil || width <= 0 {
		width = 100
	}
	line := s.Phase
	if s.Figures != nil {
		line = l.line(s, width-2)
	}
	if runes := []rune(line); len(runes) > width-2 {
		line = string(runes[:width-2])
	}
	fmt.Fprintf(l.file, "\r\x1b[K %s", line)
}

// line is the figures of a run, and before them a bar where the width leaves room for one.
func (l *statusLine) line(s runner.Status, width int) string {
	f := figuresOf(s.Figures)
	line := fmt.Sprintf("draining: %s records on their way  throttled %s", count(s.Open), count(f.throttled))
	if s.Phase != "drain" {
		line = fmt.Sprintf("%s/%s  offered %s/s  acked %s/s  throttled %s", minutes(min(s.Elapsed, s.Duration)), minutes(s.Duration),
			count(f.offered), count(f.acked), count(f.throttled))
	}
	line += latency("put p99", f.put) + latency("lambda p99", f.lambda) + latency("firehose p95", f.firehose)
	if room := min(width-len(line)-3, 30); room >= 4 && s.Phase != "drain" {
		line = bar(s.Elapsed, s.Duration, room) + " " + line
	}
	return line
}

func (l *statusLine) done() { fmt.Fprint(l.file, "\r\x1b[K\n") }

// head names the run and draws its pipeline, a line for each sink.
func head(w io.Writer, s *scenarios.Scenario, target string, virtual bool) {
	clock := ""
	if virtual {
		clock = " · virtual time"
	}
	fmt.Fprintf(w, "%s · %s%s · seed %d · %s\n", s.Name, target, clock, s.Seed, s.Duration)
	for _, line := range pipelineLines(s) {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

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
	fmt.Fprintf(l.out, "phase=%s t=%s offered=%d/s acked=%d/s throttled=%d open=%d put.p99=%s lambda.p99=%s firehose.p95=%s\n",
		s.Phase, s.Elapsed.Round(time.Second), f.offered, f.acked, f.throttled, s.Open, short(f.put), short(f.lambda), short(f.firehose))
}

func (l *logLine) done() {}

// bar is how far a run has come.
func bar(at, of time.Duration, width int) string {
	full := 0
	if of > 0 {
		full = int(float64(width) * min(1, float64(at)/float64(of)))
	}
	return "▕" + strings.Repeat("█", full) + strings.Repeat(" ", width-full) + "▏"
}

func minutes(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

// count writes a number with separators.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func latency(name string, d time.Duration) string {
	if d < 0 {
		return ""
	}
	return "  " + name + " " + short(d)
}

// short is a duration in three digits; "none" where there is none.
func short(d time.Duration) string {
	switch {
	case d < 0:
		return "none"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2fms", d.Seconds()*1e3)
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.1fms", d.Seconds()*1e3)
	case d < time.Second:
		return fmt.Sprintf("%.0fms", d.Seconds()*1e3)
	case d < 10*time.Second:
		return fmt.Sprintf("%.2fs", d.Seconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}
