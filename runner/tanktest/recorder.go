package tanktest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Try runs what a test does where there is no test: in an Example, or in a program. Its error is what the test said when it
// failed, each message with its place, as go test prints it; a panic is a failure with the place and the stack of it. A skipped
// test has not failed.
func Try(test func(t testing.TB)) error {
	return newRecorder("Try", nil).run(test)
}

// recorder is a testing.TB of this package's own: it keeps what is said, and fails nothing but itself. Its methods are in
// recorder_tb.go.
type recorder struct {
	testing.TB // the test around it, which is asked for what is not below; nil in Try
	name       string
	explored   bool // its seed is told by Explore
	context    context.Context
	cancel     context.CancelFunc

	mu       sync.Mutex
	text     strings.Builder
	failed   bool
	skipped  bool
	finished bool // FailNow or SkipNow ended a goroutine
	helpers  map[uintptr]bool
	names    map[string]bool // of the functions that helpers are in; nil: not yet
	cleanups []cleanup
	cleaning []uintptr // where the cleanup that is running was asked for
}

// cleanup is what is done when a test ends, and where that was asked for.
type cleanup struct {
	do    func()
	calls []uintptr
}

func newRecorder(name string, around testing.TB) *recorder {
	r := &recorder{TB: around, name: name}
	r.context, r.cancel = context.WithCancel(context.Background())
	return r
}

// run runs a test's body and then its cleanups, on a goroutine that it may end.
func (r *recorder) run(test func(t testing.TB)) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.end()
		r.body(test)
	}()
	<-done
	return r.failure()
}

// failure is what was said, where the test has failed.
func (r *recorder) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.failed {
		return nil
	}
	return errors.New(strings.TrimSuffix(r.text.String(), "\n"))
}

// body calls the test. Places are looked for up to here.
func (r *recorder) body(test func(t testing.TB)) {
	returned := false
	defer r.caught(&returned)
	test(r)
	returned = true
}

// caught makes a failure of a panic, and of a goroutine that something else than this t has ended. It must be what is deferred.
func (r *recorder) caught(returned *bool) {
	if *returned {
		return
	}
	if e := recover(); e != nil {
		r.panicked(e)
		return
	}
	if !r.get(&r.finished) {
		r.add(thrown(callers()), "tanktest: the test's goroutine was ended, and not by the t that the test is given: by FailNow, Fatal or Skip of another, "+
			"of the test around it or of a tank of that, or by runtime.Goexit")
		r.Fail()
	}
}

// end cancels the test's context and runs the cleanups, the last first, those too that a cleanup asks for. One that ends its
// goroutine leaves the others to what is deferred.
func (r *recorder) end() {
	r.cancel()
	defer func() {
		r.mu.Lock()
		more := len(r.cleanups) > 0
		r.mu.Unlock()
		if more {
			r.end()
		}
	}()
	for {
		r.mu.Lock()
		n := len(r.cleanups) - 1
		if n < 0 {
			r.mu.Unlock()
			return
		}
		c := r.cleanups[n]
		r.cleanups, r.cleaning = r.cleanups[:n], c.calls
		r.mu.Unlock()
		r.clean(c)
	}
}

// clean runs one cleanup.
func (r *recorder) clean(c cleanup) {
	returned := false
	defer r.caught(&returned)
	c.do()
	returned = true
}

// say keeps a message, with its place.
func (r *recorder) say(text string) { r.add(r.place(), text) }

// add keeps a message as go test prints it: its place first, its further lines set in.
func (r *recorder) add(place, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line()
	r.text.WriteString(place + ": " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n")
}

// line ends a line that Output has left open. The text is locked.
func (r *recorder) line() {
	if s := r.text.String(); s != "" && s[len(s)-1] != '\n' {
		r.text.WriteByte('\n')
	}
}

func (r *recorder) set(flag *bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*flag = true
}

func (r *recorder) get(flag *bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return *flag
}

// panicked is a failure with the place and the stack of a panic. It is called while the stack is still there.
func (r *recorder) panicked(e any) {
	calls := callers()
	if p, ok := e.(interface{ Panic() (any, []uintptr) }); ok { // of a process of the clock, which has its own stack
		e, calls = p.Panic()
	}
	r.add(thrown(calls), fmt.Sprintf("panic: %v\n%s", e, stackOf(calls)))
	r.Fail()
}

// callers are the calls that lead to the caller of what calls this.
func callers() []uintptr {
	pcs := make([]uintptr, 128)
	return pcs[:runtime.Callers(3, pcs)]
}
