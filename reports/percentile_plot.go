package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"

	"github.com/wavetank/wavetank/internal/measure"
)

// The drawings' common width, and the room beside them for labels.
const (
	plotWidth  = 1040.0
	plotLeft   = 62.0
	plotRight  = 846.0
	labelLeft  = plotRight + 10
	lineHeight = 15.0
)

// nines is a quantile's place on an axis on which each further nine has the same length.
func nines(q float64) float64 { return -math.Log10(1 - q) }

// curve is one measurement in the percentile plot.
type curve struct {
	name   string // of the measurement
	tags   measure.Tags
	label  string
	class  string // its colour
	series []*measure.SeriesData
	m      *measure.Measurement // of the measured seconds
	end    float64              // nines of the last record
	solid  float64              // nines up to which there are enough units
	value  float64              // at the end of what is drawn
}

// percentilePlot draws latencies by percentile on a nines axis: put, each sink's latency and each sink's end to end. A
// curve is dashed where it rests on few requests, and leaves through the top where records never came.
func (r *Report) percentilePlot() template.HTML {
	curves := r.curves()
	if len(curves) == 0 {
		return ""
	}
	const height, top, bottom = 420.0, 30.0, 376.0
	last := 2.0
	low, high := math.Inf(1), 0.0
	for _, c := range curves {
		last = max(last, c.end)
		if v, beyond := c.m.Quantile(0.02); !beyond {
			low, high = min(low, float64(max(v, 1))), max(high, float64(c.m.Max()))
		}
	}
	if math.IsInf(low, 1) {
		return ""
	}
	for i := range r.Objectives {
		if o := &r.Objectives[i]; o.Unit == "ns" && curveOf(curves, o) != nil {
			high = max(high, o.Limit)
		}
	}
	x := scale{0, last, plotLeft, plotRight, false}
	y, ticks := logarithmic(low, high, bottom, top)
	s := newSVG(plotWidth, height, "percentiles", "Latency by percentile",
		"One curve for each measurement; the horizontal axis gives each further nine of the percentile the same length, the vertical axis is logarithmic.")
	for _, v := range ticks {
		s.line(plotLeft, y.at(v), plotRight, y.at(v), "grid")
		s.text(plotLeft-8, y.at(v)+4, atEnd, "", plainZeros(formatDuration(v)))
	}
	for _, q := range []float64{0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999} {
		if at := nines(q); at <= last+1e-9 {
			s.line(x.at(at), top, x.at(at), bottom, "grid")
			s.text(x.at(at), bottom+18, atMiddle, "", "p"+plainZeros(fmt.Sprintf("%.4f", q*100)))
		}
	}
	s.text(plotRight, bottom+36, atEnd, "dim", "percentile, each further nine of the same length →")
	drawGone(s, curves, x, top, bottom)
	for _, c := range curves {
		c.draw(s, x, y, top)
	}
	r.drawLimits(s, curves, x, y)
	labelCurves(s, curves, y, top, bottom)
	return s.done()
}

// curves are what the plot shows, with a colour each; a sink's two curves share theirs.
func (r *Report) curves() []*curve {
	var all []*curve
	add := func(name string, tags measure.Tags, class string) {
		series := r.Run.Find(name, tags)
		m := combine(series, r.measured)
		n := m.Count() + m.Censored
		if n < 2 {
			return
		}
		c := &curve{
			name: name, tags: tags, label: name, class: class, series: series, m: m,
			end: math.Log10(float64(n)), solid: math.Log10(float64(max(m.Units, 1)) / 10),
		}
		if len(series) < len(r.Run.Find(name, nil)) {
			for _, owner := range tags {
				c.label += " · " + owner
			}
		}
		all = append(all, c)
	}
	add("put.latency", nil, "c0")
	for i, s := range r.sinks() {
		class := fmt.Sprintf("c%d", min(i+1, 5))
		add(s.own, s.tags, class)
		add(s.endToEnd(), nil, class+" faint")
	}
	return all
}

// curveOf is the curve that an objective is about; nil where none is drawn, or one of more than the objective speaks of.
func curveOf(curves []*curve, o *Objective) *curve {
	i := slices.IndexFunc(curves, func(c *curve) bool {
		return c.name == o.objective.Name && c.tags.Has(o.objective.Tags)
	})
	if i < 0 {
		return nil
	}
	return curves[i]
}

