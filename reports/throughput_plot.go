package reports

import (
	"html/template"

	"github.com/wavetank/wavetank/internal/measure"
)

// throughputPlot draws what was planned, offered, acknowledged and refused a second, by the second each record was due.
func (r *Report) throughputPlot() template.HTML {
	t := r.timeline(maxBins)
	plan := t.rates(r.Run.FindCounters("put.due", nil))
	offered, acked := t.rates(r.Run.FindCounters("put.offered", nil)), t.rates(r.Run.FindCounters("put.acked", nil))
	refused, names := r.refusedByLimit(&t, "put.throttled")
	panels := 1
	if len(names) > 0 {
		panels = 2
	}
	const top, tall, gap = 14.0, 150.0, 26.0
	height := top + float64(panels)*(tall+gap) + 14
	s := newSVG(plotWidth, height, "throughput", "Throughput over time",
		"Records per second by the second they were due: the plan as a dashed line, offered as a line, acknowledged as an area; below, refused attempts by limit.")
	y, ticks := linear(highest(plan, offered, acked), 4, top+tall, top)
	t.frame(r, s, top, top+tall)
	gridRates(s, y, ticks)
	base := same(len(acked), y.from)
	s.path(stepArea(t.edges, scaled(y, acked), base), "area c0", "acknowledged")
	s.path(steps(t.edges, scaled(y, offered)), "line ink", "offered")
	s.path(steps(t.edges, scaled(y, plan)), "line plan", "plan")
	legend(s, top, [][2]string{{"line plan", "plan"}, {"line ink", "offered in time"}, {"area c0", "acknowledged"}}, "records/s")
	if panels == 2 {
		r.refusedPanel(s, &t, refused, names, top+tall+gap, tall)
	}
	t.axis(s, height-gap-14)
	return s.done()
}

// refusedPanel stacks refused attempts by limit.
func (r *Report) refusedPanel(s *svg, t *timeline, refused [][]float64, names []string, top, tall float64) {
	stack := stacked(refused)
	y, ticks := linear(highest(stack[len(stack)-1]), 4, top+tall, top)
	t.frame(r, s, top, top+tall)
	gridRates(s, y, ticks)
	var entries [][2]string
	for i, name := range names {
		s.path(stepArea(t.edges, scaled(y, stack[i+1]), scaled(y, stack[i])), "area "+limitClass(name), "refused by "+limitNoun(name))
		entries = append(entries, [2]string{"area " + limitClass(name), "by " + limitNoun(name)})
	}
	legend(s, top, entries, "refused attempts/s")
}

// refusedByLimit are refusals a second in each bin, by limit, in the order of limitOrder.
func (r *Report) refusedByLimit(t *timeline, counter string) (rates [][]float64, names []string) {
	for _, limit := range limitOrder {
		found := r.Run.FindCounters(counter, measure.Tags{"limit": limit})
		if sum(found, ever) == 0 {
			continue
		}
		rates, names = append(rates, t.rates(found)), append(names, limit)
	}
	return rates, names
}

// limitOrder is the order in which refusals are stacked.
var limitOrder = []string{"records", "bytes", "injected", "internal", "unknown"}

func limitClass(limit string) string { return "l-" + limit }

func limitNoun(limit string) string {
	switch limit {
	case "records", "bytes":
		return "the " + limit + " limit"
	case "injected":
		return "a fault of the scenario"
	case "internal":
		return "an internal failure"
	}
	return "a limit not named"
}
