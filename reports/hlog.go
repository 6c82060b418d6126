package reports

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/wavetank/wavetank/internal/measure"
)

// maxIntervals bounds the lines of one tag: a second each in a short run, several seconds merged in a long one.
const maxIntervals = 120

// WriteHistogramLog writes histograms.hlog, an HdrHistogram log of version 1.3: one tag for each series, one line for each
// interval of due seconds that has a value, warm-up included. Values are nanoseconds, the maximum of a line is in ms, as
// HdrHistogram's own tools expect. Censored records, overflow and underflow have no place in the format; a comment in
// front of each tag counts them.
func (r *Report) WriteHistogramLog(w io.Writer) error {
	log := hdrhistogram.NewHistogramLogWriter(w)
	start := r.startMillis()
	base := start / 1000 * 1000 // the log's header holds whole seconds
	log.SetBaseTime(base)
	for _, header := range []func() error{
		log.OutputLogFormatVersion,
		func() error {
			return log.OutputComment("[" + r.Run.Header.Tool + ", scenario " + oneLine(r.Run.Header.Scenario) + "]")
		},
		func() error { return log.OutputBaseTime(base) },
		func() error { return log.OutputStartTime(base) },
		log.OutputLegend,
	} {
		if err := header(); err != nil {
			return fmt.Errorf("write histogram log: %w", err)
		}
	}
	for _, d := range r.Run.Series {
		if err := logSeries(log, d, start); err != nil {
			return fmt.Errorf("write histogram log: %s: %w", d.Name, err)
		}
	}
	return nil
}

func logSeries(log *hdrhistogram.HistogramLogWriter, d *measure.SeriesData, start int64) error {
	first, last, ok := d.Span()
	if !ok {
		return nil
	}
	all := combine([]*measure.SeriesData{d}, span{first, last + 1})
	tag := logTag(d.Name, d.Tags)
	if lost := all.Censored + all.Overflow() + all.Underflow(); lost > 0 {
		comment := fmt.Sprintf("[Not in %s: %d censored, %d overflow, %d underflow]", tag, all.Censored, all.Overflow(), all.Underflow())
		if err := log.OutputComment(comment); err != nil {
			return err
		}
	}
	for _, interval := range (span{first, last + 1}).split(maxIntervals) {
		h := d.Histogram(interval.from, interval.to)
		if h.Count() == h.Overflow()+h.Underflow() {
			continue
		}
		hdr := h.HDR()
		hdr.SetTag(tag)
		hdr.SetStartTimeMs(start + int64(interval.from)*1000)
		hdr.SetEndTimeMs(start + int64(interval.to)*1000)
		if err := log.OutputIntervalHistogram(hdr); err != nil {
			return err
		}
	}
	return nil
}

// startMillis is when the load started, in milliseconds since the epoch; 0 in virtual time.
func (r *Report) startMillis() int64 {
	t, err := time.Parse(time.RFC3339Nano, r.Run.Header.Started)
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}

// logTag is a series as a tag of the log, which must hold no comma, space or line break: put.latency{stream=clicks}.
func logTag(name string, tags measure.Tags) string {
	text := strings.ReplaceAll(name+tags.String(), ",", ";")
	return strings.Map(func(c rune) rune {
		if c <= ' ' {
			return '_'
		}
		return c
	}, text)
}

// oneLine keeps a text from ending a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
