package measure

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomValues spread over every magnitude, with some below 0 and some over the top.
func randomValues(rng *rand.Rand, n int) []int64 {
	values := make([]int64, n)
	for i := range values {
		switch rng.IntN(20) {
		case 0:
			values[i] = -rng.Int64N(1000) - 1
		case 1:
			values[i] = Top + 1 + rng.Int64N(Top)
		default:
			values[i] = rng.Int64N(Top+1) >> rng.IntN(50)
		}
	}
	return values
}

func histogramOf(values []int64) *Histogram {
	h := new(Histogram)
	for _, v := range values {
		h.Add(v)
	}
	return h
}

func TestQuantile(t *testing.T) {
	ms := func(n ...int64) []int64 {
		for i := range n {
			n[i] *= 1_000_000
		}
		return n
	}
	hundred := make([]int64, 100)
	for i := range hundred {
		hundred[i] = int64(i+1) * 1_000 // 1 µs to 100 µs, each in a bucket of its own
	}
	tests := map[string]struct {
		values   []int64
		censored int64
		q        float64
		want     int64 // within a thousandth
		beyond   bool
	}{
		"nothing":                               {q: 0.5, want: 0},
		"one value is every quantile":           {values: ms(5), q: 0.99, want: 5e6},
		"the lowest is exact":                   {values: []int64{1_000_001, 2e6}, q: 0, want: 1_000_001},
		"the highest is exact":                  {values: []int64{1e6, 2_000_001}, q: 1, want: 2_000_001},
		"the median of two is the lower":        {values: ms(1, 2), q: 0.5, want: 1e6},
		"rank 99 of 100, not 100":               {values: hundred, q: 0.99, want: 99_000},
		"rank 55 of 100 in spite of 0.55's bit": {values: hundred, q: 0.55, want: 55_000},
		"rank is rounded up":                    {values: hundred, q: 0.551, want: 56_000},
		"0 ns is a value":                       {values: []int64{0, 0, 0}, q: 0.5, want: 0},
		"NaN is the lowest":                     {values: ms(1, 2), q: math.NaN(), want: 1e6},
		"over 1 is the highest":                 {values: ms(1, 2), q: 99, want: 2e6},

		"censored records rank beyond":        {values: ms(1, 2), censored: 1, q: 0.99, want: Beyond, beyond: true},
		"below the censored nothing changes":  {values: ms(1, 2), censored: 2, q: 0.5, want: 2e6},
		"two thirds refused: no median":       {values: ms(1), censored: 2, q: 0.5, want: Beyond, beyond: true},
		"nothing but censored":                {censored: 3, q: 0.01, want: Beyond, beyond: true},
		"fewer than none censored are none":   {values: ms(1), censored: -3, q: 1, want: 1e6},
		"underflow ranks lowest":              {values: []int64{-7, -3, 5e6, 6e6}, q: 0.5, want: -1},
		"the lowest underflow is exact":       {values: []int64{-7, -3, 5e6, 6e6}, q: 0, want: -7},
		"nothing but underflow":               {values: []int64{-7, -3, -5}, q: 0.5, want: -3},
		"overflow ranks beyond":               {values: []int64{1e6, Top + 1}, q: 0.9, want: Beyond, beyond: true},
		"below the overflow nothing changes":  {values: []int64{1e6, Top + 1}, q: 0.5, want: 1e6},
		"the top itself is no overflow":       {values: []int64{1e6, Top}, q: 1, want: Top},
		"a bucket never exceeds the maximum":  {values: []int64{1_000_000_001, 1_000_000_002, 1_000_000_003}, q: 0.5, want: 1_000_000_003},
		"a bucket is never below the minimum": {values: []int64{511, 511, 600}, q: 0.5, want: 511},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, beyond := histogramOf(test.values).Quantile(test.q, test.censored)
			if beyond != test.beyond || math.Abs(float64(got-test.want)) > max(512, math.Abs(float64(test.want))/1000) {
				t.Errorf("quantile %v is %d (beyond: %v), want %d (%v)", test.q, got, beyond, test.want, test.beyond)
			}
			exact := test.q == 0 || test.q == 1 || test.beyond || test.want <= 511
			if exact && got != test.want {
				t.Errorf("quantile %v is %d, want exactly %d", test.q, got, test.want)
			}
		})
	}
}

// Every quantile is the value of that rank among the sorted values, within its bucket.
func TestQuantileEqualsTheSortedValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		values := randomValues(rng, 1+rng.IntN(300))
		h := histogramOf(values)
		slices.Sort(values)
		censored := int64(rng.IntN(3) * rng.IntN(100))
		n := int64(len(values)) + censored
		for _, q := range []float64{0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1} {
			// ceil(q·n) in exact arithmetic
			r := new(big.Rat).Mul(big.NewRat(int64(math.Round(q*1e4)), 1e4), new(big.Rat).SetInt64(n))
			rank := new(big.Int).Div(new(big.Int).Add(r.Num(), new(big.Int).Sub(r.Denom(), big.NewInt(1))), r.Denom()).Int64()
			rank = max(rank, 1)
			got, beyond := h.Quantile(q, censored)
			if rank > int64(len(values)) || values[rank-1] > Top {
				if !beyond || got != Beyond {
					t.Fatalf("quantile %v of %d and %d censored is %d, want beyond", q, len(values), censored, got)
				}
				continue
			}
			want := values[rank-1]
			if want < 0 && rank != 1 && rank != int64(len(values)) {
				want = min(-1, values[len(values)-1])
			} else if want >= 0 && rank != 1 && rank != int64(len(values)) {
				want = min(bucketHigh(int(bucketOf(want))), values[len(values)-1])
			}
			if beyond || got != want {
				t.Fatalf("quantile %v (rank %d of %d) is %d, want %d", q, rank, n, got, want)
			}
		}
	}
}

