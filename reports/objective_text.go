package reports

import (
	"fmt"
	"strings"

	"github.com/wavetank/wavetank/scenarios"
)

// valueText is a value in the unit of the objective.
func (o *Objective) valueText(v *float64) string {
	if v == nil {
		return beyondText
	}
	return formatUnit(*v, o.Unit)
}

func formatUnit(v float64, unit string) string {
	switch unit {
	case scenarios.UnitNanoseconds:
		return formatDuration(v)
	case scenarios.UnitRatio:
		return formatShare(v)
	case scenarios.UnitRate:
		return formatRate(v)
	}
	return formatCount(int64(v))
}

// subject is what the objective is about, without its limit: put.latency p99, and over which windows.
func (o *Objective) subject() string {
	bare := o.objective
	var b strings.Builder
	b.WriteString(bare.Name)
	if len(bare.Tags) > 0 {
		b.WriteString(tagText(bare.Tags))
	}
	if bare.Stat != "" {
		b.WriteString(" " + bare.Stat)
	}
	if bare.Over > 0 {
		fmt.Fprintf(&b, " over %s", scenarios.Duration(bare.Over))
	}
	return b.String()
}

// limitText is the condition: < 100 ms.
func (o *Objective) limitText() string {
	limit := plainZeros(formatUnit(o.Limit, o.Unit))
	if o.Unit == scenarios.UnitNanoseconds && o.Limit == 0 {
		limit = "0 ms"
	}
	return o.objective.Op + " " + limit
}

// runText is the value of the run, or why there is none.
func (o *Objective) runText() string {
	switch {
	case o.Holds == nil:
		return "cannot tell"
	case o.Thin:
		return "~" + o.valueText(o.Value)
	}
	return o.valueText(o.Value)
}

// secondText is the worst second: 31.0 ms at 00:17. It is empty where nothing happened in any.
func (o *Objective) secondText() string {
	w := o.Second
	if w == nil {
		w = o.Worst
	}
	idle := w != nil && w.Value != nil && *w.Value == 0 && !o.broken()
	if w == nil || w.Seconds > 1 || idle {
		return ""
	}
	return o.windowValue(w) + " at " + formatClock(int(w.At))
}

// windowText is the worst window where it is longer than a second: 27.5 ms in 00:10–00:30.
func (o *Objective) windowText() string {
	if o.Worst == nil || o.Worst.Seconds == 1 {
		return ""
	}
	return o.windowValue(o.Worst) + " in " + formatSpan(o.Worst.span())
}

func (o *Objective) windowValue(w *Window) string {
	if w.Thin && w.Value != nil {
		return "~" + o.valueText(w.Value)
	}
	return o.valueText(w.Value)
}

// failure says what a broken objective came to and when it was worst.
func (o *Objective) failure() string {
	text := o.runText() + " over the run"
	if o.Beyond {
		text += " (" + formatShare(o.Never) + " of the records never came)"
	}
	if second := o.secondText(); second != "" {
		text += ", worst second " + second
	}
	if window := o.windowText(); window != "" && o.objective.Over > 0 {
		text += ", worst window " + window
	}
	if o.Late {
		text += "; only in seconds in which the harness itself was late"
	}
	return text
}
