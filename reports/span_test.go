package reports

import (
	"math"
	"slices"
	"testing"
)

func TestSpanWithout(t *testing.T) {
	for _, c := range []struct {
		name string
		s    span
		out  []int
		want []span
	}{
		{"nothing", span{2, 10}, nil, []span{{2, 10}}},
		{"in the middle", span{2, 10}, []int{5}, []span{{2, 5}, {6, 10}}},
		{"neighbours, told twice", span{2, 10}, []int{4, 5, 5, 6}, []span{{2, 4}, {7, 10}}},
		{"at the edges", span{2, 10}, []int{2, 9}, []span{{3, 9}}},
		{"outside", span{2, 10}, []int{0, 1, 10, 11}, []span{{2, 10}}},
		{"all of it", span{2, 4}, []int{2, 3}, nil},
	} {
		if got := c.s.without(c.out); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSpanSplit(t *testing.T) {
	for _, c := range []struct {
		name string
		s    span
		n    int
		want []span
	}{
		{"a second each", span{2, 5}, 10, []span{{2, 3}, {3, 4}, {4, 5}}},
		{"the last is shorter", span{0, 5}, 2, []span{{0, 3}, {3, 5}}},
		{"one", span{0, 5}, 1, []span{{0, 5}}},
		{"empty", span{5, 5}, 3, nil},
	} {
		if got := c.s.split(c.n); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestScales(t *testing.T) {
	for _, c := range []struct {
		name      string
		s         scale
		ticks     []float64
		low, high float64
		want      []float64
	}{
		{name: "linear ends above the highest", high: 2300, want: []float64{0, 1000, 2000, 3000}},
		{name: "linear of nothing", high: 0, want: []float64{0, 0.5, 1}},
		{name: "logarithmic, short", low: 3e6, high: 30e6, want: []float64{2e6, 5e6, 1e7, 2e7, 5e7}},
		{name: "logarithmic, long", low: 3e6, high: 3e9, want: []float64{1e7, 1e8, 1e9}},
	} {
		if c.low > 0 {
			c.s, c.ticks = logarithmic(c.low, c.high, 100, 0)
		} else {
			c.s, c.ticks = linear(c.high, 3, 100, 0)
		}
		same := slices.EqualFunc(c.ticks, c.want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) })
		if !same {
			t.Errorf("%s: ticks %v, want %v", c.name, c.ticks, c.want)
		}
		if c.s.high < c.high || c.s.low > max(c.low, 0) {
			t.Errorf("%s: %v to %v leave out %v to %v", c.name, c.s.low, c.s.high, c.low, c.high)
		}
		if at := c.s.within(math.Inf(1)); at != 0 {
			t.Errorf("%s: beyond is at %v, want the edge", c.name, at)
		}
	}
}

func TestSpreadKeepsOrderAndBounds(t *testing.T) {
	got := spread([]float64{0, 1, 2, 99, 100}, 10, 0, 100)
	want := []float64{0, 10, 20, 90, 100}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
