package measure

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
)

// Counter counts something by due second. It is safe for concurrent use.
type Counter struct {
	name string
	tags Tags
	id   int

	mu      sync.Mutex
	pending []count // by second; few

	// Of the recorder, under its lock.
	total int64
	last  int64 // in the last tick
}

type count struct {
	start int64
	n     int64
}

// Add counts n more that were due at an instant, in nanoseconds since the start of the load. Callers with a batch add it
// at once.
func (c *Counter) Add(due, n int64) {
	c.mu.Lock()
	if last := len(c.pending) - 1; last >= 0 && uint64(due-c.pending[last].start) < uint64(second) {
		c.pending[last].n += n
	} else {
		c.addSlow(floorSecond(due), n)
	}
	c.mu.Unlock()
}

func (c *Counter) addSlow(start, n int64) {
	i, found := slices.BinarySearchFunc(c.pending, start, func(e count, start int64) int { return cmp.Compare(e.start, start) })
	if !found {
		c.pending = slices.Insert(c.pending, i, count{start: start})
	}
	c.pending[i].n += n
}

// take moves what was counted since the last time it was called to dst.
func (c *Counter) take(dst []counted) []counted {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.pending {
		if e.n != 0 {
			dst = append(dst, counted{c, e})
		}
	}
	c.pending = c.pending[:0]
	return dst
}

// counted is what one counter counted of one due second.
type counted struct {
	counter *Counter
	count
}

// append writes it, and adds it to what the counter has in all.
func (e *counted) append(line []byte) []byte {
	c := e.counter
	c.last += e.n
	c.total += e.n
	line = strconv.AppendInt(append(line, '['), int64(c.id), 10)
	line = strconv.AppendInt(append(line, ','), e.start/second, 10)
	line = strconv.AppendInt(append(line, ','), e.n, 10)
	return append(line, ']')
}
