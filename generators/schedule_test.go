package generators

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// shapes are intensities of all kinds, with what their integrals are known to be.
var shapes = []struct {
	name     string
	phases   []Phase
	expected float64 // records of the whole duration
	last     float64 // the rate that goes on
}{
	{"constant", []Phase{Constant(2000, 30*time.Second)}, 60_000, 2000},
	{"slow", []Phase{Constant(0.01, time.Hour)}, 36, 0.01},
	{"ramp up", []Phase{Ramp(0, 100, 10*time.Second)}, 500, 100},
	{"ramp down to nothing", []Phase{Ramp(100, 0, 10*time.Second)}, 500, 0},
	{"ramp", []Phase{Ramp(20, 60, 5*time.Second)}, 200, 60},
	{"steps", []Phase{Step(10, 50, 5, 50*time.Second)}, 1500, 50},
	{"steps that do not divide", []Phase{Step(0, 20, 3, 10*time.Second)}, 100, 20},
	{"sine", []Phase{Sine(100, 50, 20*time.Second, time.Minute)}, 6000, 100},
	{"sine to zero", []Phase{Sine(100, 100, 20*time.Second, time.Minute)}, 6000, 100},
	{"sine that ends at zero", []Phase{Sine(100, 100, 20*time.Second, 55*time.Second)}, 5500 + 2000/(2*math.Pi), 0},
	{"spike", []Phase{Spike(10, 1000, 5*time.Second, time.Second, 10*time.Second)}, 1090, 10},
	{"spike at once", []Phase{Spike(10, 1000, 0, time.Second, 10*time.Second)}, 1090, 10},
	{"spike at the end", []Phase{Spike(10, 1000, 9*time.Second, time.Second, 10*time.Second)}, 1090, 1000},
	{"trace", []Phase{Trace([]TracePoint{{0, 0}, {10 * time.Second, 100}, {20 * time.Second, 0}, {30 * time.Second, 0}, {40 * time.Second, 10}})}, 1050, 10},
	{"a silence between", []Phase{Constant(50, 2*time.Second), Constant(0, 5*time.Second), Constant(50, 2*time.Second)}, 200, 50},
	{"silence first", []Phase{Constant(0, 5*time.Second), Ramp(0, 40, 2*time.Second)}, 40, 40},
	{"uneven", []Phase{Constant(7, 100*time.Millisecond), Constant(9, 200*time.Millisecond), Ramp(9, 30, 300*time.Millisecond), Constant(30, time.Second)}, 0.7 + 1.8 + 5.85 + 30, 30},
}

// forShapes runs a test for every shape.
func forShapes(t *testing.T, a Arrivals, seed uint64, test func(t *testing.T, s *Schedule, expected, last float64)) {
	for _, row := range shapes {
		t.Run(row.name, func(t *testing.T) {
			test(t, must(NewSchedule(row.phases, a, seed)), row.expected, row.last)
		})
	}
}

func TestExpectedIsTheIntegralOfRate(t *testing.T) {
	forShapes(t, Arrivals{}, 0, func(t *testing.T, s *Schedule, expected, last float64) {
		if got := s.Expected(s.Duration()); math.Abs(got-expected) > 1e-6*expected {
			t.Errorf("%v records, want %v", got, expected)
		}
		const parts = 40_000 // of the schedule and half of it more; the midpoint rule
		width := s.Duration() * 3 / 2 / parts
		sum, before, highest := 0.0, 0.0, 0.0
		for i := range parts {
			at := time.Duration(i) * width
			rate := s.Rate(at + width/2)
			sum, highest = sum+rate*width.Seconds(), max(highest, rate)
			now := s.Expected(at + width)
			if now < before {
				t.Fatalf("Λ falls at %v", at)
			}
			if before = now; math.Abs(now-sum) > 1e-4*expected+3*highest*width.Seconds() { // the rate may jump within a part
				t.Fatalf("Λ(%v) is %v, the sum of rates %v", at+width, now, sum)
			}
		}
		if got := s.Rate(s.Duration()); math.Abs(got-last) > 1e-9 {
			t.Errorf("%v goes on, want %v", got, last)
		}
		if s.Rate(-1) != 0 || s.Expected(-1) != 0 || s.Expected(0) != 0 {
			t.Error("something is due before the beginning")
		}
	})
}

