package measure

import "errors"

// Distribution is a histogram as the last line of a run file keeps it: the exact count, minimum, maximum and sum, and the
// touched buckets, packed as in a window. The zero value is that of no values. Values are within 0 and Top.
type Distribution struct {
	Count int64  `json:"count"`
	Min   int64  `json:"min,omitzero"`
	Max   int64  `json:"max,omitzero"`
	Sum   int64  `json:"sum,omitzero"`
	Hist  []byte `json:"hist,omitzero"`
}

var errDistribution = errors.New("a distribution whose figures do not fit its histogram")

// Distribution is the histogram for a run file. Values below 0 or over Top are not in it: whoever needs them has a series.
func (h *Histogram) Distribution() Distribution {
	if h.inside == 0 {
		return Distribution{}
	}
	var p packer
	for i, n := range h.counts {
		if n != 0 {
			p.add(h.first+i, n)
		}
	}
	p.finish()
	return Distribution{Count: h.inside, Min: h.min, Max: h.max, Sum: int64(h.sum.float()), Hist: p.dst}
}

// Histogram is the distribution unpacked; an error where it does not hold what it says.
func (d *Distribution) Histogram() (*Histogram, error) {
	s, err := scan(d.Hist)
	switch {
	case err != nil:
		return nil, err
	case s.count != d.Count, d.Count == 0 && (d.Min != 0 || d.Max != 0 || d.Sum != 0),
		d.Min < 0, d.Min > d.Max, d.Max > Top, d.Sum < 0:
		return nil, errDistribution
	}
	h := new(Histogram)
	if d.Count == 0 {
		return h, nil
	}
	h.mergeExtremes(d.Count, d.Min, d.Max)
	h.sum.add(d.Sum)
	h.cover(s.low, s.high)
	unpack(h.counts, h.first, d.Hist, 1)
	h.inside = s.count
	return h, nil
}
