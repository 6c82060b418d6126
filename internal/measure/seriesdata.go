package measure

import (
	"cmp"
	"iter"
	"slices"
)

// SeriesData is one series of a read run. Its histograms stay packed until they are asked for, so that an hour's run fits
// in tens of megabytes.
type SeriesData struct {
	Name string
	Tags Tags
	Unit string     // "ns"
	Of   CounterRef // the counter of the records that should have a value; zero: no such population

	population *CounterData
	deltas     []delta // by due second, then in the order of the file
	blocks     []delta // see block
}

// delta is what one line of the file adds to one due second of one series.
type delta struct {
	due    int
	units  int64 // units with a value in this second
	again  int64 // of these, which also have one in an earlier second
	under  int64
	over   int64
	min    int64
	max    int64
	sum    sum
	packed []byte
	span   span
}

func (d *delta) count() int64 { return d.span.count + d.under + d.over }

// Span is the first and the last due second with a value; ok is false where there is none.
func (d *SeriesData) Span() (first, last int, ok bool) {
	if len(d.deltas) == 0 {
		return 0, 0, false
	}
	return d.deltas[0].due, d.deltas[len(d.deltas)-1].due, true
}

// Histogram merges the values of a range of due seconds.
func (d *SeriesData) Histogram(from, to int) *Histogram {
	h := new(Histogram)
	d.mergeInto(h, from, to)
	return h
}

// Count is the number of values in a range of due seconds.
func (d *SeriesData) Count(from, to int) int64 {
	var n int64
	deltas := d.within(from, to)
	for i := range deltas {
		n += deltas[i].count()
	}
	return n
}

// Units is how many requests, invocations or objects had a value in a range of due seconds. A unit that leaves out whole
// seconds between its values may be counted once too few, never once too many.
func (d *SeriesData) Units(from, to int) int64 {
	var n int64
	deltas := d.within(from, to)
	for i := range deltas {
		n += deltas[i].units
		if deltas[i].due != deltas[0].due {
			n -= deltas[i].again
		}
	}
	return n
}

// Censored is how many records of the population were due in the range and have no value in it. It is 0 without one.
func (d *SeriesData) Censored(from, to int) int64 {
	if d.population == nil {
		return 0
	}
	return max(d.population.Sum(from, to)-d.Count(from, to), 0)
}

// Seconds gives every due second that has a value, in order, with its histogram, which is valid until the next.
func (d *SeriesData) Seconds() iter.Seq2[int, *Histogram] {
	return func(yield func(int, *Histogram) bool) {
		h := new(Histogram)
		for i := 0; i < len(d.deltas); {
			due := d.deltas[i].due
			for h.Reset(); i < len(d.deltas) && d.deltas[i].due == due; i++ {
				h.addDelta(&d.deltas[i], 1)
			}
			if !yield(due, h) {
				return
			}
		}
	}
}

func (d *SeriesData) mergeInto(h *Histogram, from, to int) {
	for low, high := d.indexes(from, to); low < high; {
		if low%blockDeltas == 0 && high-low >= blockDeltas {
			if b := d.block(low / blockDeltas); b != nil {
				h.addDelta(b, 1)
				low += blockDeltas
				continue
			}
		}
		h.addDelta(&d.deltas[low], 1)
		low++
	}
}

// within is the deltas of a range of due seconds.
func (d *SeriesData) within(from, to int) []delta {
	low, high := d.indexes(from, to)
	return d.deltas[low:high]
}

// indexes are where in deltas a range of due seconds begins and ends.
func (d *SeriesData) indexes(from, to int) (low, high int) {
	find := func(due int) int {
		i, _ := slices.BinarySearchFunc(d.deltas, due, func(e delta, due int) int { return cmp.Compare(e.due, due) })
		return i
	}
	low = find(from)
	return low, max(low, find(to))
}

// addDelta adds a delta, or takes it back where times is -1. Minimum and maximum are only ever added.
func (h *Histogram) addDelta(e *delta, times int64) {
	if times > 0 {
		h.mergeExtremes(e.count(), e.min, e.max)
		h.sum.merge(e.sum)
	} else {
		h.sum.remove(e.sum)
	}
	if e.span.count > 0 {
		h.cover(e.span.low, e.span.high)
		unpack(h.counts, h.first, e.packed, times)
	}
	h.inside += times * e.span.count
	h.under += times * e.under
	h.over += times * e.over
}
