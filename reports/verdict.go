package reports

import (
	"fmt"
	"strings"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// Verdict is what a run came to.
type Verdict string

// The verdicts.
const (
	Pass    Verdict = "pass"    // valid, and no objective is broken
	Fail    Verdict = "fail"    // valid, and an objective is broken
	Invalid Verdict = "invalid" // the run says nothing about the target: it was killed or ended by the target, the harness fell short, or nothing could be told
)

// ExitCode is the command's exit code for the verdict: 0 pass, 3 fail, 4 invalid.
func (r *Report) ExitCode() int {
	switch r.Verdict {
	case Pass:
		return 0
	case Fail:
		return 3
	}
	return 4
}

// What the harness owes a run for it to be valid; the limit of schedule.lag is the run's own.
const (
	leastOffered = 0.99 // of the plan
	mostCPU      = 0.80 // of what the harness has
)

// Validity is whether a run says anything about the target, or only about the harness.
type Validity struct {
	Valid        bool     `json:"valid"`
	OfferedRatio *float64 `json:"offeredRatio"` // offered in time ÷ planned; null where nothing was planned
	LagP99       *int64   `json:"lagP99"`       // ns, schedule.lag of the measured seconds; null where beyond or not measured
	LagLimit     int64    `json:"lagLimit"`     // ns
	CPUShare     *float64 `json:"cpuShare"`     // of the cores the harness has; null in virtual time
	LateSeconds  int      `json:"lateSeconds"`  // seconds whose own lag p99 was over the limit
	Reasons      []string `json:"reasons"`      // why it is not valid
}

// validate fills in the harness's side of a run. Whether objectives were broken in late seconds only is added by judgement.
func (r *Report) validate() {
	v := &r.Validity
	v.Reasons = []string{}
	v.LagLimit = r.Run.Header.LagLimit
	planned, offered := r.offered()
	if planned > 0 {
		ratio := float64(offered) / float64(planned)
		v.OfferedRatio = &ratio
		if ratio < leastOffered {
			v.Reasons = append(v.Reasons, fmt.Sprintf("the harness offered %s of the plan in time, less than 99 %%", formatRatio(ratio)))
		}
	}
	lag := r.Run.Find("schedule.lag", nil)
	if m := combine(lag, r.measured); m.Count() > 0 {
		p99, _ := m.Quantile(0.99)
		v.LagP99 = &p99
		if v.LagLimit > 0 && p99 > v.LagLimit {
			v.Reasons = append(v.Reasons, fmt.Sprintf("schedule.lag p99 is %s, over its limit of %s: the harness itself was late",
				formatDuration(float64(p99)), plainZeros(formatDuration(float64(v.LagLimit)))))
		}
	}
	r.late = lateSeconds(lag, r.measured, v.LagLimit)
	v.LateSeconds = len(r.late)
	end := r.Run.End
	if end == nil {
		v.Reasons = append(v.Reasons, "the run was "+r.cutShort()+": it has no end and no ledger")
		return
	}
	if end.EndedByTarget() {
		v.Reasons = append(v.Reasons, "the run was "+r.cutShort())
	}
	if r.Run.Header.Clock == measure.ClockWall {
		v.CPUShare = &end.CPUShare
		if end.CPUShare > mostCPU {
			v.Reasons = append(v.Reasons, fmt.Sprintf("the harness used %s of its CPU, more than 80 %%", formatShare(end.CPUShare)))
		}
	}
}

// offered is the plan and how much of it left in time; of a killed run as far as its file goes.
func (r *Report) offered() (planned, offered int64) {
	if end := r.Run.End; end != nil {
		return end.Planned, end.Offered
	}
	seen := span{0, r.measured.to}
	return r.Run.Sum("put.due", nil, seen.from, seen.to), r.Run.Sum("put.offered", nil, seen.from, seen.to)
}

// lateSeconds are the seconds whose requests were late by more than the limit, at their p99.
func lateSeconds(lag []*measure.SeriesData, within span, limit int64) []int {
	var late []int
	if limit <= 0 {
		return nil
	}
	for second := within.from; second < within.to; second++ {
		m := measure.Combine(lag, second, second+1)
		if p99, _ := m.Quantile(0.99); p99 > limit {
			late = append(late, second)
		}
	}
	return late
}

// decide comes to the verdict once objectives are judged.
func (r *Report) decide() {
	v := &r.Validity
	told := 0
	for i := range r.Objectives {
		o := &r.Objectives[i]
		if o.Holds != nil {
			told++
		}
		if o.Late {
			v.Reasons = append(v.Reasons, fmt.Sprintf("%s is broken only in seconds in which the harness itself was late", o.Text))
		}
	}
	if told == 0 && len(r.Objectives) > 0 && r.Run.End != nil {
		v.Reasons = append(v.Reasons, "no objective could be told: "+r.Objectives[0].Reason)
	}
	v.Valid = len(v.Reasons) == 0
	switch {
	case !v.Valid:
		r.Verdict = Invalid
	case r.count((*Objective).broken) > 0:
		r.Verdict = Fail
	default:
		r.Verdict = Pass
	}
}

func (r *Report) count(is func(*Objective) bool) int {
	n := 0
	for i := range r.Objectives {
		if is(&r.Objectives[i]) {
			n++
		}
	}
	return n
}

// Headline is the verdict with what its numbers stand for: PASS (model local: no AWS service time).
func (r *Report) Headline() string {
	return strings.ToUpper(string(r.Verdict)) + " (" + r.profile() + ")"
}

// model is the embedded target's model; empty for another target, whatever the scenario says.
func (r *Report) model() string {
	if h := &r.Run.Header; h.Target == embeddedTarget {
		return h.Model
	}
	return ""
}

// embeddedTarget is the name of the target that has a model, on both clocks.
const embeddedTarget = "embedded"

// profile is the embedded target's model, which the simulator invented; another target has none that is known.
func (r *Report) profile() string {
	h := &r.Run.Header
	switch {
	case r.model() == "":
		return "target " + h.Target
	case h.Model == scenarios.ModelLocal:
		return "model local: no AWS service time"
	case h.Model == scenarios.ModelAWS:
		return "model aws: typical service times, not measured on AWS"
	}
	return "model " + h.Model
}

// Sentence is what the verdict rests on.
func (r *Report) Sentence() string {
	if r.Verdict == Invalid {
		return "the run says nothing about the target: " + strings.Join(r.Validity.Reasons, "; ")
	}
	var parts []string
	total, untold := len(r.Objectives), r.count(func(o *Objective) bool { return o.Holds == nil })
	switch broken := r.count((*Objective).broken); {
	case total == 0:
		parts = append(parts, "no objectives")
	case broken > 0:
		parts = append(parts, fmt.Sprintf("%d of %s broken", broken, plural(int64(total), "objective")))
	default:
		parts = append(parts, fmt.Sprintf("%d of %s held", total-untold, plural(int64(total), "objective")))
	}
	if untold > 0 {
		parts[0] += fmt.Sprintf(", %d cannot be told", untold)
	}
	valid := "the run is valid"
	if grounds := r.grounds(); grounds != "" {
		valid += " (" + grounds + ")"
	}
	parts = append(parts, valid)
	if cut := r.cutShort(); cut != "" {
		parts = append(parts, cut)
	}
	return strings.Join(parts, "; ")
}

// grounds are the figures that make a run valid.
func (r *Report) grounds() string {
	var parts []string
	if ratio := r.Validity.OfferedRatio; ratio != nil {
		parts = append(parts, "offered "+formatRatio(*ratio)+" of plan")
	}
	if lag := r.Validity.LagP99; lag != nil {
		parts = append(parts, "schedule.lag p99 "+formatDuration(float64(*lag)))
	}
	return strings.Join(parts, ", ")
}

// cutShort tells how an incomplete run ended; empty for a complete one.
func (r *Report) cutShort() string {
	end := r.Run.End
	switch {
	case end == nil:
		return "killed after " + formatClock(int(r.Run.Last)) + " of " + formatClock(int(r.Run.Header.DurationSeconds))
	case end.Complete:
		return ""
	}
	text := "cut short after " + formatClock(int(end.ElapsedSeconds)) + " of " + formatClock(int(r.Run.Header.DurationSeconds))
	if end.Reason != "" {
		text += ": " + end.Reason
	}
	return text
}
