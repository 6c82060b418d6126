package measure

// blockDeltas is how many deltas of a series are summed up in a block.
const blockDeltas = 128

// block is the sum of the i-th blockDeltas deltas, packed as each of them is. A report asks for the whole of a run a dozen
// times; a day's run would have to be unpacked second by second for each. It is made when it is first asked for, and nil
// where it would not fit what a packed histogram holds.
func (d *SeriesData) block(i int) *delta {
	if d.blocks == nil {
		d.blocks = make([]delta, len(d.deltas)/blockDeltas)
	}
	b := &d.blocks[i]
	if b.count() > 0 {
		return b
	}
	var h Histogram
	for k := range blockDeltas {
		h.addDelta(&d.deltas[i*blockDeltas+k], 1)
	}
	if h.inside > maxCount {
		return nil
	}
	*b = h.delta()
	return b
}

// delta packs a histogram.
func (h *Histogram) delta() delta {
	e := delta{under: h.under, over: h.over, min: h.min, max: h.max, sum: h.sum}
	var p packer
	for i, n := range h.counts {
		if n == 0 {
			continue
		}
		bucket := h.first + i
		if e.span.count == 0 {
			e.span.low = bucket
		}
		e.span.high = bucket
		e.span.count += n
		p.add(bucket, n)
	}
	p.finish()
	e.packed = p.dst
	return e
}
