package reports

import (
	"math"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// countGauge reads what can be counted in any second: counters, their shares, goodput. Its windows are single seconds
// where no length is asked for.
type countGauge struct {
	objective scenarios.Objective
	of        func(spans ...span) reading
	each      []part
}

func (g *countGauge) read(spans ...span) reading { return g.of(spans...) }
func (g *countGauge) parts() []part              { return g.each }

func (g *countGauge) worst(within span, length int) (Window, bool) {
	length = min(max(length, 1), within.seconds())
	var worst span
	var value float64
	found := false
	for at := within.from; at+length <= within.to; at++ {
		w := span{at, at + length}
		r := g.of(w)
		if r.empty || found && !g.worse(r.value, value) {
			continue
		}
		worst, value, found = w, r.value, true
	}
	return Window{Value: finite(value), At: float64(worst.from), Seconds: worst.seconds()}, found
}

// worse tells whether a is further on the wrong side than b.
func (g *countGauge) worse(a, b float64) bool {
	switch {
	case g.objective.Op == "==":
		return math.Abs(a-g.objective.Limit) > math.Abs(b-g.objective.Limit)
	case lowestIsWorst(g.objective):
		return a < b
	}
	return a > b
}

// counterGauge reads a counter, or its share of the counter it is a part of.
func (r *Report) counterGauge(o scenarios.Objective) *countGauge {
	of := o.Of()
	whole := r.Run.FindCounters(of, shared(o.Tags))
	reader := func(counters []*measure.CounterData) func(...span) reading {
		return func(spans ...span) reading {
			n := float64(sum(counters, spans...))
			if of == "" {
				return reading{value: n}
			}
			total := float64(sum(whole, spans...))
			if total == 0 {
				return reading{empty: true}
			}
			return reading{value: n / total}
		}
	}
	counters := r.Run.FindCounters(o.Name, o.Tags)
	g := &countGauge{objective: o, of: reader(counters)}
	for _, c := range counters {
		g.each = append(g.each, part{c.Tags, reader([]*measure.CounterData{c})})
	}
	return g
}

// shared are the tags that a counter has in common with the one it is a part of: a stream's refusals by one limit are a
// share of all its attempts.
func shared(tags map[string]string) measure.Tags {
	kept := measure.Tags{}
	for _, name := range []string{"stream", "deliveryStream"} {
		if v, ok := tags[name]; ok {
			kept[name] = v
		}
	}
	return kept
}

// goodputGauge reads how many distinct records a second come out of a sink within its objective's latency; of several
// sinks it is the lowest.
func (r *Report) goodputGauge(o scenarios.Objective) (gauge, string) {
	g := &countGauge{objective: o}
	for _, s := range r.sinks() {
		if !s.has(o.Tags) {
			continue
		}
		good := r.goodLatency(s)
		if reason, unknown := r.Run.Header.Unknown(good.name); unknown {
			return nil, reason
		}
		series := r.Run.Find(good.name, good.tags)
		g.each = append(g.each, part{map[string]string{"sink": s.name}, func(spans ...span) reading {
			return readGoodput(series, good.limit, spans)
		}})
	}
	if len(g.each) == 0 {
		return nil, "the pipeline has no such sink"
	}
	g.of = func(spans ...span) reading {
		lowest := g.each[0].read(spans...)
		for _, p := range g.each[1:] {
			if v := p.read(spans...); v.value < lowest.value {
				lowest = v
			}
		}
		return lowest
	}
	return g, ""
}

func readGoodput(series []*measure.SeriesData, limit int64, spans []span) reading {
	seconds := 0
	for _, s := range spans {
		seconds += s.seconds()
	}
	if seconds == 0 {
		return reading{empty: true}
	}
	return reading{value: float64(combine(series, spans...).AtMost(limit)) / float64(seconds)}
}

// good is the latency within which a record counts as good at a sink.
type good struct {
	name  string
	tags  measure.Tags
	limit int64
}

// goodLatency is the one of the first objective that bounds the sink's latency; without one, whatever came out is good.
func (r *Report) goodLatency(s sink) good {
	for _, o := range r.Scenario.Objectives {
		g := good{limit: int64(o.Limit)}
		switch {
		case o.Name == s.own && s.tags.Has(o.Tags):
			g.name, g.tags = s.own, s.tags
		case o.Name == s.endToEnd():
			g.name = o.Name
		default:
			continue
		}
		switch o.Op {
		case "<":
			g.limit--
			return g
		case "<=":
			return g
		}
	}
	return good{name: s.endToEnd(), limit: measure.Top}
}
