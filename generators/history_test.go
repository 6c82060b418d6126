package generators

import "testing"

// counter is a lane whose state is how many steps it took: its number, twice.
type counter struct {
	number, state uint64
	steps         int
}

func (c *counter) at() uint64                 { return c.number }
func (c *counter) reset()                     { c.number, c.state = 0, 0 }
func (c *counter) save(_ [2]uint64) [2]uint64 { return [2]uint64{c.number, c.state} }
func (c *counter) load(s [2]uint64)           { c.number, c.state = s[0], s[1] }

func (c *counter) step() {
	c.number++
	c.state += 2
	c.steps++
}

func TestHistoryReplaysInProportion(t *testing.T) {
	for _, back := range []uint64{10, 1000, 5_000, 40_000, 200_000, 400_000} {
		h, c := newHistory[[2]uint64](16), &counter{}
		h.seek(c, 400_000)
		before := c.steps
		h.seek(c, 400_000-back)
		if c.number != 400_000-back || c.state != 2*c.number {
			t.Fatalf("came to %d with state %d", c.number, c.state)
		}
		if replayed := c.steps - before; replayed > int(back)+2048 {
			t.Errorf("%d records replayed to go back by %d", replayed, back)
		}
		if len(h.marks) > h.most {
			t.Errorf("%d marks", len(h.marks))
		}
	}
	h, c := newHistory[[2]uint64](16), &counter{}
	r := random{state: 1}
	for range 100 {
		n := r.next() % 400_000
		if h.seek(c, n); c.number != n || c.state != 2*n {
			t.Fatalf("came to %d with state %d, not to %d", c.number, c.state, n)
		}
	}
}

func TestHistoryBoundsItsMemory(t *testing.T) {
	for _, row := range []struct{ bytes, most int }{{0, 32}, {8 << 10, 32}, {1 << 20, 16}, {64 << 20, 4}} {
		if h := newHistory[int](row.bytes); h.most != row.most {
			t.Errorf("states of %d bytes: %d marks, want %d", row.bytes, h.most, row.most)
		}
	}
}
