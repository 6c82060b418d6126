package measure

// Stat is one number of a measurement, such as a percentile. beyond says that it ranks beyond everything measured.
type Stat func(m *Measurement) (value int64, beyond bool)

// QuantileStat is the quantile q as a Stat.
func QuantileStat(q float64) Stat {
	return func(m *Measurement) (int64, bool) { return m.Quantile(q) }
}

// Scan says which windows Worst looks at.
type Scan struct {
	From, To int   // due seconds [From, To)
	Length   int   // seconds of every window; 0 is the shortest of 1 to MaxWindow seconds that has enough units, at each second anew
	Units    int64 // how many are enough where Length is 0; see EnoughUnits
	Lowest   bool  // the worst is the lowest value, not the highest
}

// MaxWindow is the longest window that is tried for enough units, in seconds.
const MaxWindow = 60

// Window is a window that Worst found.
type Window struct {
	At     int   // its first due second
	Length int   // seconds
	Value  int64 // of the stat; Beyond where beyond
	Beyond bool
}

// Worst slides a window over the seconds of some series and finds the worst value of a stat: of two that are beyond, the
// one with the larger share of censored records; of two that are equal, the earlier. ok is false where no window within
// the range has enough units, or none has a record.
func Worst(series []*SeriesData, scan Scan, stat Stat) (worst Window, ok bool) {
	s := newSlide(series, scan.From, scan.To)
	share := 0.0
	for at := s.first; at < s.last; at++ {
		length := s.length(at, &scan)
		if length == 0 {
			continue
		}
		m := s.move(at, at+length)
		n := m.Count() + m.Censored
		if n == 0 {
			continue
		}
		value, beyond := stat(m)
		w := Window{At: at, Length: length, Value: value, Beyond: beyond}
		censored := float64(m.Censored) / float64(n)
		if !ok || scan.worse(w, worst, censored > share) {
			worst, share, ok = w, censored, true
		}
	}
	return worst, ok
}

// worse tells whether a is worse than b, which is earlier; more says that a has the larger share of censored records.
func (s *Scan) worse(a, b Window, more bool) bool {
	switch {
	case a.Beyond && b.Beyond:
		return more
	case s.Lowest:
		return a.Value < b.Value
	}
	return a.Value > b.Value
}
