package measure

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// packed packs counts by bucket.
func packed(counts map[int]int64) []byte {
	var p packer
	var keys []int
	for bucket := range counts {
		keys = append(keys, bucket)
	}
	slices.Sort(keys)
	for _, bucket := range keys {
		p.add(bucket, counts[bucket])
	}
	p.finish()
	return p.dst
}

// checkUnpacks checks that packed counts unpack as they were.
func checkUnpacks(t *testing.T, counts map[int]int64) {
	t.Helper()
	src := packed(counts)
	span, err := scan(src)
	if err != nil {
		t.Fatalf("scan: %v", err)
	}
	got := make([]int64, buckets)
	unpack(got, 0, src, 1)
	low, high, total := -1, 0, int64(0)
	for bucket, n := range got {
		if n != counts[bucket] {
			t.Fatalf("bucket %d holds %d, want %d", bucket, n, counts[bucket])
		}
		if n != 0 && low < 0 {
			low = bucket
		}
		if n != 0 {
			high, total = bucket, total+n
		}
	}
	if span.low != max(low, 0) || span.high != high || span.count != total {
		t.Fatalf("span is %+v, want %d to %d with %d", span, low, high, total)
	}
	unpack(got, 0, src, -1)
	if i := slices.IndexFunc(got, func(n int64) bool { return n != 0 }); i >= 0 {
		t.Fatalf("bucket %d is not taken back", i)
	}
}

func TestCodeSizes(t *testing.T) {
	tests := map[string]struct {
		counts map[int]int64
		bytes  int
	}{
		"nothing":                     {map[int]int64{}, 0},
		"one value in the first":      {map[int]int64{0: 1}, 1},
		"two neighbours share a byte": {map[int]int64{0: 4, 2: 4}, 1},
		"three take two":              {map[int]int64{0: 1, 1: 1, 2: 1}, 2},
		"a medium count":              {map[int]int64{3: 24}, 1},
		"a lone value far away":       {map[int]int64{47: 1}, 1},
		"a few values a step away":    {map[int]int64{19: 3}, 1},
		"a large count near":          {map[int]int64{15: 25}, 2},
		"one value very far away":     {map[int]int64{48: 1}, 2},
		"the last bucket":             {map[int]int64{buckets - 1: 1}, 4},
		"all at once":                 {map[int]int64{buckets - 1: 1 << 39}, 1 + 3 + 6},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := len(packed(test.counts)); got != test.bytes {
				t.Errorf("%d bytes, want %d", got, test.bytes)
			}
			checkUnpacks(t, test.counts)
		})
	}
}

// Each step with each count, alone and after a small pair.
func TestEveryPair(t *testing.T) {
	for _, step := range []int{1, 2, 3, 4, 5, 16, 17, 20, 21, 48, 49, 127, 128, 129, 20_000} {
		for _, count := range []int64{1, 2, 3, 4, 5, 24, 25, 26, 128, 129, 1 << 20} {
			checkUnpacks(t, map[int]int64{step - 1: count})
			checkUnpacks(t, map[int]int64{100: 1, 100 + step: count})
		}
	}
}

func TestRandomCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		counts := map[int]int64{}
		width := 1 + rng.IntN(buckets)>>rng.IntN(14)
		for range rng.IntN(400) {
			counts[rng.IntN(width)] = 1 + rng.Int64N(1<<30)>>rng.IntN(31)
		}
		checkUnpacks(t, counts)
	}
}

func TestScanRefuses(t *testing.T) {
	tests := map[string]struct {
		src  []byte
		want error
	}{
		"an unknown code":         {[]byte{254}, errCode},
		"a step cut short":        {[]byte{codeStep}, errShort},
		"a step cut in its bytes": {[]byte{codeStep, 0x80}, errShort},
		"a count cut short":       {[]byte{codeCount}, errShort},
		"a count after its step":  {[]byte{codeBoth, 1}, errShort},
		"a bucket over the top":   {binary.AppendUvarint([]byte{codeStep}, buckets), errBucket},
		"a step beyond integers":  {binary.AppendUvarint([]byte{codeStep}, 1<<63), errBucket},
		"steps that add up to it": {slices.Repeat([]byte{codeLone + 43}, 1000), errBucket},
		"a count too large":       {binary.AppendUvarint([]byte{codeCount}, maxCount), errCount},
		"counts that add up":      {slices.Repeat(binary.AppendUvarint([]byte{codeCount}, maxCount/2), 3), errCount},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := scan(test.src); !errors.Is(err, test.want) {
				t.Errorf("error is %v, want %v", err, test.want)
			}
		})
	}
}

// Whatever scan accepts unpacks within its span and to its count, and packs to something that unpacks the same.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte{})
	f.Add(packed(map[int]int64{0: 1, 1: 2, 5: 30, 60: 1, 9000: 1 << 33}))
	f.Add([]byte{codeBoth, 0x80, 0x01, 0xff, 0x01, 0})
	f.Fuzz(func(t *testing.T, src []byte) {
		span, err := scan(src)
		if err != nil {
			return
		}
		counts := make([]int64, span.high-span.low+1)
		unpack(counts, span.low, src, 1)
		var total int64
		var p packer
		for i, n := range counts {
			total += n
			if n > 0 {
				p.add(span.low+i, n)
			}
		}
		p.finish()
		if total != span.count {
			t.Fatalf("span counts %d and %d were unpacked", span.count, total)
		}
		again := make([]int64, len(counts))
		if second, err := scan(p.dst); err != nil || second.count != span.count {
			t.Fatalf("packed again: %+v, %v; want %+v", second, err, span)
		}
		unpack(again, span.low, p.dst, 1)
		if !slices.Equal(again, counts) {
			t.Fatal("packed again, it differs")
		}
	})
}