// TestConstantArrivals holds the rule that Arrivals documents: record n of a lane is where Λ comes to (n + φ)/share.
func TestConstantArrivals(t *testing.T) {
	forShapes(t, Arrivals{}, 0, func(t *testing.T, s *Schedule, expected, last float64) {
		for lane, share := range []float64{1, 0.25, 0.001, 0.6} {
			q := s.Lane(lane, share)
			phi := math.Mod(0.5+float64(lane)*0.6180339887498949, 1)
			before := time.Duration(0)
			n := 0
			for ; n < 20_000; n++ {
				due, ok := q.Next()
				if !ok {
					break
				}
				if due < before {
					t.Fatalf("record %d of lane %d is due at %v, after %v", n, lane, due, before)
				}
				before = due
				want := (float64(n) + phi) / share
				tolerance := 1e-9*want + 2e-9*(s.Rate(due)+s.Rate(due-1)) + 1e-6 // due is rounded to a nanosecond
				if got := s.Expected(due); math.Abs(got-want) > tolerance {
					t.Fatalf("record %d of lane %d is due at %v, where Λ is %v, not %v", n, lane, due, got, want)
				}
			}
			if n < 20_000 && last > 0 {
				t.Errorf("lane %d ends after %d records though %v go on", lane, n, last)
			}
			if math.Abs(float64(n)-expected*share) > 1 && last == 0 {
				t.Errorf("lane %d has %d records, expected %v", lane, n, expected*share)
			}
		}
	})
}

func TestOneLaneOfConstantRate(t *testing.T) {
	q := must(NewSchedule([]Phase{Constant(2000, time.Second)}, Arrivals{}, 9)).Lane(0, 1)
	for n := range 10_000 {
		if due, ok := q.Next(); !ok || due != 250*time.Microsecond+time.Duration(n)*500*time.Microsecond {
			t.Fatalf("record %d is due at %v", n, due)
		}
	}
}

// TestLanesStandBetweenEachOther is what the phases of constant lanes are for.
func TestLanesStandBetweenEachOther(t *testing.T) {
	for lanes := 2; lanes <= 64; lanes *= 2 {
		for a := range lanes {
			for b := range a {
				d := math.Abs(phase(a) - phase(b))
				if d = min(d, 1-d); d < 0.38/float64(lanes) {
					t.Errorf("of %d lanes %d and %d are %v of an interval apart", lanes, a, b, d)
				}
			}
		}
	}
}

// counts is how many records of all lanes are due in each width of the schedule.
func counts(s *Schedule, lanes int, width time.Duration) []float64 {
	n := make([]float64, s.Duration()/width)
	for lane := range lanes {
		q := s.Lane(lane, 1/float64(lanes))
		for {
			due, ok := q.Next()
			if !ok || due >= time.Duration(len(n))*width {
				break
			}
			n[due/width]++
		}
	}
	return n
}

func meanAndVariance(n []float64) (mean, variance float64) {
	for _, x := range n {
		mean += x / float64(len(n))
	}
	for _, x := range n {
		variance += (x - mean) * (x - mean) / float64(len(n)-1)
	}
	return mean, variance
}

// TestDispersion measures the variance of counts over their mean, at two widths.
func TestDispersion(t *testing.T) {
	for _, row := range []struct {
		a    Arrivals
		want float64
	}{
		{Arrivals{}, 0},
		{Arrivals{Kind: "poisson"}, 1},
		{Arrivals{Kind: "bursty", Dispersion: 1}, 1},
		{Arrivals{Kind: "bursty"}, 10},
		{Arrivals{Kind: "bursty", Dispersion: 20}, 20},
		{Arrivals{Kind: "bursty", Dispersion: 2.5}, 2.5},
	} {
		for _, width := range []time.Duration{time.Second, 50 * time.Millisecond} {
			t.Run(fmt.Sprintf("%s %v in %v", row.a.Kind, row.a.Dispersion, width), func(t *testing.T) {
				s := must(NewSchedule([]Phase{Constant(1000, 1000*time.Second)}, row.a, 12))
				n := counts(s, 4, width)
				mean, variance := meanAndVariance(n)
				perWidth := 1000 * width.Seconds()
				if sigma := math.Sqrt(max(row.want, 0.01) * perWidth / float64(len(n))); math.Abs(mean-perWidth) > 4*sigma {
					t.Errorf("mean %.3f, want %.3f ± %.3f", mean, perWidth, sigma)
				}
				got := variance / mean
				tolerance := 4*row.want*math.Sqrt(2/float64(len(n))) + 0.05
				if row.want > 1 { // counts in bursts are not normal where few bursts come in a width
					tolerance += 4 * row.want * math.Sqrt(6*row.want/perWidth/float64(len(n)))
				}
				if math.Abs(got-row.want) > tolerance {
					t.Errorf("dispersion %.3f, want %.3f ± %.3f", got, row.want, tolerance)
				}
			})
		}
	}
}

