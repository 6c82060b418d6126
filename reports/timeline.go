package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/internal/measure"
)

// maxBins bounds the intervals of a drawing over time: single seconds in a short run, several merged in a long one.
const maxBins = 240

// timeline is the shared horizontal axis of the panels over time: the whole load by due second, warm-up included.
type timeline struct {
	bins  []span
	edges []float64 // coordinates, one more than bins
	x     scale     // seconds
}

func (r *Report) timeline(bins int) timeline {
	whole := span{0, max(r.measured.to, 1)}
	t := timeline{bins: whole.split(bins), x: scale{0, float64(whole.to), plotLeft, plotRight, false}}
	for _, b := range t.bins {
		t.edges = append(t.edges, t.x.at(float64(b.from)))
	}
	t.edges = append(t.edges, t.x.to)
	return t
}

// width is how many seconds a bin of the timeline holds.
func (t *timeline) width() int { return t.bins[0].seconds() }

// rates are a counter's records per second in each bin.
func (t *timeline) rates(counters []*measure.CounterData) []float64 {
	values := make([]float64, len(t.bins))
	for i, b := range t.bins {
		values[i] = float64(sum(counters, b)) / float64(b.seconds())
	}
	return values
}

// quantiles are percentiles of each bin: NaN where nothing was due, +Inf where it ranks among records that never came.
func (t *timeline) quantiles(series []*measure.SeriesData, qs ...float64) [][]float64 {
	lines := make([][]float64, len(qs))
	for i := range lines {
		lines[i] = make([]float64, len(t.bins))
	}
	for i, b := range t.bins {
		m := combine(series, b)
		for k, q := range qs {
			v, beyond := m.Quantile(q)
			switch {
			case m.Count()+m.Censored == 0:
				lines[k][i] = math.NaN()
			case beyond:
				lines[k][i] = math.Inf(1)
			default:
				lines[k][i] = float64(v)
			}
		}
	}
	return lines
}

// frame draws what every panel over time has: the warm-up, the faults and late seconds as shades, and lines for reshards and
// the ticks.
func (t *timeline) frame(r *Report, s *svg, top, bottom float64) {
	if r.measured.from > 0 {
		s.rect(plotLeft, top, t.x.within(float64(r.measured.from))-plotLeft, bottom-top, "shade", "warm-up: in no table and no objective")
	}
	for i := range r.Scenario.Faults {
		f := &r.Scenario.Faults[i]
		from, to := t.x.within(f.At.Std().Seconds()), t.x.within((f.At + f.For).Std().Seconds())
		s.rect(from, top, to-from, bottom-top, "fault", "fault of the scenario: "+r.faultText(i))
	}
	for _, c := range r.Scenario.Reshards {
		x := px(t.x.within(c.At.Std().Seconds()))
		s.path("M"+x+" "+px(top)+"V"+px(bottom), "plan", fmt.Sprintf("reshard of the scenario: %s to %d shards", c.Stream, c.ShardCount))
	}
	for _, second := range r.late {
		s.rect(t.x.at(float64(second)), top, max(t.x.at(float64(second+1))-t.x.at(float64(second)), 1), bottom-top, "lateness", "the harness itself was late")
	}
	step := secondsStep(t.x.high, 12)
	for at := 0; float64(at) <= t.x.high; at += step {
		s.line(t.x.at(float64(at)), top, t.x.at(float64(at)), bottom, "grid")
	}
}

// axis writes the ticks' times below the last panel.
func (t *timeline) axis(s *svg, y float64) {
	step := secondsStep(t.x.high, 12)
	for at := 0; float64(at) <= t.x.high; at += step {
		s.text(t.x.at(float64(at)), y+16, atMiddle, "", formatClock(at))
	}
}

// mostFaults is how many faults a sentence names.
const mostFaults = 8

// faults says what of the run was on purpose; "" where nothing was.
func (r *Report) faults() string {
	all := r.Scenario.Faults
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[a].At, all[b].At) })
	var words []string
	for _, i := range order[:min(len(order), mostFaults)] {
		words = append(words, r.faultText(i)+" from "+all[i].At.String())
	}
	switch n := len(all) - len(words); {
	case len(all) == 0:
		return ""
	case n > 0:
		words = append(words, fmt.Sprintf("and %d more", n))
	}
	return "faults of the scenario, since the start of the load: " + strings.Join(words, ", ")
}

func (r *Report) faultText(i int) string {
	f := &r.Scenario.Faults[i]
	kind := "stall"
	switch {
	case f.Stall != nil && f.Stall.ShardID != "":
		kind = "stall of " + f.Stall.ShardID
	case f.Throttle != nil:
		kind = "throttle"
	case f.Latency != nil:
		kind = "latency"
	case f.Error != nil:
		kind = "error " + f.Error.Code
	case f.Cut != nil:
		kind = "cut"
	}
	return kind + " for " + f.For.String()
}
