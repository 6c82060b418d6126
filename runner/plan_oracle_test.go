package runner_test

import (
	"testing"
	"time"
)

// leaves is when each record should leave in its batch, in order: a batch begins with the first record that is not in one
// before it, holds those due within the linger of that, at most so many, and leaves when the last of these is due or the
// linger is over. (docs/design/007-arithmetic.md)
func leaves(dues []int64, most int, linger time.Duration) []int64 {
	leave := make([]int64, len(dues))
	for first := 0; first < len(dues); {
		last := first
		for last+1 < len(dues) && last+1-first < most && dues[last+1] <= dues[first]+at(linger) {
			last++
		}
		at := dues[first] + at(linger)
		if last+1-first == most {
			at = dues[last]
		}
		for i := first; i <= last; i++ {
			leave[i] = at
		}
		first = last + 1
	}
	return leave
}

// at is an offset in the unit of the run.
func at(d time.Duration) int64 { return d.Nanoseconds() }

// constant is when the records of one lane are due at a constant rate: half an interval late.
func constant(rate, seconds int) []int64 {
	dues := make([]int64, rate*seconds)
	for n := range dues {
		dues[n] = ((2*int64(n)+1)*1e9 + int64(rate)) / (2 * int64(rate))
	}
	return dues
}

func TestLeaves(t *testing.T) {
	dues := []int64{10, 20, 30, 40, 50, 100, 101}
	tests := []struct {
		name   string
		most   int
		linger time.Duration
		want   []int64
	}{
		{"filled", 2, time.Second, []int64{20, 20, 40, 40, 100, 100, 1000000101}},
		{"lingering", 500, 20, []int64{30, 30, 30, 60, 60, 120, 120}},
		{"alone", 1, 20, dues},
		{"no linger", 500, 0, dues},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i, got := range leaves(dues, test.most, test.linger) {
				if got != test.want[i] {
					t.Errorf("record %d leaves at %d, want %d", i, got, test.want[i])
				}
			}
		})
	}
}
