package pages

import (
	"bytes"
	"testing"
)

// TestPopulate: what is in a slice stays, wherever it begins and however long it is.
func TestPopulate(t *testing.T) {
	all := make([]byte, 40*size)
	for i := range all {
		all[i] = byte(i * 7)
	}
	want := bytes.Clone(all)
	for _, part := range [][2]int{{0, 0}, {0, len(all)}, {1, few - 1}, {1, few + 1}, {size - 1, few + size}, {3*size + 5, len(all) - 3}} {
		Populate(all[part[0]:part[1]])
		if !bytes.Equal(all, want) {
			t.Fatalf("%v: the bytes have changed", part)
		}
	}
}
