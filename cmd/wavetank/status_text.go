package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wavetank/wavetank/runner"
)

// part is a piece of the status line: its forms from the longest to the shortest. A last form that is empty lets it go.
type part []string

// patience is from when on a phase shows how long it has lasted.
const patience = 2 * time.Second

// statusText says where a run stands, in at most width characters. Since is how long its phase has lasted.
func statusText(s runner.Status, since time.Duration, width int) string {
	if s.Figures == nil {
		text := s.Phase
		if since >= patience {
			text += "  " + seconds(since)
		}
		return clipEnd(text, width)
	}
	f := figuresOf(s.Figures)
	if s.Phase == "drain" {
		return drainText(s, f, since, width)
	}
	text := loadText(s, f, width)
	if room := min(width-utf8.RuneCountInString(text)-3, 30); room >= 4 {
		text = bar(s.Elapsed, s.Duration, room) + " " + text
	}
	return text
}

// loadText are the figures of a load. What matters least goes first: how many acknowledged, which throttled tells too; how
// long the load is; what the percentiles are called. Where a load aggregates, what counts records of streams says so.
func loadText(s runner.Status, f figures, width int) string {
	const at, offered, attempts, acked, throttled, put, lambda, firehose = 0, 1, 2, 3, 4, 5, 6, 7
	now := minutes(min(s.Elapsed, s.Duration))
	parts := []part{
		at:        {now + "/" + minutes(s.Duration), now},
		offered:   {"offered " + count(f.offered) + "/s", count(f.offered) + "/s", ""},
		attempts:  {},
		acked:     {"acked " + count(f.acked) + "/s", ""},
		throttled: throttledPart(f),
		put:       latencyPart("put", "p99", f.put),
		lambda:    latencyPart("lambda", "p99", f.lambda),
		firehose:  latencyPart("firehose", "p95", f.firehose),
	}
	if f.retried {
		parts[attempts] = part{"attempts " + count(f.attempts) + "/s", ""}
	}
	order := []int{acked, at, throttled, attempts, firehose, lambda, put, offered, firehose, offered, lambda}
	if f.aggregates {
		parts[acked] = append(part{parts[acked][0] + " in " + count(f.stored) + " Kinesis records/s"}, parts[acked]...)
		order = append([]int{acked}, order...)
		if f.retried {
			parts[attempts] = part{"attempts " + count(f.attempts) + " Kinesis records/s", ""}
		}
	}
	return fit(parts, width, order...)
}

// drainText are the figures of a drain.
func drainText(s runner.Status, f figures, since time.Duration, width int) string {
	const draining, open, throttled, put, lambda, firehose = 0, 1, 2, 3, 4, 5
	head := "draining"
	if since >= patience {
		head += " " + seconds(since)
	}
	parts := []part{
		draining:  {head},
		open:      {count(s.Open) + " records on their way", count(s.Open) + " open"},
		throttled: throttledPart(f),
		put:       latencyPart("put", "p99", f.put),
		lambda:    latencyPart("lambda", "p99", f.lambda),
		firehose:  latencyPart("firehose", "p95", f.firehose),
	}
	return fit(parts, width, open, throttled, put, lambda, firehose, put, lambda, firehose)
}

// throttledPart is how many attempts were refused; none can be left out.
func throttledPart(f figures) part {
	if f.throttled == 0 {
		return part{"throttled 0", ""}
	}
	return part{"throttled " + count(f.throttled)}
}

// latencyPart is a percentile with its name; nothing where there is none.
func latencyPart(name, percentile string, d time.Duration) part {
	if d < 0 {
		return part{}
	}
	return part{name + " " + percentile + " " + short(d), name + " " + short(d), ""}
}

// fit joins the parts, of which those in order give way to their next form until they are no wider than width.
func fit(parts []part, width int, order ...int) string {
	parts = slices.Clone(parts)
	for {
		var shown []string
		for _, p := range parts {
			if len(p) > 0 && p[0] != "" {
				shown = append(shown, p[0])
			}
		}
		text := strings.Join(shown, "  ")
		if utf8.RuneCountInString(text) <= width {
			return text
		}
		for len(order) > 0 && len(parts[order[0]]) < 2 {
			order = order[1:]
		}
		if len(order) == 0 {
			return clipEnd(text, width)
		}
		parts[order[0]] = parts[order[0]][1:]
		order = order[1:]
	}
}

// clipEnd cuts a text that is wider than width.
func clipEnd(text string, width int) string {
	switch runes := []rune(text); {
	case width <= 0:
		return ""
	case len(runes) > width:
		return string(runes[:width-1]) + "…"
	}
	return text
}

// seconds is how long something has lasted: 12 s.
func seconds(d time.Duration) string { return fmt.Sprintf("%d s", int(d.Seconds())) }

// bar is how far a run has come.
func bar(at, of time.Duration, width int) string {
	full := 0
	if of > 0 {
		full = int(float64(width) * min(1, float64(at)/float64(of)))
	}
	return "▕" + strings.Repeat("█", full) + strings.Repeat(" ", width-full) + "▏"
}