// draw follows the quantiles in small steps. Where they rank among records that never came, the curve goes straight up.
func (c *curve) draw(s *svg, x, y scale, top float64) {
	var solid, thin polyline
	at, before, last := 0.0, math.NaN(), 0.0
	for ; ; last, at = at, at+curveStep(at) {
		at = min(at, c.end)
		v, beyond := c.m.Quantile(1 - math.Pow(10, -at))
		if beyond {
			break
		}
		c.value = float64(v)
		py := y.within(max(float64(v), 1))
		switch {
		case at <= c.solid:
			solid.to(x.at(at), py)
		case !thin.down && !math.IsNaN(before): // goes on where the solid one ends
			thin.to(x.at(last), before)
			thin.to(x.at(at), py)
		default:
			thin.to(x.at(at), py)
		}
		before = py
		if at >= c.end {
			break
		}
	}
	s.path(solid.String(), "curve "+c.class, c.label)
	s.path(thin.String(), "curve thin "+c.class, c.label+": few requests, invocations or objects this far out")
	if c.m.Censored > 0 && !math.IsNaN(before) {
		s.line(x.at(at), before, x.at(at), top-8, "curve gone "+c.class)
		s.path(fmt.Sprintf("M%s %sl-4 8h8z", px(x.at(at)), px(top-14)), "arrow "+c.class,
			fmt.Sprintf("%s: %s of the records never came", c.label, formatShare(c.never())))
	}
	for _, q := range quantiles {
		if v, beyond := c.m.Quantile(q.q); !beyond && nines(q.q) <= c.end {
			s.circle(x.at(nines(q.q)), y.within(max(float64(v), 1)), 2.6, "dot "+c.class, c.label+" "+q.name+" "+formatDuration(float64(v)))
		}
	}
}

// curveStep is the distance of points of a curve: short where it is steep.
func curveStep(at float64) float64 {
	if at < 0.3 {
		return 0.01
	}
	return 0.03
}

// never is the share of a curve's records that never came.
func (c *curve) never() float64 {
	return float64(c.m.Censored) / float64(max(c.m.Count()+c.m.Censored, 1))
}

// drawGone shades the percentiles that rank among records that never came, of the first curve that has some: the put's,
// or else a sink's.
func drawGone(s *svg, curves []*curve, x scale, top, bottom float64) {
	i := slices.IndexFunc(curves, func(c *curve) bool { return c.m.Censored > 0 })
	if i < 0 {
		return
	}
	share := curves[i].never()
	from := x.within(nines(1 - share))
	s.rect(from, top, plotRight-from, bottom-top, "lost", "")
	text := curves[i].label + ": " + formatShare(share) + " of the records never came and rank here"
	if plotRight-from > 300 {
		s.text((from+plotRight)/2, bottom-12, atMiddle, "bad", text)
	} else {
		s.text(min(from-8, plotRight-8), bottom-12, atEnd, "bad", text)
	}
}

// drawLimits marks each objective on a percentile where its curve must pass below.
func (r *Report) drawLimits(s *svg, curves []*curve, x, y scale) {
	for i := range r.Objectives {
		o := &r.Objectives[i]
		q, ok := o.objective.Quantile()
		c := curveOf(curves, o)
		if !ok || c == nil || nines(q) > x.high {
			continue
		}
		px0, py := x.at(nines(q)), y.within(o.Limit)
		class := "limit " + c.class
		switch r.standing(o) {
		case broken:
			class = "limit broken"
		case unjudged:
			class = "limit unjudged"
		}
		s.path(fmt.Sprintf("M%s %sh18m-9 0v-6", px(px0-9), px(py)), class, "objective: "+o.Text)
		s.text(px0, py-9, atMiddle, "dim small", o.limitText())
	}
}

// labelCurves writes the names at the curves' ends, apart from each other.
func labelCurves(s *svg, curves []*curve, y scale, top, bottom float64) {
	order := slices.Clone(curves)
	slices.SortStableFunc(order, func(a, b *curve) int { return cmp.Compare(b.height(), a.height()) })
	places := make([]float64, len(order))
	for i, c := range order {
		places[i] = top
		if c.m.Censored == 0 {
			places[i] = y.within(max(c.value, 1))
		}
	}
	for i, place := range spread(places, lineHeight, top, bottom) {
		s.text(labelLeft, place+4, atStart, "label "+order[i].class, clip(order[i].label, 26))
	}
}

// height is where a curve ends; one that leaves through the top is highest.
func (c *curve) height() float64 {
	if c.m.Censored > 0 {
		return math.Inf(1)
	}
	return c.value
}

// clip shortens a name that has no room: its end tells more than its middle.
func clip(name string, n int) string {
	if r := []rune(name); len(r) > n {
		return string(r[:n/3]) + "…" + string(r[len(r)-(n-n/3-1):])
	}
	return name
}
