package reports

import (
	"math"
	"time"

	"github.com/wavetank/wavetank/scenarios"
)

// Objective is one claim of the scenario and what became of it.
type Objective struct {
	Text   string   `json:"text"`             // as written
	Holds  *bool    `json:"holds"`            // null: it cannot be told, Reason says why
	Reason string   `json:"reason,omitempty"` // why it cannot be told
	Unit   string   `json:"unit"`             // ns, ratio, count or records/s
	Value  *float64 `json:"value"`            // over the measured seconds, in Unit; null: not told, or beyond all that was measured
	Beyond bool     `json:"beyond,omitempty"` // the value ranks among records that never came
	Thin   bool     `json:"thin,omitempty"`   // the value rests on too few requests, invocations or objects
	Limit  float64  `json:"limit"`            // in Unit
	Never  float64  `json:"never,omitempty"`  // the share of records that never came
	Worst  *Window  `json:"worst"`            // the worst window; null where there is none
	Second *Window  `json:"second,omitempty"` // the worst single second, thin by nature, where Worst is longer
	Late   bool     `json:"late,omitempty"`   // broken only in seconds in which the harness itself was late
	Cause  *Cause   `json:"cause,omitempty"`  // of a broken objective

	objective scenarios.Objective
}

// broken tells whether the objective was told and does not hold.
func (o *Objective) broken() bool { return o.Holds != nil && !*o.Holds }

// judge evaluates one objective.
func (r *Report) judge(o scenarios.Objective) Objective {
	out := Objective{Text: o.Text, Unit: o.Unit, Limit: o.Limit, objective: o}
	if out.Text == "" {
		out.Text = o.String()
	}
	g, reason := r.gauge(o)
	if reason == "" {
		out.Reason = r.evaluate(g, &out)
	} else {
		out.Reason = reason
	}
	if out.broken() {
		out.Late = r.brokenOnlyLate(g, o)
		out.Cause = r.cause(&out)
	}
	return out
}

// evaluate fills in what an objective came to; the reason is why that cannot be told.
func (r *Report) evaluate(g gauge, out *Objective) (reason string) {
	o := out.objective
	v := g.read(r.measured)
	if v.empty {
		return "nothing was due in the measured seconds"
	}
	out.Value, out.Beyond, out.Never = finite(v.value), math.IsInf(v.value, 1), v.never
	if s, ok := g.(*stageGauge); ok {
		out.Thin = v.units < s.need && !out.Beyond
	}
	length := int(o.Over / time.Second)
	if w, ok := g.worst(r.measured, length); ok {
		w.Tags = worstPart(g, o, w.span())
		out.Worst = &w
		out.Second = r.worstSecond(g, out)
	}
	holds := o.Holds(v.value)
	if length > 0 && out.Worst != nil {
		holds = o.Holds(beyondOr(out.Worst.Value))
	}
	out.Holds = &holds
	return ""
}

func beyondOr(value *float64) float64 {
	if value == nil {
		return math.Inf(1)
	}
	return *value
}

// worstPart are the tags of the part that was worst in a span; of several that are beyond, the one of which most never
// came.
func worstPart(g gauge, o scenarios.Objective, in span) map[string]string {
	tags := map[string]string{}
	var worst reading
	for i, p := range g.parts() {
		v := p.read(in)
		if v.empty {
			continue
		}
		worse := v.value > worst.value || v.value == worst.value && v.never > worst.never
		if lowestIsWorst(o) {
			worse = v.value < worst.value
		}
		if i == 0 || len(tags) == 0 || worse {
			worst = v
			tags = p.tags
		}
	}
	return plainTags(tags)
}

// worstSecond is the worst single second of an objective whose worst window is longer.
func (r *Report) worstSecond(g gauge, out *Objective) *Window {
	if out.Worst.Seconds == 1 {
		return nil
	}
	w, ok := g.worst(r.measured, 1)
	if !ok {
		return nil
	}
	w.Tags = worstPart(g, out.objective, w.span())
	return &w
}

// brokenOnlyLate tells whether a broken objective holds once the seconds are left out in which the harness itself was
// late: then the run says nothing about it. The second before each goes with it, because a request that leaves in a second
// holds records that were due a linger earlier.
func (r *Report) brokenOnlyLate(g gauge, o scenarios.Objective) bool {
	if _, whole := g.(*ledgerGauge); whole || len(r.late) == 0 {
		return false
	}
	var out []int
	for _, second := range r.late {
		out = append(out, second-1, second)
	}
	rest := r.measured.without(out)
	if len(rest) == 0 {
		return true
	}
	length := int(o.Over / time.Second)
	if length == 0 {
		v := g.read(rest...)
		return v.empty || o.Holds(v.value)
	}
	for _, s := range rest {
		if w, ok := g.worst(s, length); ok && !o.Holds(beyondOr(w.Value)) {
			return false
		}
	}
	return true
}
