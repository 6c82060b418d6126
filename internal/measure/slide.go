package measure

import "math"

// slide is a window that moves over the seconds of some series. Its histogram is kept up by adding and taking back a
// second at a time, so that a scan decodes each second twice whatever the window's length.
type slide struct {
	series      []*SeriesData
	first, last int     // the seconds there are, within the range asked for: [first, last)
	units       []int64 // by second, counted from first: the units of all seconds before it, each counted once
	again       []int64 // by second: units that were seen in an earlier second

	from, to int // the window
	m        Measurement
}

func newSlide(series []*SeriesData, from, to int) *slide {
	s := &slide{series: series}
	s.first, s.last = extent(series, from, to)
	s.from, s.to = s.first, s.first
	n := s.last - s.first
	s.units, s.again = make([]int64, n+1), make([]int64, n)
	for _, d := range series {
		deltas := d.within(s.first, s.last)
		for i := range deltas {
			at := deltas[i].due - s.first
			s.units[at+1] += deltas[i].units - deltas[i].again
			s.again[at] += deltas[i].again
		}
	}
	for i := range n {
		s.units[i+1] += s.units[i]
	}
	return s
}

// extent is the range from the first to the last second in which anything was due or measured, cut to [from, to).
func extent(series []*SeriesData, from, to int) (first, last int) {
	first, last = math.MaxInt, math.MinInt
	for _, d := range series {
		if low, high, ok := d.Span(); ok {
			first, last = min(first, low), max(last, high+1)
		}
		if p := d.population; p != nil && len(p.points) > 0 {
			first, last = min(first, p.points[0].due), max(last, p.points[len(p.points)-1].due+1)
		}
	}
	first, last = max(first, from), min(last, to)
	if first >= last {
		return 0, 0
	}
	return first, last
}

// length is how long the window that begins at a second is; 0 is that there is none.
func (s *slide) length(at int, scan *Scan) int {
	room := s.last - at
	if scan.Length > 0 {
		if room < scan.Length && at > s.first {
			return 0
		}
		return min(scan.Length, room) // a run shorter than the window is one window
	}
	i := at - s.first
	for length := 1; length <= min(room, MaxWindow); length++ {
		if s.units[i+length]-s.units[i]+s.again[i] >= scan.Units {
			return length
		}
	}
	return 0
}

// move makes the window [from, to). It only moves forward: from never decreases.
func (s *slide) move(from, to int) *Measurement {
	for ; s.to < to; s.to++ {
		s.add(s.to, 1)
	}
	for ; s.to > to; s.to-- {
		s.add(s.to-1, -1)
	}
	for ; s.from < from; s.from++ {
		s.add(s.from, -1)
	}
	s.m.Units, s.m.Censored = 0, 0
	s.m.min, s.m.max = math.MaxInt64, math.MinInt64
	for _, d := range s.series {
		s.m.Units += d.Units(from, to)
		s.m.Censored += d.Censored(from, to)
		deltas := d.within(from, to)
		for i := range deltas {
			s.m.min, s.m.max = min(s.m.min, deltas[i].min), max(s.m.max, deltas[i].max)
		}
	}
	if s.m.Count() == 0 {
		s.m.min, s.m.max = 0, 0
	}
	return &s.m
}

// add adds a second's values to the histogram, or takes them back.
func (s *slide) add(second int, times int64) {
	for _, d := range s.series {
		deltas := d.within(second, second+1)
		for i := range deltas {
			s.m.addDelta(&deltas[i], times)
		}
	}
}
