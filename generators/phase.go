package generators

import (
	"fmt"
	"math"
	"time"
)

// maxRate bounds rates, in records/s.
const maxRate = 1e9

// Phase is one stretch of a load: how the rate goes, in records/s, and for how long. Make one with Constant, Ramp, Step,
// Sine, Spike or Trace; NewSchedule checks it. The zero value is refused.
type Phase struct {
	pieces []piece
	err    error
}

// TracePoint is one point of a Trace.
type TracePoint struct {
	At   time.Duration // since the phase began
	Rate float64       // records/s
}

// Constant holds one rate.
//
//	rate ┤───────────────
//	     └──────────────► t       λ(t) = rate        Λ(t) = rate·t
func Constant(rate float64, over time.Duration) Phase {
	return newPhase(line(rate, rate, over))
}

// Ramp goes from one rate to another in a straight line.
//
//	  to ┤          ___──
//	     │    ___───
//	from ┤────
//	     └──────────────► t       λ(t) = from + (to − from)·t/over
//	     0            over        Λ(t) = from·t + (to − from)·t²/(2·over)
func Ramp(from, to float64, over time.Duration) Phase {
	return newPhase(line(from, to, over))
}

// Step goes from one rate to another in equal steps of equal length: the first at from, the last at to. There are at
// least two.
//
//	  to ┤          ┌────
//	     │     ┌────┘
//	from ┤─────┘
//	     └──────────────► t       λ(t) = from + (to − from)·⌊t·steps/over⌋/(steps − 1)
//	     0            over
func Step(from, to float64, steps int, over time.Duration) Phase {
	if steps < 2 || steps > maxPieces {
		return Phase{err: fmt.Errorf("%d steps are outside 2 to %d", steps, maxPieces)}
	}
	pieces := make([]piece, steps)
	for i := range pieces {
		rate := from + (to-from)*float64(i)/float64(steps-1)
		begin, end := over*time.Duration(i)/time.Duration(steps), over*time.Duration(i+1)/time.Duration(steps)
		pieces[i] = line(rate, rate, end-begin)
	}
	return newPhase(pieces...)
}

// Sine swings around a mean; it begins at the mean and rises. The amplitude is at most the mean.
//
//	mean + amplitude ┤  ,-'''-.
//	            mean ┤-'       `.           ,
//	mean − amplitude ┤            `-.....-'
//	                 └───────────────────────► t
//	                 0                   period
//
//	λ(t) = mean + amplitude·sin(2πt/period)
//	Λ(t) = mean·t + amplitude·period/(2π)·(1 − cos(2πt/period))
func Sine(mean, amplitude float64, period, over time.Duration) Phase {
	switch {
	case !(amplitude >= 0 && amplitude <= mean):
		return Phase{err: fmt.Errorf("amplitude %v is outside 0 to the mean, %v", amplitude, mean)}
	case period <= 0:
		return Phase{err: fmt.Errorf("period %v is not above 0", period)}
	}
	wave := line(mean, mean, over)
	wave.amplitude, wave.omega = amplitude, 2*math.Pi/period.Seconds()
	return newPhase(wave)
}

// Spike holds a base rate but for one peak, which begins at an instant of the phase and lasts a while.
//
//	peak ┤     ┌───┐
//	     │     │   │
//	base ┤─────┘   └─────
//	     └─────┴───┴────► t
//	     0    at  +width over
func Spike(base, peak float64, at, width, over time.Duration) Phase {
	if at < 0 || width <= 0 || at+width > over {
		return Phase{err: fmt.Errorf("the peak from %v for %v is outside the phase's %v", at, width, over)}
	}
	pieces := []piece{line(base, base, at), line(peak, peak, width), line(base, base, over-at-width)}
	if over == at+width {
		pieces = pieces[:2]
	}
	if at == 0 {
		pieces = pieces[1:]
	}
	return newPhase(pieces...)
}

