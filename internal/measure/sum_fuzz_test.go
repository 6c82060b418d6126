package measure

import (
	"math/big"
	"testing"
)

// FuzzSum: a sum that is read is the integer that math/big reads, and is written so that it reads as the same.
func FuzzSum(f *testing.F) {
	for _, text := range []string{"0", "-1", "9223372036854775808", "-9223372036854775809", "170141183460469231731687303715884105727", "170141183460469231731687303715884105728", "", "+", "1e3", "0x1", "1_0"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parseSum(text)
		want, ok := new(big.Int).SetString(string(text), 10)
		if err != nil {
			if ok && len(text) <= 40 && want.BitLen() <= 127 {
				t.Fatalf("%q is refused", text)
			}
			return
		}
		if again, err := parseSum(s.append(nil)); !ok || s.big().Cmp(want) != 0 || err != nil || again != s {
			t.Fatalf("%q is %s, then %+v, %v", text, s.big(), again, err)
		}
	})
}
