package generators

import (
	"fmt"
	"math"
)

// Size is how long bodies are, in bytes: log-normal with that median and 99th percentile. The zero value is the natural
// size of each record. With one of the two alone, every record has that size.
//
// A body meets the drawn size exactly: a longer one gets a padding member, a shorter one loses optional members, in an
// order that each kind documents, before it is padded. It cannot get shorter than what its kind always writes, and is up
// to 8 bytes off where the difference is too small for a padding member. No body is longer than Config.MaxRecord less 256
// bytes, so that with the longest partition key it is still within the stream's record size.
type Size struct{ P50, P99 int64 }

// maxBody is the largest body: that of the largest record, less the longest partition key.
func (c *Config) maxBody() int64 { return c.MaxRecord - maxKey }

func (s Size) validate(maxBody int64) error {
	switch {
	case s.P50 < 0 || s.P50 > maxBody:
		return fmt.Errorf("size: p50 of %d is outside 0 to %d bytes", s.P50, maxBody)
	case s.P99 < 0 || s.P99 > maxBody:
		return fmt.Errorf("size: p99 of %d is outside 0 to %d bytes", s.P99, maxBody)
	case s.P99 > 0 && s.P99 < s.P50:
		return fmt.Errorf("size: p99 of %d is less than p50 of %d", s.P99, s.P50)
	}
	return nil
}

// sizes draws sizes; nil for natural ones.
func (s Size) sizes(maxBody int64) (*lognormal, error) {
	if err := s.validate(maxBody); err != nil || s == (Size{}) {
		return nil, err
	}
	p50, p99 := s.P50, s.P99
	if p50 == 0 {
		p50 = p99
	}
	if p99 == 0 {
		p99 = p50
	}
	return newLognormal(float64(p50), float64(p99), 1, float64(maxBody)), nil
}

// lognormal draws whole numbers from a log-normal distribution: a table of its quantiles, and a finer one for the top
// 1/1024, so that the tail reaches to the quantile 1 - 2^-19.
type lognormal struct {
	body [1024]int32
	tail [256]int32
}

func newLognormal(p50, p99, lowest, highest float64) *lognormal {
	const z99 = 2.3263478740408408 // the 99th percentile of the standard normal distribution
	mu, sigma := math.Log(p50), math.Log(p99/p50)/z99
	quantile := func(q float64) int32 {
		v := math.Exp(mu + sigma*math.Sqrt2*math.Erfinv(2*q-1))
		return int32(math.Round(min(max(v, lowest), highest)))
	}
	d := new(lognormal)
	for i := range d.body {
		d.body[i] = quantile((float64(i) + 0.5) / 1024)
	}
	for i := range d.tail {
		d.tail[i] = quantile((1023 + (float64(i)+0.5)/256) / 1024)
	}
	return d
}

// draw needs the upper 18 bits of r.
func (d *lognormal) draw(r uint64) int32 {
	i := r >> 54
	if i == 1023 {
		return d.tail[r>>46&255]
	}
	return d.body[i]
}

// padName and the closing quote are what a padding member costs beside its text.
const (
	padName = `,"pad":"`
	padCost = int32(len(padName) + 1)
)

// shape is how one body meets its size: the optional members it leaves out, a bit each, and the bytes of its padding
// member (0 is none), text and all.
type shape struct {
	without uint8
	pad     int32
	size    int32
}

// fit shapes a body of the natural size to the target. optional holds the lengths of the members that may go, in the
// order in which they do.
func fit(natural, target int32, optional ...int32) shape {
	s := shape{size: natural}
	for i, n := range optional {
		if s.size <= target {
			break
		}
		s.size -= n
		s.without |= 1 << i
	}
	if room := target - s.size; room >= padCost {
		s.pad = room
		s.size = target
	}
	return s
}

// has tells whether the body has the i-th optional member.
func (s *shape) has(i int) bool { return s.without>>i&1 == 0 }
