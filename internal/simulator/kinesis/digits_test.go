package kinesis

import (
	"fmt"
	"testing"
)

// TestDigits: every way in which eight digits fall into halves, quarters and digits, and all 19-digit words at their ends.
func TestDigits(t *testing.T) {
	check := func(v uint64) {
		t.Helper()
		var got [19]byte
		putDigits19(&got, v)
		if want := fmt.Sprintf("%019d", v); string(got[:]) != want {
			t.Fatalf("%d is written as %s", v, got[:])
		}
	}
	for v := range uint64(10_000) {
		check(v)
		check(v * 10_000)
		check(v*eightDigits + 9_999)
		check(v * 10_000 * eightDigits / 10)
	}
	for _, v := range []uint64{99_999_999, 100_000_000, 9_999_999_999_999_999, 10_000_000_000_000_000, 9_999_999_999_999_999_999} {
		check(v)
	}
}
