package probe

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Distribution is how long something takes: log-normal through two of its percentiles. One of them alone, or two that
// are equal, is constant. The zero value is no time at all.
type Distribution struct {
	P50 time.Duration `json:"p50,omitempty"`
	P99 time.Duration `json:"p99,omitempty"`
}

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

func (d Distribution) check() error {
	switch {
	case d.P50 < 0 || d.P99 < 0:
		return fmt.Errorf("a duration of p50 %v, p99 %v is negative", d.P50, d.P99)
	case d.P99 != 0 && d.P99 < d.P50:
		return fmt.Errorf("a duration's p99 %v is below its p50 %v", d.P99, d.P50)
	}
	return nil
}

// at is the value that lies z standard deviations of the logarithm above the median.
func (d Distribution) at(z float64) time.Duration {
	if d.P50 == 0 || d.P99 == 0 || d.P99 == d.P50 {
		return max(d.P50, d.P99)
	}
	sigma := math.Log(float64(d.P99)/float64(d.P50)) / z99
	return time.Duration(min(float64(d.P50)*math.Exp(sigma*z), math.MaxInt64/2))
}

// draw is what is drawn for one invocation.
type draw struct {
	duration time.Duration
	fails    bool
	partial  bool
	from     float64 // in [0, 1): the share of the batch that comes before the first record reported as failed
}

// draw draws for the n-th invocation, from 0, of an environment. It is a function of the seed, the environment and n, all
// of which a receipt tells. Every number is drawn every time, so that one setting does not shift another's draws.
func (s Settings) draw(environment, n uint64) draw {
	r := rand.New(rand.NewPCG(mix(s.Seed+mix(environment)), mix(n)))
	z, fails, partial, from := r.NormFloat64(), r.Float64(), r.Float64(), r.Float64()
	return draw{duration: s.Duration.at(z), fails: fails < s.Errors, partial: partial < s.PartialFailures, from: from}
}

// mix is the finaliser of SplitMix64: environments and counts that differ in one bit seed unrelated generators.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
