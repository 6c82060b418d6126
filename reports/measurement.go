package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// Measurement is the distribution of one measurement over the measured seconds. Percentiles rank the values and, beyond
// them, the censored; null is such a rank, or no value at all.
type Measurement struct {
	Name      string            `json:"name"`
	Tags      map[string]string `json:"tags"` // empty: the whole run
	Unit      string            `json:"unit"`
	Count     int64             `json:"count"`    // values
	Units     int64             `json:"units"`    // requests, invocations or objects they came in
	Censored  int64             `json:"censored"` // records that were due and have no value
	Min       *int64            `json:"min"`      // of the values, exact
	Mean      *int64            `json:"mean"`     // of the values, exact
	P50       *int64            `json:"p50"`
	P90       *int64            `json:"p90"`
	P99       *int64            `json:"p99"`
	P999      *int64            `json:"p99.9"`
	Max       *int64            `json:"max"`                 // of the values, exact
	Overflow  int64             `json:"overflow"`            // values over what a histogram holds; they rank highest
	Underflow int64             `json:"underflow"`           // values below 0: two clocks disagree; they rank lowest
	Thin      []string          `json:"thin"`                // percentiles that rest on fewer than 10/(1−q) units
	NotJudged string            `json:"notJudged,omitempty"` // why objectives on it are null though it was measured

	series []*measure.SeriesData
	noun   string // what its units are
}

// Quantiles of the tables.
var quantiles = []struct {
	name string
	q    float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}

// measurement combines series over the measured seconds.
func (r *Report) measurement(name string, tags measure.Tags, series []*measure.SeriesData) Measurement {
	m := combine(series, r.measured)
	out := Measurement{
		Name: name, Tags: plainTags(tags), Unit: series[0].Unit, Count: m.Count(), Units: m.Units, Censored: m.Censored,
		Overflow: m.Overflow(), Underflow: m.Underflow(), Thin: []string{}, series: series, noun: r.unitNoun(name),
	}
	out.NotJudged, _ = r.Run.Header.Unknown(name)
	if out.Count > 0 {
		low, high, mean := m.Min(), m.Max(), int64(math.Round(m.Mean()))
		out.Min, out.Max, out.Mean = &low, &high, &mean
	}
	for i, into := range []**int64{&out.P50, &out.P90, &out.P99, &out.P999} {
		q := quantiles[i]
		if v, beyond := m.Quantile(q.q); !beyond && out.Count > 0 {
			*into = &v
		}
		if m.Thin(q.q) && out.Count > 0 {
			out.Thin = append(out.Thin, q.name)
		}
	}
	return out
}

// Quantile is a quantile of a measurement of the whole run, over its measured seconds. ok is false where there is none, or it ranks
// among records that never came.
func (r *Report) Quantile(name string, q float64) (ns int64, ok bool) {
	at := slices.IndexFunc(r.Measurements, func(m Measurement) bool { return m.Name == name && len(m.Tags) == 0 })
	if at < 0 || r.Measurements[at].Count == 0 {
		return 0, false
	}
	m := combine(r.Measurements[at].series, r.measured)
	ns, beyond := m.Quantile(q)
	return ns, !beyond
}

// percentiles are the values of quantiles, in their order.
func (m *Measurement) percentiles() []*int64 { return []*int64{m.P50, m.P90, m.P99, m.P999} }

// thin tells whether a percentile rests on too few units.
func (m *Measurement) thin(name string) bool { return slices.Contains(m.Thin, name) }

// text is a percentile for a table: 24.3 ms, ~24.3 ms where thin, > all where it ranks among records that never came.
func (m *Measurement) text(i int) string {
	v := m.percentiles()[i]
	switch {
	case v == nil && m.Count+m.Censored == 0:
		return "–"
	case v == nil:
		return beyondText
	case m.thin(quantiles[i].name):
		return "~" + formatDuration(float64(*v))
	}
	return formatDuration(float64(*v))
}

// maxText is the highest value for a table.
func (m *Measurement) maxText() string {
	if m.Max == nil {
		return "–"
	}
	return formatDuration(float64(*m.Max))
}

// neverText is how many records never came; empty for none.
func (m *Measurement) neverText() string {
	if m.Censored == 0 {
		return ""
	}
	return formatCount(m.Censored)
}

// remark is what a reader must know beside the numbers: thin percentiles, values of two clocks.
func (m *Measurement) remark() string {
	var parts []string
	if len(m.Thin) > 0 {
		parts = append(parts, "thin: "+plural(m.Units, m.noun))
	}
	if m.Underflow > 0 {
		parts = append(parts, formatCount(m.Underflow)+" below 0")
	}
	if m.Overflow > 0 {
		parts = append(parts, formatCount(m.Overflow)+" over a year")
	}
	if m.NotJudged != "" {
		parts = append(parts, "shown, not judged")
	}
	return strings.Join(parts, ", ")
}

// unitNoun is what the values of a measurement come in.
func (r *Report) unitNoun(name string) string {
	deliveryStream := "" // every one
	for _, s := range r.sinks() {
		if name == s.endToEnd() {
			name, deliveryStream = s.own, s.tags["deliveryStream"]
		}
	}
	family, _, _ := strings.Cut(name, ".")
	switch {
	case family == "lambda":
		return "invocation"
	case name == "firehose.freshness":
		return "sample"
	case family == "firehose":
		return r.deliveryNoun(deliveryStream)
	case family == "stream":
		return "read"
	}
	return "request"
}

// deliveryNoun is what a delivery stream delivers in; "" is all of them together.
func (r *Report) deliveryNoun(deliveryStream string) string {
	objects, requests := false, false
	for name, d := range r.Scenario.Pipeline.DeliveryStreams {
		if deliveryStream == "" || name == deliveryStream {
			objects, requests = objects || d.HTTP == nil, requests || d.HTTP != nil
		}
	}
	switch {
	case objects && requests:
		return "unit"
	case requests:
		return "request"
	}
	return "object"
}

// measurements are all of the run: for each name the whole run, then each of its tagged series.
func (r *Report) measurements() []Measurement {
	var all []Measurement
	for _, name := range r.names() {
		series := r.Run.Find(name, nil)
		all = append(all, r.measurement(name, nil, series))
		for _, d := range series {
			if len(d.Tags) > 0 {
				all = append(all, r.measurement(name, d.Tags, []*measure.SeriesData{d}))
			}
		}
	}
	return all
}

// names are the run's measurements, in the order of a record's life, the sinks' end_to_end last. What the target cannot tell
// is among them only where it was measured all the same.
func (r *Report) names() []string {
	order := map[string]int{}
	for i, name := range scenarios.MeasurementNames() {
		order[name] = i + 1
	}
	var names []string
	for _, d := range r.Run.Series {
		if slices.Contains(names, d.Name) {
			continue
		}
		if r.Run.Header.Shown(d.Name) {
			names = append(names, d.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := order[a], order[b]
		if x == 0 {
			x = len(order) + 1
		}
		if y == 0 {
			y = len(order) + 1
		}
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	})
	return names
}

// tagText writes tags as {a=1,b=2}; no tags give the empty string.
func tagText(tags map[string]string) string { return measure.Tags(tags).String() }

// plainTags are tags that are never nil, for JSON.
func plainTags(tags measure.Tags) map[string]string {
	plain := make(map[string]string, len(tags))
	for k, v := range tags {
		plain[k] = v
	}
	return plain
}
