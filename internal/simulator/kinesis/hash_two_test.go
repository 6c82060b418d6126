package kinesis

import (
	"strings"
	"testing"
)

// TestTwoKeysAreHashedAsOne: keys of every length that is one block, and some that are more.
func TestTwoKeysAreHashedAsOne(t *testing.T) {
	text := strings.Repeat("0123456789 ключ ✓ \x00\xff", 10)
	for n := range 2 * shortKey {
		key0, key1 := text[:n], text[2*n/3:n+3]
		hash0, hash1 := hashKeys(key0, key1)
		if hash0 != HashKey(key0) || hash1 != HashKey(key1) {
			t.Fatalf("keys of %d and %d bytes have the wrong hash", len(key0), len(key1))
		}
	}
}

func BenchmarkHashKey(b *testing.B) {
	b.Run("one", func(b *testing.B) {
		for range b.N {
			HashKey("user-123456")
		}
	})
	b.Run("two", func(b *testing.B) {
		for n := 0; n < b.N; n += 2 {
			hashKeys("user-123456", "user-987654321")
		}
	})
}
