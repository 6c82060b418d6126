package reports

import "math"

// scale turns values into coordinates of a drawing.
type scale struct {
	low, high float64 // values
	from, to  float64 // coordinates of them
	log       bool
}

// at is a value's coordinate; what lies outside stays outside.
func (s scale) at(v float64) float64 {
	if s.log {
		return s.from + (math.Log10(v)-math.Log10(s.low))/(math.Log10(s.high)-math.Log10(s.low))*(s.to-s.from)
	}
	return s.from + (v-s.low)/(s.high-s.low)*(s.to-s.from)
}

// within is a value's coordinate, at the edge for what lies outside.
func (s scale) within(v float64) float64 { return s.at(min(max(v, s.low), s.high)) }

// niceStep is the step of 1, 2 or 5 times a power of ten that cuts a length into at most n parts.
func niceStep(length float64, n int) float64 {
	if length <= 0 {
		return 1
	}
	raw := length / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// linear is a scale from 0 that ends at a whole step above high, and its ticks.
func linear(high float64, n int, from, to float64) (scale, []float64) {
	if high <= 0 {
		high = 1
	}
	step := niceStep(high, n)
	count := int(math.Ceil(high/step - 1e-9))
	var ticks []float64
	for i := range count + 1 {
		ticks = append(ticks, float64(i)*step)
	}
	return scale{0, float64(count) * step, from, to, false}, ticks
}

// logarithmic is a scale over whole steps of 1, 2 and 5, and its ticks: the powers of ten, or every step where there are
// few.
func logarithmic(low, high float64, from, to float64) (scale, []float64) {
	low, high = max(low, 1), max(high, 2)
	var all []float64
	for power := math.Floor(math.Log10(low)); power <= math.Ceil(math.Log10(high)); power++ {
		for _, m := range []float64{1, 2, 5} {
			all = append(all, m*math.Pow(10, power))
		}
	}
	first, last := 0, len(all)-1
	for i, v := range all {
		if v <= low*(1+1e-9) {
			first = i
		}
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i] >= high*(1-1e-9) {
			last = i
		}
	}
	steps := all[first : last+1]
	s := scale{steps[0], steps[len(steps)-1], from, to, true}
	if len(steps) <= 6 {
		return s, steps
	}
	var ticks []float64
	for _, v := range steps {
		if l := math.Log10(v); math.Abs(l-math.Round(l)) < 1e-9 {
			ticks = append(ticks, v)
		}
	}
	return s, ticks
}

// secondsStep is the distance of ticks on an axis of seconds: a length a clock has.
func secondsStep(length float64, n int) int {
	for _, step := range []int{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400} {
		if length/float64(step) <= float64(n) {
			return step
		}
	}
	return 7 * 86400
}

// spread moves labels apart so that each has room, keeping their order and as near to their places as may be. Places are
// in rising order; low and high bound them.
func spread(places []float64, room, low, high float64) []float64 {
	out := append([]float64(nil), places...)
	for i := range out {
		out[i] = max(out[i], low)
		if i > 0 {
			out[i] = max(out[i], out[i-1]+room)
		}
	}
	for i := len(out) - 1; i >= 0; i-- {
		limit := high
		if i < len(out)-1 {
			limit = out[i+1] - room
		}
		out[i] = min(out[i], limit)
	}
	return out
}