// TestRandomArrivalsFollowTheIntensity compares counts of the quarters of each shape with what is expected there.
func TestRandomArrivalsFollowTheIntensity(t *testing.T) {
	for _, a := range []Arrivals{{Kind: "poisson"}, {Kind: "bursty", Dispersion: 4}} {
		dispersion := max(1, a.Dispersion)
		for _, row := range shapes {
			t.Run(a.Kind+" "+row.name, func(t *testing.T) {
				var s *Schedule
				const seeds = 12
				sums := make([]float64, 4)
				for seed := range uint64(seeds) {
					s = must(NewSchedule(row.phases, a, seed))
					for i, n := range counts(s, 2, s.Duration()/4) {
						sums[i] += n
					}
				}
				for i, got := range sums {
					quarter := s.Duration() / 4
					want := seeds * (s.Expected(quarter*time.Duration(i+1)) - s.Expected(quarter*time.Duration(i)))
					if math.Abs(got-want) > 4.5*math.Sqrt(want*dispersion)+1e-6 {
						t.Errorf("quarter %d has %v records, expected %.1f", i, got, want)
					}
				}
			})
		}
	}
}

func TestPoissonGapsAreExponential(t *testing.T) {
	q := must(NewSchedule([]Phase{Constant(1000, time.Second)}, Arrivals{Kind: "poisson"}, 3)).Lane(0, 1)
	const n = 200_000
	var before time.Duration
	over := [4]float64{}
	for range n {
		due, _ := q.Next()
		for i := range over {
			if (due-before).Seconds()*1000 > float64(i+1) {
				over[i]++
			}
		}
		before = due
	}
	for i, got := range over {
		want := n * math.Exp(-float64(i+1))
		if math.Abs(got-want) > 4.5*math.Sqrt(want) {
			t.Errorf("%v gaps are over %d means, want %.0f", got, i+1, want)
		}
	}
}

func TestAlignedArrivals(t *testing.T) {
	const period = 10 * time.Second
	s := must(NewSchedule([]Phase{Ramp(10, 50, time.Minute)}, Arrivals{Kind: "aligned", Period: period}, 3))
	n := make(map[time.Duration]float64)
	for lane := range 3 {
		q := s.Lane(lane, 1./3)
		for {
			due, ok := q.Next()
			if !ok || due >= s.Duration() {
				break
			}
			n[due]++
		}
	}
	for mark := time.Duration(0); mark < s.Duration(); mark += period {
		want := s.Expected(mark+period) - s.Expected(mark)
		if math.Abs(n[mark]-want) > 3 {
			t.Errorf("%v are due at %v, want %v", n[mark], mark, want)
		}
		delete(n, mark)
	}
	if len(n) > 0 {
		t.Errorf("some are due at %v", n)
	}
}

func TestArrivalsNeverDecrease(t *testing.T) {
	for _, kind := range []string{"constant", "poisson", "bursty", "aligned"} {
		forShapes(t, Arrivals{Kind: kind, Period: time.Second}, 77, func(t *testing.T, s *Schedule, _, last float64) {
			q := s.Lane(1, 0.5)
			var before time.Duration
			ended := false
			for range 5000 {
				due, ok := q.Next()
				if ended && ok {
					t.Fatal("it went on after its end")
				}
				if ended = !ok; ended {
					if last > 0 {
						t.Fatal("it ended")
					}
					continue
				}
				if due < before || due < 0 {
					t.Fatalf("%v after %v", due, before)
				}
				before = due
			}
		})
	}
}

func TestSchedulesAreReproducible(t *testing.T) {
	for _, kind := range []string{"poisson", "bursty"} {
		begin := func(seed uint64, lane int) (ds [200]time.Duration) {
			q := must(NewSchedule([]Phase{Sine(100, 50, time.Minute, time.Hour)}, Arrivals{Kind: kind}, seed)).Lane(lane, 0.5)
			for i := range ds {
				ds[i], _ = q.Next()
			}
			return ds
		}
		if a, b := begin(1, 0), begin(1, 0); a != b {
			t.Errorf("%s: one seed gives two sequences", kind)
		}
		if begin(1, 0) == begin(2, 0) || begin(1, 0) == begin(1, 1) {
			t.Errorf("%s: two seeds or lanes give one sequence", kind)
		}
	}
}