// Trace follows recorded rates in straight lines from point to point. There are at least two points, the first at 0, each
// later than the one before; two points 1 ns apart make a step.
func Trace(points []TracePoint) Phase {
	if len(points) < 2 || len(points) > maxPieces {
		return Phase{err: fmt.Errorf("%d points of a trace are outside 2 to %d", len(points), maxPieces)}
	}
	if points[0].At != 0 {
		return Phase{err: fmt.Errorf("the first point of a trace is at %v, not at 0", points[0].At)}
	}
	pieces := make([]piece, len(points)-1)
	for i := range pieces {
		a, b := points[i], points[i+1]
		if b.At <= a.At {
			return Phase{err: fmt.Errorf("point %d of a trace, at %v, is not after %v", i+2, b.At, a.At)}
		}
		pieces[i] = line(a.Rate, b.Rate, b.At-a.At)
	}
	return newPhase(pieces...)
}

// maxPieces bounds the steps and the points of one phase.
const maxPieces = 1 << 20

func newPhase(pieces ...piece) Phase {
	for _, p := range pieces {
		for _, rate := range [...]float64{p.from, p.to} {
			if !(rate >= 0 && rate <= maxRate) {
				return Phase{err: fmt.Errorf("rate %v is outside 0 to %v records/s", rate, maxRate)}
			}
		}
		if p.over <= 0 || p.over > maxLength {
			return Phase{err: fmt.Errorf("a phase, or a part of one, lasts %v, outside 0 (excluded) to %v", p.over, maxLength)}
		}
	}
	return Phase{pieces: pieces}
}

// piece is a part of the intensity that has a closed form: a straight line, or a sine wave where omega is not 0. Times are
// seconds since the piece began, at and before say where it stands in the schedule.
type piece struct {
	over      time.Duration
	length    float64 // the same in seconds
	from, to  float64 // the rates at its ends; of a sine the mean
	amplitude float64
	omega     float64

	start  time.Duration // since the schedule began
	at     float64       // the same in seconds
	before float64       // records before it
	total  float64       // records in it
}

func line(from, to float64, over time.Duration) piece {
	return piece{over: over, length: over.Seconds(), from: from, to: to}
}

func (p *piece) rate(t float64) float64 {
	if p.omega != 0 {
		return p.from + p.amplitude*math.Sin(p.omega*t)
	}
	return p.from + (p.to-p.from)*t/p.length
}

// records is the integral of rate from 0 to t.
func (p *piece) records(t float64) float64 {
	if p.omega != 0 {
		return p.from*t + p.amplitude/p.omega*(1-math.Cos(p.omega*t))
	}
	return p.from*t + (p.to-p.from)*t*t/(2*p.length)
}

// instant is the inverse of records, for n above 0 and at most the total.
func (p *piece) instant(n float64) float64 {
	if p.omega != 0 {
		return p.instantOfSine(n)
	}
	if p.from == p.to {
		return n / p.from
	}
	slope := (p.to - p.from) / p.length // n = from·t + slope·t²/2, solved so that nothing cancels
	return min(2*n/(p.from+math.Sqrt(max(0, p.from*p.from+2*slope*n))), p.length)
}

// instantOfSine is Newton's method within one period, kept in a bracket that every step narrows, since the rate may
// touch 0.
func (p *piece) instantOfSine(n float64) float64 {
	period := 2 * math.Pi / p.omega
	whole := math.Floor(n / (p.from * period))
	n = max(0, n-whole*p.from*period)
	swing := p.amplitude / p.omega // records(t) is from·t and up to twice the swing more
	low, high := max(0, (n-2*swing)/p.from), n/p.from
	t := low + (high-low)/2
	for range 64 {
		sin, cos := math.Sincos(p.omega * t)
		miss := p.from*t + swing*(1-cos) - n
		if miss > 0 {
			high = t
		} else {
			low = t
		}
		next := t - miss/(p.from+p.amplitude*sin)
		if !(next > low && next < high) { // NaN and infinity too
			next = low + (high-low)/2
		}
		moved := math.Abs(next - t)
		if t = next; moved < 1e-10 { // a tenth of a nanosecond
			break
		}
	}
	return min(whole*period+t, p.length)
}
