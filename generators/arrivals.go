package generators

import (
	"fmt"
	"math"
	"time"
)

// Arrivals is how records are spread around the intensity. The zero value is constant.
//
// With Λ the expected number of records up to an instant, s a lane's share and n counting the lane's records from 0:
//
//   - constant: record n is due at Λ⁻¹((n + φ)/s), where φ is the lane's phase, the fractional part of ½ + lane·0.618…:
//     lane 0 is half an interval late, and the others stand as evenly between as the golden ratio puts them.
//   - poisson: record n is due at Λ⁻¹(x/s), x being a sum of n + 1 seeded exponential draws of mean 1. Counts of any
//     stretch of time are Poisson, and independent of those of any other stretch.
//   - bursty: bursts arrive as Poisson at 2/(Dispersion + 1) of the rate, and all records of a burst are due at once;
//     their number is geometric with the mean (Dispersion + 1)/2. The mean rate is kept, and the variance of counts over
//     their mean is Dispersion, over any stretch of constant rate.
//   - aligned: a record that constant arrivals would have within a Period is due at the mark that opens it, counted from
//     the schedule's beginning: everyone comes at once, then nobody until the next mark.
type Arrivals struct {
	Kind       string        // constant (default), poisson, bursty, aligned
	Dispersion float64       // of bursty: variance over mean of the counts, at least 1; 0 is 10
	Period     time.Duration // of aligned; 0 is a minute
}

// Kinds of arrivals.
const (
	arriveConstant = "constant"
	arrivePoisson  = "poisson"
	arriveBursty   = "bursty"
	arriveAligned  = "aligned"
)

// maxDispersion bounds the mean of a burst.
const maxDispersion = 1e6

func (a Arrivals) resolve() (Arrivals, error) {
	if a.Kind == "" {
		a.Kind = arriveConstant
	}
	if a.Dispersion == 0 {
		a.Dispersion = 10
	}
	if a.Period == 0 {
		a.Period = time.Minute
	}
	switch a.Kind {
	case arriveConstant, arrivePoisson:
	case arriveBursty:
		if !(a.Dispersion >= 1 && a.Dispersion <= maxDispersion) {
			return a, fmt.Errorf("arrivals: dispersion %v is outside 1 to %v", a.Dispersion, float64(maxDispersion))
		}
	case arriveAligned:
		if a.Period < 0 {
			return a, fmt.Errorf("arrivals: period %v is negative", a.Period)
		}
	default:
		return a, fmt.Errorf("arrivals: %w", unknown(a.Kind, []string{arriveConstant, arrivePoisson, arriveBursty, arriveAligned}))
	}
	return a, nil
}

// phase is where a lane stands within the interval of its constant arrivals.
func phase(lane int) float64 {
	_, f := math.Modf(0.5 + float64(lane)*(math.Phi-1))
	return f
}

// burst draws from the geometric distribution on 1, 2, … with that mean.
func (r *random) burst(mean float64) int {
	if mean <= 1 {
		return 1
	}
	return 1 + int(math.Log(1-r.float())/math.Log1p(-1/mean))
}
