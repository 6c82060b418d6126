package reports

import (
	"html/template"
	"math"
	"strings"
)

// latencyPlot draws p50 and p99 of each interval, one panel for each measurement that a person asks for first.
func (r *Report) latencyPlot() template.HTML {
	curves := r.curves()
	var shown []*curve
	for _, c := range curves {
		if !strings.Contains(c.class, "faint") && len(shown) < 6 {
			shown = append(shown, c)
		}
	}
	if len(shown) == 0 {
		return ""
	}
	const top, tall, gap = 22.0, 84.0, 34.0
	height := top + float64(len(shown))*(tall+gap)
	s := newSVG(plotWidth, height, "latency", "Latency over time",
		"One panel for each measurement, by the second each record was due: the band reaches from the median to the 99th percentile.")
	t := r.timeline(maxBins)
	for i, c := range shown {
		r.latencyPanel(s, &t, c, top+float64(i)*(tall+gap), tall)
	}
	t.axis(s, height-gap)
	return s.done()
}

func (r *Report) latencyPanel(s *svg, t *timeline, c *curve, top, tall float64) {
	lines := t.quantiles(c.series, 0.5, 0.99)
	high := highest(lines...)
	limit, text := r.upperLimit(c.name)
	if limit > 0 && limit < 1.6*high {
		high = max(high, limit)
	}
	y, ticks := linear(high/1e6, 3, top+tall, top) // in ms: its steps are round in the unit that is read
	y.low, y.high = y.low*1e6, y.high*1e6
	t.frame(r, s, top, top+tall)
	for _, v := range ticks {
		s.line(plotLeft, y.at(v*1e6), plotRight, y.at(v*1e6), "grid")
		s.text(plotLeft-8, y.at(v*1e6)+4, atEnd, "", plainZeros(formatDuration(v*1e6)))
	}
	s.text(plotLeft, top-7, atStart, "label "+c.class, c.label)
	t.drawGone(s, lines, top, tall)
	s.path(stepArea(t.edges, scaled(y, lines[1]), scaled(y, lines[0])), "band "+c.class, c.label+", from p50 to p99")
	p50, p99 := scaled(y, told(lines[0])), scaled(y, told(lines[1]))
	s.path(steps(t.edges, p99), "line "+c.class, c.label+" p99")
	s.path(steps(t.edges, p50), "line thick "+c.class, c.label+" p50")
	labels := []float64{lastOf(p99, top+6), lastOf(p50, top+6)}
	for i, at := range spread(labels, lineHeight, top+6, top+tall) {
		s.text(labelLeft, at+4, atStart, "label "+c.class, []string{"p99", "p50"}[i])
	}
	if limit > 0 && limit <= y.high {
		s.line(plotLeft, y.at(limit), plotRight, y.at(limit), "goal")
		s.text(labelLeft+34, y.at(limit)+4, atStart, "dim", text)
	} else if limit > 0 {
		s.text(plotRight, top-7, atEnd, "dim", "objective "+text+", above this panel")
	}
}

// drawGone marks the intervals whose percentiles rank among records that never came: an edge at the top for p99, the whole
// height for p50.
func (t *timeline) drawGone(s *svg, lines [][]float64, top, tall float64) {
	for k, line := range lines {
		for i := 0; i < len(line); i++ {
			if !math.IsInf(line[i], 1) {
				continue
			}
			first := i
			for i+1 < len(line) && math.IsInf(line[i+1], 1) {
				i++
			}
			in := span{t.bins[first].from, t.bins[i].to}
			if k == 0 {
				s.rect(t.edges[first], top, t.edges[i+1]-t.edges[first], tall, "lost", formatSpan(in)+": half of the records or more never came")
			} else {
				s.rect(t.edges[first], top-3, t.edges[i+1]-t.edges[first], 3, "beyond", formatSpan(in)+": p99 ranks among records that never came")
			}
		}
	}
}

// told are the values of a line with a gap where they rank among records that never came.
func told(line []float64) []float64 {
	out := make([]float64, len(line))
	for i, v := range line {
		if out[i] = v; math.IsInf(v, 1) {
			out[i] = math.NaN()
		}
	}
	return out
}

// upperLimit is the lowest limit of the objectives on a measurement, and its text; 0 without one.
func (r *Report) upperLimit(name string) (limit float64, text string) {
	for i := range r.Objectives {
		o := &r.Objectives[i]
		upper := o.objective.Op == "<" || o.objective.Op == "<="
		if o.objective.Name == name && upper && (limit == 0 || o.Limit < limit) {
			limit, text = o.Limit, o.objective.Stat+" "+o.limitText()
		}
	}
	return limit, text
}
