package aggregate

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

func TestHashKeysAreDecimal(t *testing.T) {
	hashes := []record.Hash{{}, {Lo: 9}, {Lo: 10}, {Lo: ^uint64(0)}, {Hi: 1}, {Hi: 1 << 63}, {Hi: ^uint64(0), Lo: ^uint64(0)}}
	r := rand.New(rand.NewPCG(1, 8))
	for range 1000 {
		hashes = append(hashes, record.Hash{Hi: r.Uint64() >> r.IntN(65), Lo: r.Uint64() >> r.IntN(65)})
	}
	for _, h := range hashes {
		n := new(big.Int).Lsh(new(big.Int).SetUint64(h.Hi), 64)
		n.Or(n, new(big.Int).SetUint64(h.Lo))
		text := appendHash(nil, h)
		if string(text) != n.String() {
			t.Errorf("%v is %s, want %s", h, text, n)
		}
		for _, text := range []string{n.String(), "+" + n.String(), strings.Repeat("0", 50) + n.String()} {
			if got, number, inside := parseHash([]byte(text)); got != h || !number || !inside {
				t.Errorf("%s is %v, %t, %t", text, got, number, inside)
			}
		}
	}
}

func TestHashKeysAreReadAsBigInteger(t *testing.T) {
	tests := []struct {
		text           string
		number, inside bool
	}{
		{"-0", true, true},
		{"-1", true, false},
		{"340282366920938463463374607431768211455", true, true},
		{"340282366920938463463374607431768211456", true, false},
		{"680564733841876926926749214863536422912", true, false},  // 2^129
		{"3402823669209384634633746074317682114560", true, false}, // ten times 2^128
		{"-340282366920938463463374607431768211456", true, false},
		{strings.Repeat("9", 200), true, false},
		{strings.Repeat("9", 200) + "x", false, false},
		{"", false, false},
		{"+", false, false},
		{"+-1", false, false},
		{" 1", false, false},
		{"0x10", false, false},
		{"１", false, false},
	}
	for _, tt := range tests {
		if h, number, inside := parseHash([]byte(tt.text)); number != tt.number || inside != tt.inside || h != (record.Hash{}) && !inside {
			t.Errorf("%q: %v, %t, %t, want %t, %t", tt.text, h, number, inside, tt.number, tt.inside)
		}
	}
}
