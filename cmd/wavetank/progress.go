package main

import (
	"fmt"
	"math"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/runner"
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
	offered, attempts, acked int64         // records a second, in the last second; offered are first attempts only
	aggregates               bool          // a load makes aggregates: attempts count these, offered and acked the user records in them
	stored                   int64         // records of streams acknowledged, a second, in the last second; meaningful where aggregates is set
	throttled                int64         // attempts so far
	retried                  bool          // records were sent again, so far
	put, lambda, firehose    time.Duration // p99, p99 and p95 so far; negative where there is none
}

func figuresOf(s *measure.Snapshot) figures {
	var f figures
	seconds := float64(s.Interval) / 1e9
	perSecond := func(last int64) int64 {
		if seconds <= 0 {
			return 0
		}
		return int64(math.Round(float64(last) / seconds))
	}
	rate := func(name string) int64 {
		_, last := s.Count(name, nil)
		return perSecond(last)
	}
	quantile := func(name string, q float64) time.Duration {
		total, _ := s.Histogram(name, nil)
		if total.Count() == 0 {
			return -1
		}
		v, _ := total.Quantile(q, 0)
		return time.Duration(v)
	}
	f.offered, f.attempts, f.acked = rate("put.offered"), rate("put.attempts"), rate("put.acked")
	f.throttled, _ = s.Count("put.throttled", nil)
	attempts, _ := s.Count("put.attempts", nil)
	due, _ := s.Count("put.due", nil)
	f.stored = f.acked
	for _, tags := range s.Tags("put.kinesisRecords") {
		_, users := s.Count("put.acked", tags)
		_, stored := s.Count("put.kinesisRecords", tags)
		f.stored += perSecond(stored - users)
		f.aggregates = true
	}
	f.retried = attempts > due || f.aggregates && f.throttled > 0 // of aggregates the attempts are fewer than what was due
	f.put, f.lambda, f.firehose = quantile("put.latency", 0.99), quantile("lambda.latency", 0.99), quantile("firehose.lag", 0.95)
	return f
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

// short is a duration in three digits; "none" where there is none.
func short(d time.Duration) string {
	switch {
	case d < 0:
		return "none"
	case d < 9995*time.Microsecond: // what would be rounded to four digits has one decimal less
		return fmt.Sprintf("%.2fms", d.Seconds()*1e3)
	case d < 99950*time.Microsecond:
		return fmt.Sprintf("%.1fms", d.Seconds()*1e3)
	case d < 999500*time.Microsecond:
		return fmt.Sprintf("%.0fms", d.Seconds()*1e3)
	case d < 9995*time.Millisecond:
		return fmt.Sprintf("%.2fs", d.Seconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}
