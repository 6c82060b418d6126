package lambda

import (
	"math"
	"math/rand/v2"
	"time"
)

// Distribution is how long something takes: log-normal through two of its percentiles. One of them alone, or two that
// are equal, is constant. The zero value is no time at all.
type Distribution struct{ P50, P99 time.Duration }

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

func (d Distribution) check() error {
	switch {
	case d.P50 < 0 || d.P99 < 0:
		return errorf(CodeInvalidParameter, "a duration of p50 %v, p99 %v is negative", d.P50, d.P99)
	case d.P99 != 0 && d.P99 < d.P50:
		return errorf(CodeInvalidParameter, "a duration's p99 %v is below its p50 %v", d.P99, d.P50)
	}
	return nil
}

// draw takes one value. It always uses r the same number of times, so that one setting does not shift another's draws.
func (d Distribution) draw(r *rand.Rand) time.Duration {
	z := r.NormFloat64()
	if d.P50 == 0 || d.P99 == 0 || d.P99 == d.P50 {
		return max(d.P50, d.P99)
	}
	sigma := math.Log(float64(d.P99)/float64(d.P50)) / z99
	v := float64(d.P50) * math.Exp(sigma*z)
	return time.Duration(min(v, float64(math.MaxInt64/2)))
}
