package reports

import (
	"math"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// gauge reads what an objective is about.
type gauge interface {
	// read is its value over some spans together.
	read(spans ...span) reading
	// worst is its worst window within a span. Length is that of every window in seconds; 0 leaves it to the gauge.
	worst(within span, length int) (Window, bool)
	// parts are the single streams, functions, shards or sinks it is put together from; a window's worst one is named.
	parts() []part
}

// reading is a value in the objective's unit.
type reading struct {
	value float64 // +Inf where it ranks among records that never came
	empty bool    // nothing was due: there is no value
	units int64   // requests, invocations or objects; 0 where there is no such thing
	never float64 // the share of records that never came
}

type part struct {
	tags map[string]string
	read func(spans ...span) reading
}

// Window is a stretch of the run and what an objective's subject came to in it.
type Window struct {
	Value   *float64          `json:"value"`          // in the objective's unit; null ranks among records that never came
	At      float64           `json:"at"`             // seconds since the start of the load
	Seconds int               `json:"seconds"`        // its length
	Tags    map[string]string `json:"tags"`           // the stream, function, shard or sink that was worst in it
	Thin    bool              `json:"thin,omitempty"` // too few requests, invocations or objects to be more than an anecdote
}

func (w *Window) span() span { return span{int(w.At), int(w.At) + w.Seconds} }

// gauge is how an objective is read; reason tells why it cannot be.
func (r *Report) gauge(o scenarios.Objective) (g gauge, reason string) {
	if reason, unknown := r.Run.Header.Unknown(o.Name); unknown {
		return nil, reason
	}
	if of := o.Of(); of != "" {
		if reason, unknown := r.Run.Header.Unknown(of); unknown {
			return nil, reason
		}
	}
	switch {
	case o.Unit == scenarios.UnitNanoseconds:
		return r.stageGauge(o)
	case o.Name == "goodput":
		return r.goodputGauge(o)
	case isIntegrity(o.Name):
		return r.ledgerGauge(o)
	}
	return r.counterGauge(o), ""
}

// lowestIsWorst tells which end of a value breaks an objective.
func lowestIsWorst(o scenarios.Objective) bool { return o.Op == ">" || o.Op == ">=" }

// finite is a value for JSON: null where it is beyond.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// stageGauge reads one statistic of a measurement.
type stageGauge struct {
	objective scenarios.Objective
	series    []*measure.SeriesData
	q         float64 // of a percentile
	need      int64   // units that make the statistic more than an anecdote
}

func (r *Report) stageGauge(o scenarios.Objective) (gauge, string) {
	g := &stageGauge{objective: o, series: r.Run.Find(o.Name, o.Tags), need: 1}
	q, isQuantile := o.Quantile()
	switch {
	case isQuantile:
		g.q, g.need = q, measure.EnoughUnits(q)
	case o.Stat == "mean":
		g.need = measure.EnoughUnits(0)
	}
	if m := combine(g.series, r.measured); m.Count()+m.Censored == 0 {
		return nil, "no value of it was measured"
	}
	return g, ""
}

func (g *stageGauge) read(spans ...span) reading { return g.readOf(g.series, spans...) }

func (g *stageGauge) readOf(series []*measure.SeriesData, spans ...span) reading {
	m := combine(series, spans...)
	n := m.Count() + m.Censored
	if n == 0 {
		return reading{empty: true}
	}
	r := reading{units: m.Units, never: float64(m.Censored+m.Overflow()) / float64(n)}
	v, beyond := g.stat(m)
	if r.value = float64(v); beyond {
		r.value = math.Inf(1)
	}
	return r
}

// stat is the objective's. The mean and the maximum of records of which some never came are beyond.
func (g *stageGauge) stat(m *measure.Measurement) (value int64, beyond bool) {
	switch g.objective.Stat {
	case "min":
		return m.Min(), m.Count() == 0
	case "mean":
		return int64(math.Round(m.Mean())), m.Censored > 0
	case "max":
		return m.Max(), m.Censored > 0
	}
	return m.Quantile(g.q)
}

func (g *stageGauge) worst(within span, length int) (Window, bool) {
	scan := measure.Scan{From: within.from, To: within.to, Length: length, Units: g.need, Lowest: lowestIsWorst(g.objective)}
	found, ok := measure.Worst(g.series, scan, g.stat)
	if !ok && length == 0 { // nowhere enough units in a minute: the longest windows there are, marked thin
		scan.Length = measure.MaxWindow
		found, ok = measure.Worst(g.series, scan, g.stat)
	}
	if !ok {
		return Window{}, false
	}
	w := Window{At: float64(found.At), Seconds: found.Length}
	if !found.Beyond {
		w.Value = finite(float64(found.Value))
	}
	w.Thin = combine(g.series, w.span()).Units < g.need
	return w, true
}

func (g *stageGauge) parts() []part {
	var all []part
	for _, d := range g.series {
		one := []*measure.SeriesData{d}
		all = append(all, part{d.Tags, func(spans ...span) reading { return g.readOf(one, spans...) }})
	}
	return all
}
