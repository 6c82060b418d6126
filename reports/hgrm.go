package reports

import (
	"fmt"
	"io"
	"strings"
)

// The standard layout of a percentile file: five lines for each halving of the distance to 100 %, values in ms.
const (
	ticksPerHalf = 5
	nanosPerUnit = 1e6
)

// WritePercentiles writes one .hgrm file into dir for each measurement of the whole run, such as put.latency.hgrm, which
// HdrHistogram's plotter reads. It is about the measured seconds and about the values: records that never came are told in
// a comment at the end.
func (r *Report) WritePercentiles(dir string) error {
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if len(m.Tags) > 0 || m.Count == m.Overflow+m.Underflow {
			continue
		}
		err := writeFile(dir, fileName(m.Name)+".hgrm", func(w io.Writer) error { return r.writePercentiles(w, m) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) writePercentiles(w io.Writer, m *Measurement) error {
	h := combine(m.series, r.measured).HDR()
	if _, err := h.PercentilesPrint(w, ticksPerHalf, nanosPerUnit); err != nil {
		return err
	}
	if m.Censored+m.Overflow+m.Underflow == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "#[Censored = %11d, Overflow       = %12d]\n#[Underflow = %10d]\n", m.Censored, m.Overflow, m.Underflow)
	return err
}

// fileName is a measurement's name without what a file name cannot hold. Sinks' names are AWS's, which may.
func fileName(name string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			return c
		}
		return '_'
	}, name)
}
