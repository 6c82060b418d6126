package scenarios

import "time"

// instant is the shortest a phase can be.
const instant = Duration(time.Millisecond)

var phaseLength = duration(instant, longest)

var phaseShape = shape[Phase]{
	name: "phase",
	doc:  "One stretch of a load's rate.",
	keys: []key[Phase]{
		row("hold", pointer(holdShape.codec()), func(p *Phase) **Hold { return &p.Hold }, "A rate that stays."),
		row("ramp", pointer(rampShape.codec()), func(p *Phase) **Ramp { return &p.Ramp }, "A straight line from one rate to another."),
		row("step", pointer(stepShape.codec()), func(p *Phase) **Step { return &p.Step }, "Equal steps from one rate to another."),
		row("sine", pointer(sineShape.codec()), func(p *Phase) **Sine { return &p.Sine }, "A swing around a mean; it begins at the mean and rises."),
		row("spike", pointer(spikeShape.codec()), func(p *Phase) **Spike { return &p.Spike }, "A base rate but for one peak."),
		row("trace", pointer(trace), func(p *Phase) **Trace { return &p.Trace },
			"Recorded rates: a CSV file with the columns seconds and rate, relative to the scenario's own folder."),
	},
	groups: []group{exactly("hold", "ramp", "step", "sine", "spike", "trace")},
}

var holdShape = shape[Hold]{
	name: "hold",
	doc:  "A rate that stays.",
	keys: []key[Hold]{
		row("rate", anyRate, func(h *Hold) *Rate { return &h.Rate }, "Records per second.", required),
		row("for", phaseLength, func(h *Hold) *Duration { return &h.For }, "How long.", required),
	},
}

var rampShape = shape[Ramp]{
	name: "ramp",
	doc:  "A straight line from one rate to another.",
	keys: []key[Ramp]{
		row("from", anyRate, func(r *Ramp) *Rate { return &r.From }, "The rate it begins with.", required),
		row("to", anyRate, func(r *Ramp) *Rate { return &r.To }, "The rate it ends with.", required),
		row("over", phaseLength, func(r *Ramp) *Duration { return &r.Over }, "How long it takes.", required),
	},
}

var stepShape = shape[Step]{
	name: "step",
	doc:  "Equal steps of equal length from one rate to another.",
	keys: []key[Step]{
		row("from", anyRate, func(s *Step) *Rate { return &s.From }, "The rate of the first step.", required),
		row("to", anyRate, func(s *Step) *Rate { return &s.To }, "The rate of the last step.", required),
		row("steps", integer(2, 10_000), func(s *Step) *int { return &s.Steps }, "How many.", required),
		row("over", phaseLength, func(s *Step) *Duration { return &s.Over }, "How long all of them take.", required),
	},
}

var sineShape = shape[Sine]{
	name: "sine",
	doc:  "A swing around a mean; it begins at the mean and rises.",
	keys: []key[Sine]{
		row("mean", anyRate, func(s *Sine) *Rate { return &s.Mean }, "The rate in the middle.", required),
		row("amplitude", anyRate, func(s *Sine) *Rate { return &s.Amplitude }, "How far it swings; at most the mean.", required),
		row("period", phaseLength, func(s *Sine) *Duration { return &s.Period }, "How long one swing takes.", required),
		row("for", phaseLength, func(s *Sine) *Duration { return &s.For }, "How long the phase lasts.", required),
	},
	finish: func(d *decoder, n *node, s *Sine) {
		if s.Amplitude > s.Mean {
			d.errorf(n.at("amplitude"), "found %v, want at most the mean, %v: a rate is never negative", s.Amplitude, s.Mean)
		}
	},
}

var spikeShape = shape[Spike]{
	name: "spike",
	doc:  "A base rate but for one peak.",
	keys: []key[Spike]{
		row("base", anyRate, func(s *Spike) *Rate { return &s.Base }, "The rate beside the peak.", required),
		row("peak", anyRate, func(s *Spike) *Rate { return &s.Peak }, "The rate of the peak.", required),
		row("at", duration(0, longest), func(s *Spike) *Duration { return &s.At },
			"When the peak begins, since the phase began.", derived("a third of for")),
		row("width", phaseLength, func(s *Spike) *Duration { return &s.Width },
			"How long the peak lasts.", derived("a third of for")),
		row("for", phaseLength, func(s *Spike) *Duration { return &s.For }, "How long the phase lasts.", required),
	},
	finish: func(d *decoder, n *node, s *Spike) {
		if !n.has("width") {
			s.Width = max(s.For/3, instant)
		}
		if !n.has("at") {
			s.At = min(s.For/3, s.For-s.Width)
		}
		if s.At+s.Width > s.For {
			d.errorf(n.at("width"), "found a peak from %v to %v, want it within the phase's %v", s.At, s.At+s.Width, s.For)
		}
	},
}
