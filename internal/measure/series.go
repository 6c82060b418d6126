package measure

import (
	"math"
	"sync"
)

// SeriesOptions say what a series is. The zero value is nanoseconds of no population.
type SeriesOptions struct {
	Unit string // of the values; empty is "ns"

	// Of names the counter of the records that should all get a value, by due second, such as put.due of a stream. The
	// records it counts that never get one are censored: they rank beyond every value. Without it nothing is censored.
	Of CounterRef
}

// Series records values of one kind: a latency, an age. It is safe for concurrent use; values go in through a [Unit].
type Series struct {
	name    string
	tags    Tags
	options SeriesOptions
	id      int

	mu      sync.Mutex
	unit    Unit // the one unit there can be at a time
	units   uint64
	pending pending
	swap    []*window // to exchange with pending's; nil while a tick has it

	// Of the recorder, under its lock.
	total  Histogram
	count  int64 // units in all
	last   []delta
	packed []byte // of last
}

// Unit is one request, invocation or object, and the values that came in it. It holds the series' lock from
// [Series.Unit] to [Unit.End], so it is short-lived and never held over a wait, a tick of the recorder, or another unit of the same series.
type Unit struct {
	start   int64 // of the second that window is for
	window  *window
	series  *Series
	touched []*window
}

const noSecond = math.MinInt64 // no due time is in this second

// Unit begins a unit. It waits for the end of another.
func (s *Series) Unit() *Unit {
	s.mu.Lock()
	s.units++
	return &s.unit
}

// Record records one value that is a unit of its own.
func (s *Series) Record(due, value int64) {
	u := s.Unit()
	u.Add(due, value)
	u.End()
}

// Add records a value of a record that was due at an instant, in nanoseconds since the start of the load. A value over
// [Top] is overflow and one below 0 underflow.
func (u *Unit) Add(due, value int64) {
	if uint64(due-u.start) >= uint64(second) {
		u.seek(due)
	}
	w := u.window
	w.min, w.max = min(w.min, value), max(w.max, value)
	w.sum.add(value)
	if uint64(value) > uint64(Top) {
		w.outside(value)
		return
	}
	if n := len(w.tail); n < cap(w.tail) {
		w.tail = w.tail[:n+1]
		w.tail[n] = bucketOf(value)
		return
	}
	w.put(bucketOf(value))
}

// AddTimes is Add, n times, of records that were due in one second: what arrived together and came out together.
func (u *Unit) AddTimes(due, value, n int64) {
	if uint64(due-u.start) >= uint64(second) {
		u.seek(due)
	}
	w := u.window
	w.min, w.max = min(w.min, value), max(w.max, value)
	w.sum.addTimes(value, n)
	if uint64(value) > uint64(Top) {
		for range n {
			w.outside(value)
		}
		return
	}
	bucket := bucketOf(value)
	if have := int64(len(w.tail)); have+n <= int64(cap(w.tail)) {
		w.tail = w.tail[:have+n]
		for i := have; i < have+n; i++ {
			w.tail[i] = bucket
		}
		return
	}
	for range n {
		w.put(bucket)
	}
}

// End ends the unit. Without values it was none.
func (u *Unit) End() {
	if len(u.touched) > 1 {
		u.countAgain()
	}
	clear(u.touched)
	u.touched = u.touched[:0]
	u.start = noSecond
	u.series.mu.Unlock()
}

// seek makes the window of due's second the current one.
func (u *Unit) seek(due int64) {
	u.start = floorSecond(due)
	w := u.series.pending.at(u.start)
	if w.unit != u.series.units {
		w.unit = u.series.units
		w.units++
		u.touched = append(u.touched, w)
	}
	u.window = w
}

// countAgain marks the unit as seen before in all its seconds but the first.
func (u *Unit) countAgain() {
	first := u.touched[0].start
	for _, w := range u.touched {
		first = min(first, w.start)
	}
	for _, w := range u.touched {
		if w.start != first {
			w.again++
		}
	}
}

// take gives the windows since the last time it was called.
func (s *Series) take() []*window {
	s.mu.Lock()
	defer s.mu.Unlock()
	windows := s.pending.windows
	s.pending.windows, s.swap = s.swap, nil
	return windows
}

// give returns the windows' memory.
func (s *Series) give(windows []*window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.swap = s.pending.recycle(windows)
}

// append writes the deltas of the windows that were taken at a tick.
func (s *Series) append(line []byte, scratch *scratch, windows []*window) []byte {
	s.last, s.packed = s.last[:0], s.packed[:0]
	for _, w := range windows {
		if n := len(line); line[n-1] != '[' {
			line = append(line, ',')
		}
		s.total.mergeExtremes(1, w.min, w.max)
		packed, span := scratch.pack(w, &s.total)
		s.total.sum.merge(w.sum)
		s.total.under += w.under
		s.total.over += w.over
		s.count += w.units - w.again
		e := delta{
			due: int(w.start / second), units: w.units, again: w.again, under: w.under, over: w.over,
			min: w.min, max: w.max, sum: w.sum, packed: packed, span: span,
		}
		line = appendDelta(line, s.id, &e)
		from := len(s.packed)
		s.packed = append(s.packed, packed...)
		e.packed = s.packed[from:]
		s.last = append(s.last, e)
	}
	s.give(windows)
	return line
}
