package measure

import "sync"

// cut is what one tick writes: everything that was recorded before it, and after the tick before. To take it out of the
// series and counters is quick; to pack and write it is not.
type cut struct {
	at       int64
	series   []*Series
	windows  [][]*window // of each series
	counters []*Counter
	counts   []counted // in the order of the counters
}

// cuts keeps the memory of those that were written.
type cuts struct {
	mu    sync.Mutex
	spare []*cut
}

// Cut is [Recorder.Tick] in two parts: it ends the tick, so that what is recorded from now on belongs to the next, and
// returns what writes it, which may be called on another goroutine. It must be called once; ticks are written in the order
// in which they were cut, and all of them before Finish. A Snapshot is as of the last tick that was written.
func (r *Recorder) Cut(at int64) (write func() error) {
	c := r.cut(at)
	return func() error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.window(c, true)
		return r.err
	}
}

func (r *Recorder) cut(at int64) *cut {
	c := r.cuts.get()
	c.at = at
	c.series, c.counters = r.registry.all()
	for _, s := range c.series {
		c.windows = append(c.windows, s.take())
	}
	for _, k := range c.counters {
		c.counts = k.take(c.counts)
	}
	return c
}

// uncut takes back a cut that was written.
func (r *Recorder) uncut(c *cut) {
	clear(c.windows)
	r.cuts.mu.Lock()
	defer r.cuts.mu.Unlock()
	r.cuts.spare = append(r.cuts.spare, c)
}

func (cs *cuts) get() *cut {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	n := len(cs.spare)
	if n == 0 {
		return new(cut)
	}
	c := cs.spare[n-1]
	cs.spare = cs.spare[:n-1]
	*c = cut{windows: c.windows[:0], counts: c.counts[:0]}
	return c
}

// appendCounts writes what the counters counted.
func (c *cut) appendCounts(line []byte) []byte {
	for _, k := range c.counters {
		k.last = 0
	}
	for i := range c.counts {
		if n := len(line); line[n-1] != '[' {
			line = append(line, ',')
		}
		line = c.counts[i].append(line)
	}
	return line
}
