// Package startup makes the start of the program cheaper. The program's packages together make seven megabytes of tables before main
// begins (shapes of AWS's APIs, mostly), of which most commands need nothing, and Go has a collection under way at four.
//
// Go initializes packages in the order of their import paths, each as soon as what it imports is initialized. This one
// imports little more than syscall, so that it comes before all that import fmt. What it does is over with [Over].
package startup

import (
	"syscall"
	"unsafe"

	"github.com/wavetank/wavetank/internal/pages"
)

const (
	growth = 4 << 20 // by which Go's heap grows, at least
	room   = 12 << 20
	page   = 8 << 10 // of Go's heap

	// hostProc tells a library of testcontainers where /proc is. It looks at every process of the machine before main begins, in
	// search of our parent, after which it names what it starts. Where there is none it takes a name that nobody else has.
	hostProc = "HOST_PROC"
	nowhere  = "/proc/is/not/looked/at"
)

var (
	// reserved is never touched, and so takes no memory of the machine: while it is there, the collector takes these bytes for in
	// use, and collects when as many have been added. A page more than Go's heap grows by leaves the most room behind it.
	reserved = make([]byte, room+page)

	hidden = hide()
)

func init() {
	begin := uintptr(unsafe.Pointer(unsafe.SliceData(reserved)))
	populate(begin + uintptr(len(reserved)))
}

// populate asks for the memory in which Go's heap goes on, eight megabytes at most, in two pieces as the heap may end in either.
// Where there is no such memory nothing comes, and nothing is lost.
func populate(from uintptr) {
	for range 2 {
		to := (from + growth) &^ (growth - 1)
		if !pages.PopulateRange(from, to) {
			return
		}
		from = to
	}
}

func hide() bool {
	if _, set := syscall.Getenv(hostProc); set {
		return false
	}
	return syscall.Setenv(hostProc, nowhere) == nil
}

// Over ends what was for the start alone. It is what main does first.
func Over() {
	reserved = nil
	if hidden {
		_ = syscall.Unsetenv(hostProc) // it fails for a name that is none
	}
}
