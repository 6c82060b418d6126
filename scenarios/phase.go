package scenarios

import "time"

// Phase is one stretch of a load's rate: exactly one field is set. Phases follow one another; after the last one its
// final rate goes on until the scenario's duration is over.
type Phase struct {
	Hold  *Hold
	Ramp  *Ramp
	Step  *Step
	Sine  *Sine
	Spike *Spike
	Trace *Trace
}

// Hold keeps a rate.
type Hold struct {
	Rate Rate
	For  Duration
}

// Ramp goes from one rate to another in a straight line.
type Ramp struct {
	From, To Rate
	Over     Duration
}

// Step goes from one rate to another in equal steps of equal length, the first at From and the last at To.
type Step struct {
	From, To Rate
	Steps    int // at least 2
	Over     Duration
}

// Sine swings around a mean: it begins at the mean and rises.
type Sine struct {
	Mean, Amplitude Rate // the amplitude is at most the mean
	Period          Duration
	For             Duration
}

// Spike keeps a base rate but for one peak.
type Spike struct {
	Base, Peak Rate
	At         Duration // when the peak begins, since the phase began; default a third of For
	Width      Duration // how long the peak lasts; default a third of For
	For        Duration // the whole phase
}

// Trace follows recorded rates, in straight lines from point to point. In a file it is the name of a CSV (columns seconds
// and rate) relative to the scenario's own folder; loading reads its points.
type Trace struct {
	File   string       // where the points came from; may be empty
	Points []TracePoint // at least two, the first at 0s
}

// TracePoint is one point of a trace.
type TracePoint struct {
	At   Duration // since the phase began
	Rate Rate
}

// Duration is how long the phase lasts.
func (p Phase) Duration() time.Duration {
	switch {
	case p.Hold != nil:
		return p.Hold.For.Std()
	case p.Ramp != nil:
		return p.Ramp.Over.Std()
	case p.Step != nil:
		return p.Step.Over.Std()
	case p.Sine != nil:
		return p.Sine.For.Std()
	case p.Spike != nil:
		return p.Spike.For.Std()
	case p.Trace != nil && len(p.Trace.Points) > 0:
		return p.Trace.Points[len(p.Trace.Points)-1].At.Std()
	}
	return 0
}