func TestHistogramIsExactBesideItsBuckets(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	values := randomValues(rng, 1000)
	total := new(big.Int)
	var under, over int64
	for _, v := range values {
		total.Add(total, big.NewInt(v))
		under += int64(b2i(v < 0))
		over += int64(b2i(v > Top))
	}
	h := histogramOf(values)
	if h.Count() != 1000 || h.Underflow() != under || h.Overflow() != over {
		t.Errorf("count %d, underflow %d, overflow %d; want 1000, %d, %d", h.Count(), h.Underflow(), h.Overflow(), under, over)
	}
	if h.Min() != slices.Min(values) || h.Max() != slices.Max(values) {
		t.Errorf("extremes are %d, %d", h.Min(), h.Max())
	}
	if h.sum.big().Cmp(total) != 0 {
		t.Errorf("sum is %v, want %v", h.sum.big(), total)
	}
	want, _ := new(big.Float).SetInt(total).Float64()
	if h.Sum() != want || h.Mean() != want/1000 {
		t.Errorf("sum %v, mean %v; want %v, %v", h.Sum(), h.Mean(), want, want/1000)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Merging is the same as adding all values to one histogram, in any order and grouping.
func TestMergeEqualsAdding(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		var all []int64
		var merged Histogram
		for range rng.IntN(6) {
			part := randomValues(rng, rng.IntN(40))
			all = append(all, part...)
			merged.Merge(histogramOf(part))
		}
		checkSame(t, &merged, histogramOf(all))
	}
}

// checkSame checks that two histograms hold the same, whatever ranges of buckets they happen to cover.
func checkSame(t *testing.T, got, want *Histogram) {
	t.Helper()
	g, w := *got, *want
	g.counts, w.counts, g.first, w.first = nil, nil, 0, 0
	if g.sum != w.sum || g.min != w.min || g.max != w.max || g.inside != w.inside || g.under != w.under || g.over != w.over {
		t.Fatalf("histogram is %+v, want %+v", g, w)
	}
	if a, b := barsOf(got), barsOf(want); !slices.Equal(a, b) {
		t.Fatalf("buckets are %v, want %v", a, b)
	}
}

func barsOf(h *Histogram) (bars [][3]int64) {
	h.Buckets(func(low, high, count int64) { bars = append(bars, [3]int64{low, high, count}) })
	return bars
}

func TestHDRHasTheSameCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	h := histogramOf(randomValues(rng, 5000))
	lib := h.HDR()
	if got, want := lib.TotalCount(), h.Count()-h.Underflow()-h.Overflow(); got != want {
		t.Errorf("the library counts %d values, want %d", got, want)
	}
	var bars [][3]int64
	for _, bar := range lib.Distribution() {
		if bar.Count != 0 {
			bars = append(bars, [3]int64{bar.From, bar.To, bar.Count})
		}
	}
	if !slices.Equal(bars, barsOf(h)) {
		t.Errorf("the library's buckets differ: %d bars and %d", len(bars), len(barsOf(h)))
	}
	if n := new(Histogram).HDR().TotalCount(); n != 0 {
		t.Errorf("an empty histogram has %d values in the library", n)
	}
}

func TestAtMost(t *testing.T) {
	h := histogramOf([]int64{-5, 1e6, 2e6, 3e6, Top + 1})
	for limit, want := range map[int64]int64{-1: 0, 0: 1, 1_500_000: 2, 2_500_000: 3, 10e6: 4, Top: 4, math.MaxInt64: 4} {
		if got := h.AtMost(limit); got != want {
			t.Errorf("at most %d: %d values, want %d", limit, got, want)
		}
	}
	if got := new(Histogram).AtMost(5); got != 0 {
		t.Errorf("an empty histogram has %d", got)
	}
}

func TestResetEmpties(t *testing.T) {
	h := histogramOf([]int64{-1, 5e6, Top + 1})
	h.Reset()
	checkSame(t, h, new(Histogram))
	h.Add(7e6)
	checkSame(t, h, histogramOf([]int64{7e6}))
}

func TestEnoughUnits(t *testing.T) {
	for q, want := range map[float64]int64{0.5: 20, 0.9: 100, 0.95: 200, 0.99: 1000, 0.999: 10_000, 0.9999: 100_000, 1: 1, 0: 10} {
		if got := EnoughUnits(q); got != want {
			t.Errorf("quantile %v needs %d units, want %d", q, got, want)
		}
	}
}

func TestSumSurvives64Bits(t *testing.T) {
	var s sum
	want := new(big.Int)
	for _, v := range []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MinInt64, math.MinInt64, -1, math.MinInt64, math.MinInt64} {
		s.add(v)
		want.Add(want, big.NewInt(v))
		text := s.append(nil)
		if string(text) != want.String() {
			t.Errorf("sum is %s, want %v", text, want)
		}
		back, err := parseSum(text)
		if err != nil || back != s {
			t.Errorf("%s reads as %+v, %v", text, back, err)
		}
	}
	for _, bad := range []string{"", "1.5", "x", "null", "340282366920938463463374607431768211456", "1e3"} {
		if _, err := parseSum([]byte(bad)); err == nil {
			t.Errorf("%q reads as a sum", bad)
		}
	}
}
