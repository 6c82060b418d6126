package measure

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The library shows indexes only as the places of counts in an exported histogram.
func TestBucketsEqualTheLibrarys(t *testing.T) {
	h := hdrhistogram.New(Lowest, Top, Digits)
	if n := len(h.Export().Counts); n != buckets {
		t.Fatalf("the library has %d buckets, we have %d", n, buckets)
	}
	for _, v := range bucketProbes() {
		h.Reset()
		if err := h.RecordValue(v); err != nil {
			t.Fatalf("record %d: %v", v, err)
		}
		counts := h.Export().Counts
		if got, want := int(bucketOf(v)), slices.Index(counts, 1); got != want {
			t.Fatalf("bucket of %d is %d, the library's is %d", v, got, want)
		}
		bar := onlyBar(t, h)
		if low, high := bucketLow(int(bucketOf(v))), bucketHigh(int(bucketOf(v))); low != bar.From || high != bar.To {
			t.Fatalf("bucket of %d is [%d, %d], the library's is [%d, %d]", v, low, high, bar.From, bar.To)
		}
	}
}

// Every bucket begins where the one before it ends, and holds its own bounds.
func TestBucketsAreContiguous(t *testing.T) {
	next := int64(0)
	for i := range buckets {
		low, high := bucketLow(i), bucketHigh(i)
		if low != next || high < low {
			t.Fatalf("bucket %d is [%d, %d], want it to begin at %d", i, low, high, next)
		}
		if int(bucketOf(low)) != i || int(bucketOf(high)) != i {
			t.Fatalf("bucket %d holds its bounds %d, %d in %d, %d", i, low, high, bucketOf(low), bucketOf(high))
		}
		if high-low > max(511, low/1000) {
			t.Fatalf("bucket %d of width %d is wider than a thousandth of %d", i, high-low+1, low)
		}
		next = high + 1
	}
	if next <= Top {
		t.Fatalf("the last bucket ends at %d, below the top", next-1)
	}
}

// bucketProbes are the edges of every doubling and some values of every magnitude.
func bucketProbes() []int64 {
	probes := []int64{0, 1, 511, 512, 513, Lowest, Top - 1, Top}
	for shift := 9; shift < 55; shift++ {
		edge := int64(1) << shift
		probes = append(probes, edge-1, edge, edge+1)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		probes = append(probes, rng.Int64N(Top)>>rng.IntN(50))
	}
	return slices.DeleteFunc(probes, func(v int64) bool { return v > Top })
}

func onlyBar(t *testing.T, h *hdrhistogram.Histogram) hdrhistogram.Bar {
	t.Helper()
	for _, bar := range h.Distribution() {
		if bar.Count != 0 {
			return bar
		}
	}
	t.Fatal("no value recorded")
	return hdrhistogram.Bar{}
}
