package tanktest

import (
	"flag"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// What is between a test's own calls and the goroutine it runs on: functions of this package, by the beginnings of their names.
const (
	recorders = "github.com/wavetank/wavetank/runner/tanktest.(*recorder)."
	explorers = "github.com/wavetank/wavetank/runner/tanktest.(*exploration)."
	processes = "github.com/wavetank/wavetank/internal/clock.(*Virtual).Go." // and of the clock
)

// outside tells of a function whether the test is within it, and not it within the test.
func outside(function string) bool {
	return function == recorders+"body" || strings.HasPrefix(function, explorers) || strings.HasPrefix(function, processes)
}

// place is where a method of the recorder was called, as testing finds it: past every function that has called Helper, of a cleanup
// past the place where it was asked for.
func (r *recorder) place() string {
	pcs := make([]uintptr, 50)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.names == nil {
		r.names = map[string]bool{}
		for pc := range r.helpers {
			f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
			r.names[f.Function] = true
		}
	}
	var first, last runtime.Frame
	cleaning := r.cleaning
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		switch {
		case f.Function == recorders+"clean":
			frames, more, cleaning = runtime.CallersFrames(cleaning), len(cleaning) > 0, nil
			continue
		case outside(f.Function):
			if last.PC == 0 {
				last = f
			}
			return at(last)
		case f.Function == "runtime.gopanic", strings.HasPrefix(f.Function, recorders):
			continue
		case !r.names[f.Function]:
			return at(f)
		}
		if first.PC == 0 {
			first = f
		}
		last = f
	}
	return at(first)
}

// at is a frame as go test tells it: with -fullpath the whole path.
func at(f runtime.Frame) string {
	file := f.File
	if whole := flag.Lookup("test.fullpath"); whole == nil || whole.Value.String() != "true" {
		file = filepath.Base(file)
	}
	return fmt.Sprintf("%s:%d", file, f.Line)
}

// thrown is the place of a panic, or of what has ended a goroutine: the innermost call of the test's own code.
func thrown(calls []uintptr) string {
	for _, f := range ownFrames(calls) {
		if !slices.ContainsFunc(notOwn, func(prefix string) bool { return strings.HasPrefix(f.Function, prefix) }) || strings.HasSuffix(f.File, "_test.go") {
			return at(f)
		}
	}
	return "an unknown place"
}

// notOwn are functions that a test's own code calls.
var notOwn = []string{"runtime.", "testing.", "github.com/wavetank/wavetank/runner/tanktest.", "github.com/wavetank/wavetank/internal/"}

// stackOf is the stack of a panic, the innermost call first: from what panicked to the test's function.
func stackOf(calls []uintptr) string {
	var b strings.Builder
	for _, f := range ownFrames(calls) {
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ownFrames are the calls below a panic, or below what ended a goroutine, up to the test's function.
func ownFrames(calls []uintptr) (own []runtime.Frame) {
	frames, began := runtime.CallersFrames(calls), false
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		switch {
		case !began: // what is above was called to tell of it
			began = throwing(f.Function)
		case outside(f.Function), f.Function == recorders+"clean":
			return own
		case f.Function != "":
			own = append(own, f)
		}
	}
	return own
}

func throwing(function string) bool {
	return function == "runtime.gopanic" || function == "runtime.Goexit"
}
