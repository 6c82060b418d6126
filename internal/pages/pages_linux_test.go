package pages

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// TestPopulateTakesPages: the pages are there before anybody has touched them, and where nothing is mapped none come.
func TestPopulateTakesPages(t *testing.T) {
	const length = 64 * size
	b, err := syscall.Mmap(-1, 0, length, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	from := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	before := resident(t, from, length)
	Populate(b)
	if after := resident(t, from, length); before != 0 || after == 0 {
		t.Errorf("%d pages were resident and then %d: is this Linux older than 5.14?", before, after)
	}
	if err := syscall.Munmap(b); err != nil {
		t.Fatal(err)
	}
	if PopulateRange(from, from+length) {
		t.Error("pages came where nothing is mapped")
	}
}

// resident counts the pages of a mapping that are in memory.
func resident(t *testing.T, from uintptr, length int) (n int) {
	t.Helper()
	in := make([]byte, length/os.Getpagesize())
	if _, _, errno := syscall.Syscall(syscall.SYS_MINCORE, from, uintptr(length), uintptr(unsafe.Pointer(unsafe.SliceData(in)))); errno != 0 {
		t.Fatal(errno)
	}
	for _, p := range in {
		n += int(p & 1)
	}
	return n
}
