package generators

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"time"
)

// Schedule says when records are due: an intensity, made of phases one after another, and the arrivals around it. It is
// immutable and safe for concurrent use.
//
// The intensity λ(t) is known by its cumulative function Λ(t), the records expected up to t, in closed form, and by Λ's
// inverse (closed, but for sine phases: there by a safeguarded Newton's method). After the last phase its final rate goes on
// for ever: the cooldown of a load.
type Schedule struct {
	pieces   []piece
	arrivals Arrivals
	seed     uint64
	length   time.Duration
	end      piece // what comes after the phases
}

// NewSchedule makes a schedule. The arrivals of one seed are independent of the content of a generator with that seed.
func NewSchedule(phases []Phase, a Arrivals, seed uint64) (*Schedule, error) {
	s := &Schedule{seed: seed}
	var err error
	if s.arrivals, err = a.resolve(); err != nil {
		return nil, fmt.Errorf("make schedule: %w", err)
	}
	if len(phases) == 0 {
		return nil, errors.New("make schedule: there are no phases")
	}
	before := 0.0
	for i, p := range phases {
		if p.err == nil && len(p.pieces) == 0 {
			p.err = errors.New("the zero value is no phase")
		}
		if p.err != nil {
			return nil, fmt.Errorf("make schedule: phase %d: %w", i+1, p.err)
		}
		for _, piece := range p.pieces {
			piece.start, piece.at, piece.before = s.length, s.length.Seconds(), before
			piece.total = piece.records(piece.length)
			s.length += piece.over
			before += piece.total
			s.pieces = append(s.pieces, piece)
			if s.length > maxLength {
				return nil, fmt.Errorf("make schedule: phase %d: with it the phases are longer than %v", i+1, maxLength)
			}
		}
	}
	last := &s.pieces[len(s.pieces)-1]
	rate := max(0, last.rate(last.length))
	s.end = piece{length: math.Inf(1), from: rate, to: rate, at: s.length.Seconds(), before: before, total: math.Inf(1)}
	if rate <= 1e-9*(last.from+last.amplitude) { // a sine that ends where it touches 0, but for rounding
		s.end.from, s.end.to, s.end.total = 0, 0, 0
	}
	return s, nil
}

// maxLength bounds schedules, so that seconds in a float64 are exact to a nanosecond.
const maxLength = 100 * 24 * time.Hour

// duration rounds seconds to nanoseconds; what is beyond the largest duration is that.
func duration(seconds float64) time.Duration {
	ns := math.Round(seconds * 1e9)
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}

// Duration is the length of all phases together.
func (s *Schedule) Duration() time.Duration { return s.length }

// Rate is the intensity at t, in records/s; where it jumps, the new one. Before 0 it is 0.
func (s *Schedule) Rate(t time.Duration) float64 {
	if t < 0 {
		return 0
	}
	p, since := s.piece(t)
	if p.from == p.to && p.omega == 0 {
		return p.from
	}
	return max(0, p.rate(since))
}

// Expected is Λ(t): how many records are due up to t, on average over seeds; with constant arrivals, to within one for
// each lane.
func (s *Schedule) Expected(t time.Duration) float64 {
	if t <= 0 {
		return 0
	}
	p, since := s.piece(t)
	if p == &s.end {
		return p.before + p.from*since
	}
	return p.before + p.records(since)
}

// piece finds the piece that t is in and where in it.
func (s *Schedule) piece(t time.Duration) (p *piece, since float64) {
	if t >= s.length {
		return &s.end, (t - s.length).Seconds()
	}
	p = &s.pieces[sort.Search(len(s.pieces), func(i int) bool { return s.pieces[i].start > t })-1]
	return p, (t - p.start).Seconds()
}

// Lane is the sequence of one lane that has a share (0 to 1) of the load. Lanes are independent of each other.
func (s *Schedule) Lane(lane int, share float64) *Sequence {
	q := &Sequence{
		schedule: s,
		share:    share,
		phase:    phase(lane),
		random:   random{state: derive(s.seed, forArrivals, uint64(lane))},
		mean:     (s.arrivals.Dispersion + 1) / 2,
	}
	q.gaps = rand.New(&q.random)
	q.enter(0)
	return q
}
