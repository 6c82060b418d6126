package kinesis

import (
	"crypto/md5"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

func bigHash(h record.Hash) *big.Int {
	v := new(big.Int).Lsh(new(big.Int).SetUint64(h.Hi), 64)
	return v.Or(v, new(big.Int).SetUint64(h.Lo))
}

func TestHashKeyIsTheMD5AsANumber(t *testing.T) {
	long := make([]byte, 1000)
	for _, key := range []string{"", "user-1", "日本語", string(long)} {
		sum := md5.Sum([]byte(key))
		if got, want := bigHash(HashKey(key)), new(big.Int).SetBytes(sum[:]); got.Cmp(want) != 0 {
			t.Errorf("HashKey(%.10q) = %s, want %s", key, got, want)
		}
	}
}

// TestEvenRanges holds the ranges of three shards as AWS makes them (kinesalite's tests) and, for other numbers, that they
// are floor(2^128/n) wide and cover everything.
func TestEvenRanges(t *testing.T) {
	three := []string{"0", "113427455640312821154458202477256070485", "226854911280625642308916404954512140970"}
	for i, h := range evenRanges(3) {
		if got := string(AppendHash(nil, h)); got != three[i] {
			t.Errorf("shard %d of 3 starts at %s, want %s", i, got, three[i])
		}
	}
	all := new(big.Int).Lsh(big.NewInt(1), 128)
	for _, n := range []int{1, 2, 3, 4, 5, 7, 16, 1000, 1024, 9973, 10_000} {
		width := new(big.Int).Div(all, big.NewInt(int64(n)))
		for i, h := range evenRanges(n) {
			if want := new(big.Int).Mul(width, big.NewInt(int64(i))); bigHash(h).Cmp(want) != 0 {
				t.Fatalf("shard %d of %d starts at %s, want %s", i, n, bigHash(h), want)
			}
		}
	}
}

func TestRouteFindsTheShardThatHoldsTheHash(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	l := Limits{}.Complete("us-east-1")
	for _, n := range []int{1, 2, 3, 4, 7, 16, 100, 999} {
		st := &stream{}
		st.addShards(n, &l, 0)
		check := func(h record.Hash) {
			t.Helper()
			if s := st.route(h); !s.holds(h) {
				t.Fatalf("of %d shards, %s went to %s [%s, %s]", n, bigHash(h), s.id, bigHash(s.start), bigHash(s.end))
			}
		}
		for _, s := range st.open {
			check(s.start)
			check(s.end)
		}
		for range 1000 {
			check(record.Hash{Hi: r.Uint64(), Lo: r.Uint64()})
		}
		// Uneven ranges, as after splits: the shortcut misses, the search finds.
		if n > 4 {
			st.open[1].end = before(st.open[3].start)
			st.open = append(st.open[:2:2], st.open[3:]...)
			for range 1000 {
				check(record.Hash{Hi: r.Uint64(), Lo: r.Uint64()})
			}
		}
	}
}

func TestParseHash(t *testing.T) {
	tests := []struct {
		text string
		ok   bool
	}{
		{"0", true},
		{"1", true},
		{"18446744073709551616", true},
		{"340282366920938463463374607431768211455", true},
		{"340282366920938463463374607431768211456", false},
		{"999999999999999999999999999999999999999", false},
		{"1000000000000000000000000000000000000000", false},
		{"", false},
		{"-1", false},
		{"1x", false},
	}
	for _, tt := range tests {
		h, ok := ParseHash(tt.text)
		if ok != tt.ok {
			t.Errorf("ParseHash(%q) ok = %v, want %v", tt.text, ok, tt.ok)
		}
		if ok && string(AppendHash(nil, h)) != tt.text {
			t.Errorf("AppendHash(ParseHash(%q)) = %s", tt.text, AppendHash(nil, h))
		}
	}
}

func FuzzHash(f *testing.F) {
	f.Add(uint64(0), uint64(0))
	f.Add(^uint64(0), ^uint64(0))
	f.Add(uint64(1), uint64(0))
	f.Fuzz(func(t *testing.T, hi, lo uint64) {
		h := record.Hash{Hi: hi, Lo: lo}
		text := string(AppendHash(nil, h))
		if want := bigHash(h).String(); text != want {
			t.Fatalf("AppendHash = %s, want %s", text, want)
		}
		if back, ok := ParseHash(text); !ok || back != h {
			t.Fatalf("ParseHash(%s) = %v, %v, want %v", text, back, ok, h)
		}
	})
}
