package kinesis

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// checkStep demands that each range of a step was there before, is a half of one that was, or is made of two.
func checkStep(t *testing.T, from, to ranges) {
	t.Helper()
	for i := range to {
		_, had := slices.BinarySearchFunc(from, to[i], compare)
		if !had && i == 0 {
			t.Fatal("the first range does not begin with 0")
		}
	}
	from.pieces(to, func(pieces ranges) {
		if len(pieces) > 2 {
			t.Fatalf("a range became %d in one step", len(pieces))
		}
	})
	to.pieces(from, func(pieces ranges) {
		if len(pieces) > 2 {
			t.Fatalf("%d ranges became one in one step", len(pieces))
		}
	})
	if grew := len(from.with(to...)) > len(from); grew && len(to.with(from...)) > len(to) {
		t.Fatal("a step both splits and merges")
	}
}

// TestStepsSplitAndMergePairwise: from any ranges to any number of equal ones, each step is splits in two or merges of two.
func TestStepsSplitAndMergePairwise(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		from := ranges{{}}
		for range r.IntN(40) {
			from = from.with(record.Hash{Hi: r.Uint64() >> r.IntN(20), Lo: r.Uint64()})
		}
		n := 1 + r.IntN(60)
		want := from.even(n)
		if len(want) != n || want[0] != (record.Hash{}) || !slices.IsSortedFunc(want, compare) {
			t.Fatalf("%d even ranges are %v", n, want)
		}
		at := from
		for _, to := range from.steps(want) {
			checkStep(t, at, to)
			at = to
		}
		if !slices.Equal(at, want) {
			t.Fatalf("%d ranges to %d ended at %v, want %v", len(from), n, at, want)
		}
	}
}

// TestStepsOfEvenRanges: doubling is one split of each and halving one merge of each pair, whatever the division leaves over.
func TestStepsOfEvenRanges(t *testing.T) {
	tests := []struct {
		from, to      int
		steps, splits int
		merges        int
	}{
		{1, 2, 1, 1, 0},
		{3, 6, 1, 3, 0},
		{7, 14, 1, 7, 0},
		{6, 3, 1, 0, 3},
		{5000, 10_000, 1, 5000, 0},
		{4, 5, 2, 4, 3}, // 15 shards in all, as moto saw on AWS
		{4, 6, 2, 4, 2},
		{4, 3, 2, 2, 3},
		{10, 13, 3, 12, 9}, // two of the ranges are cut twice
		{999, 1000, 2, 999, 998},
		{1000, 999, 2, 998, 999},
	}
	for _, tt := range tests {
		at := ranges(evenRanges(tt.from))
		steps := at.steps(at.even(tt.to))
		splits, merges := 0, 0
		for _, to := range steps {
			checkStep(t, at, to)
			splits += max(len(to)-len(at), 0)
			merges += max(len(at)-len(to), 0)
			at = to
		}
		if len(steps) != tt.steps || splits != tt.splits || merges != tt.merges {
			t.Errorf("%d to %d: %d steps, %d splits, %d merges, want %d, %d, %d",
				tt.from, tt.to, len(steps), splits, merges, tt.steps, tt.splits, tt.merges)
		}
		for i, h := range evenRanges(tt.to) {
			if distance(at[i], h) > uint64(tt.from+tt.to) {
				t.Fatalf("%d to %d: range %d begins at %v, want %v", tt.from, tt.to, i, at[i], h)
			}
		}
	}
}

func TestMiddle(t *testing.T) {
	h := func(n uint64) record.Hash { return record.Hash{Lo: n} }
	tests := []struct {
		start, end, want record.Hash
		ok               bool
	}{
		{h(0), maxHash, record.Hash{Hi: 1 << 63}, true},
		{h(0), h(1), h(1), true},
		{h(10), h(12), h(12), true},
		{h(10), h(13), h(12), true},
		{h(7), h(7), h(8), false},
	}
	for _, tt := range tests {
		if got, ok := middle(tt.start, tt.end); got != tt.want || ok != tt.ok {
			t.Errorf("the middle of %v and %v is %v, %v, want %v, %v", tt.start, tt.end, got, ok, tt.want, tt.ok)
		}
	}
}
