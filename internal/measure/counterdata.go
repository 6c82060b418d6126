package measure

import (
	"cmp"
	"iter"
	"slices"
)

// CounterData is one counter of a read run.
type CounterData struct {
	Name string
	Tags Tags

	points []point // by second, each second once; total is the sum up to and including it
}

type point struct {
	due      int
	n, total int64
}

// At is the count of one due second.
func (c *CounterData) At(second int) int64 {
	if i, ok := c.find(second); ok {
		return c.points[i].n
	}
	return 0
}

// Sum is the count of a range of due seconds.
func (c *CounterData) Sum(from, to int) int64 {
	if to <= from {
		return 0
	}
	return c.before(to) - c.before(from)
}

// Total is the count of all due seconds.
func (c *CounterData) Total() int64 { return c.Sum(FirstSecond, LastSecond) }

// Seconds gives every due second that has a count, in order.
func (c *CounterData) Seconds() iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for _, p := range c.points {
			if !yield(p.due, p.n) {
				return
			}
		}
	}
}

// before is the count of all seconds before one.
func (c *CounterData) before(second int) int64 {
	i, _ := c.find(second)
	if i == 0 {
		return 0
	}
	return c.points[i-1].total
}

func (c *CounterData) find(second int) (int, bool) {
	return slices.BinarySearchFunc(c.points, second, func(p point, due int) int { return cmp.Compare(p.due, due) })
}

// settle sorts the points that were read, one for each line and second, and adds them up.
func (c *CounterData) settle() {
	slices.SortStableFunc(c.points, func(a, b point) int { return cmp.Compare(a.due, b.due) })
	merged := c.points[:0]
	var total int64
	for _, p := range c.points {
		total += p.n
		if last := len(merged) - 1; last >= 0 && merged[last].due == p.due {
			merged[last].n += p.n
			merged[last].total = total
			continue
		}
		merged = append(merged, point{p.due, p.n, total})
	}
	c.points = slices.Clip(merged)
}