func TestLaneWithoutShare(t *testing.T) {
	if due, ok := must(NewSchedule([]Phase{Constant(1, time.Second)}, Arrivals{}, 1)).Lane(0, 0).Next(); ok {
		t.Errorf("something is due at %v", due)
	}
}

func TestBadSchedules(t *testing.T) {
	second := time.Second
	for _, row := range []struct {
		name   string
		phases []Phase
		a      Arrivals
		want   string
	}{
		{"no phases", nil, Arrivals{}, "make schedule: there are no phases"},
		{"zero phase", []Phase{Constant(1, second), {}}, Arrivals{}, "make schedule: phase 2: the zero value is no phase"},
		{"negative rate", []Phase{Constant(-1, second)}, Arrivals{}, "phase 1: rate -1 is outside 0 to 1e+09 records/s"},
		{"NaN", []Phase{Ramp(1, math.NaN(), second)}, Arrivals{}, "rate NaN is outside"},
		{"infinite", []Phase{Ramp(math.Inf(1), 1, second)}, Arrivals{}, "rate +Inf is outside"},
		{"no time", []Phase{Constant(1, 0)}, Arrivals{}, "lasts 0s, outside 0 (excluded)"},
		{"long", []Phase{Constant(1, 60*24*time.Hour), Constant(1, 60*24*time.Hour)}, Arrivals{}, "phase 2: with it the phases are longer than 2400h0m0s"},
		{"one step", []Phase{Step(1, 2, 1, second)}, Arrivals{}, "1 steps are outside 2 to"},
		{"steps too short", []Phase{Step(1, 2, 10, 5)}, Arrivals{}, "a phase, or a part of one, lasts 0s"},
		{"amplitude", []Phase{Sine(1, 2, second, second)}, Arrivals{}, "amplitude 2 is outside 0 to the mean, 1"},
		{"period", []Phase{Sine(2, 1, 0, second)}, Arrivals{}, "period 0s is not above 0"},
		{"peak", []Phase{Spike(1, 2, second, second, second)}, Arrivals{}, "the peak from 1s for 1s is outside the phase's 1s"},
		{"one point", []Phase{Trace([]TracePoint{{}})}, Arrivals{}, "1 points of a trace are outside 2 to"},
		{"late point", []Phase{Trace([]TracePoint{{1, 1}, {2, 1}})}, Arrivals{}, "the first point of a trace is at 1ns, not at 0"},
		{"points out of order", []Phase{Trace([]TracePoint{{0, 1}, {5, 1}, {5, 2}})}, Arrivals{}, "point 3 of a trace, at 5ns, is not after 5ns"},
		{"arrivals", []Phase{Constant(1, second)}, Arrivals{Kind: "poison"}, `unknown "poison" (did you mean "poisson"?), want constant, poisson, bursty, aligned`},
		{"dispersion", []Phase{Constant(1, second)}, Arrivals{Kind: "bursty", Dispersion: 0.5}, "arrivals: dispersion 0.5 is outside 1 to 1e+06"},
		{"alignment", []Phase{Constant(1, second)}, Arrivals{Kind: "aligned", Period: -1}, "arrivals: period -1ns is negative"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, err := NewSchedule(row.phases, row.a, 1)
			if err == nil || s != nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

// FuzzSine holds the one inverse that is found by iteration.
func FuzzSine(f *testing.F) {
	f.Add(100.0, 1.0, 10.0, 0.3)
	f.Add(0.5, 0.0, 3600.0, 0.999)
	f.Add(102.5, 1.0/15, 0.52/27, 5.0/12)
	f.Fuzz(func(t *testing.T, mean, amplitude, period, at float64) {
		ok := mean > 1e-3 && mean < 1e6 && amplitude >= 0 && amplitude <= 1 && period > 1e-3 && period < 1e6 && at >= 0 && at <= 1
		if !ok {
			t.Skip()
		}
		p := piece{length: 3 * period, from: mean, to: mean, amplitude: amplitude * mean, omega: 2 * math.Pi / period}
		p.total = p.records(p.length)
		n := at * p.total
		got := p.instant(n)
		if !(got >= 0 && got <= p.length*(1+1e-12)) || math.Abs(p.records(got)-n) > 1e-9*p.total+4e-10*mean {
			t.Errorf("Λ⁻¹(%v of %v) = %v of %v, where Λ is %v", n, p.total, got, p.length, p.records(got))
		}
	})
}
