package measure

import "math"

// Run is a run file that was read. Everything in it is asked for by due second: second 17 is what was due from 17 s up to
// 18 s after the start of the load, whenever it was measured. Ranges are [from, to).
//
// A Run does not change, but it is not safe for concurrent use.
type Run struct {
	Header   Header
	Series   []*SeriesData  // in the order of their first use
	Counters []*CounterData // in the order of their first use
	End      *End           // nil: the run was killed
	Windows  int            // lines of windows read; about the seconds the run lived
	Last     float64        // seconds since the start of the load at which the last of them was written
	Torn     bool           // the last line was cut off, and left out
}

// The range of every second there is.
const (
	FirstSecond = math.MinInt
	LastSecond  = math.MaxInt
)

// Measured is the range of due seconds that tables and objectives are about: from the end of the warm-up to the end of
// the load, as far as it went.
func (r *Run) Measured() (from, to int) {
	length := r.Header.DurationSeconds
	if r.End != nil {
		length = r.End.ElapsedSeconds
	} else {
		length = min(length, r.Last)
	}
	from = int(math.Ceil(r.Header.WarmupSeconds))
	return from, max(from, int(math.Ceil(length)))
}

// Find gives the series of one name that have at least these tags.
func (r *Run) Find(name string, tags Tags) []*SeriesData {
	var found []*SeriesData
	for _, d := range r.Series {
		if d.Name == name && d.Tags.Has(tags) {
			found = append(found, d)
		}
	}
	return found
}

// FindCounters gives the counters of one name that have at least these tags.
func (r *Run) FindCounters(name string, tags Tags) []*CounterData {
	var found []*CounterData
	for _, c := range r.Counters {
		if c.Name == name && c.Tags.Has(tags) {
			found = append(found, c)
		}
	}
	return found
}

// Sum adds up the counters of one name that have at least these tags.
func (r *Run) Sum(name string, tags Tags, from, to int) int64 {
	var n int64
	for _, c := range r.FindCounters(name, tags) {
		n += c.Sum(from, to)
	}
	return n
}

// Measurement is what one or several series hold of a range of due seconds.
type Measurement struct {
	Histogram
	Units    int64 // requests, invocations or objects the values came in
	Censored int64 // records that were due and have no value
}

// Quantile ranks the values and, beyond them, the censored.
func (m *Measurement) Quantile(q float64) (value int64, beyond bool) {
	return m.Histogram.Quantile(q, m.Censored)
}

// Thin tells whether there are too few units for a quantile q. See [EnoughUnits].
func (m *Measurement) Thin(q float64) bool { return m.Units < EnoughUnits(q) }

// Combine merges several series, such as those of one name over all streams.
func Combine(series []*SeriesData, from, to int) *Measurement {
	m := new(Measurement)
	for _, d := range series {
		m.Units += d.Units(from, to)
		m.Censored += d.Censored(from, to)
		d.mergeInto(&m.Histogram, from, to)
	}
	return m
}
