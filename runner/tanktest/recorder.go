package tanktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Try runs what a test does where there is no test: in an Example, or in a program. Its error is what the test said when it
// failed. A skipped one has not failed.
func Try(test func(t testing.TB)) error {
	r := newRecorder("Try")
	return r.run(func() { test(r) })
}

// recorder is a testing.TB of this package's own: it keeps what is said, and fails nothing but itself.
type recorder struct {
	testing.TB // nil: what is not below is not to be asked for
	name       string
	context    context.Context
	cancel     context.CancelFunc

	mu       sync.Mutex
	text     strings.Builder
	failed   bool
	skipped  bool
	cleanups []func()
}

func newRecorder(name string) *recorder {
	r := &recorder{name: name}
	r.context, r.cancel = context.WithCancel(context.Background())
	return r
}

// run runs a test's body and then its cleanups, on a goroutine that it may end.
func (r *recorder) run(test func()) error {
	done := make(chan any)
	go func() {
		var panicked any = "the test's goroutine has ended"
		defer func() { done <- panicked }()
		defer r.end()
		defer func() {
			if r.Failed() || r.Skipped() {
				panicked = nil
			}
			if e := recover(); e != nil {
				panicked = e
			}
		}()
		test()
		panicked = nil
	}()
	if e := <-done; e != nil {
		panic(e)
	}
	if r.Failed() {
		return errors.New(strings.TrimSuffix(r.text.String(), "\n"))
	}
	return nil
}

// end cancels the test's context and runs the cleanups, the last first.
func (r *recorder) end() {
	r.cancel()
	for i := len(r.cleanups) - 1; i >= 0; i-- {
		r.cleanups[i]()
	}
}

func (r *recorder) say(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text.WriteString(strings.TrimSuffix(text, "\n") + "\n")
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

func (r *recorder) Name() string             { return r.name }
func (r *recorder) Context() context.Context { return r.context }
func (r *recorder) Helper()                  {}

func (r *recorder) Log(args ...any)                   { r.say(fmt.Sprintln(args...)) }
func (r *recorder) Logf(format string, args ...any)   { r.say(fmt.Sprintf(format, args...)) }
func (r *recorder) Error(args ...any)                 { r.Log(args...); r.Fail() }
func (r *recorder) Errorf(format string, args ...any) { r.Logf(format, args...); r.Fail() }
func (r *recorder) Fatal(args ...any)                 { r.Log(args...); r.FailNow() }
func (r *recorder) Fatalf(format string, args ...any) { r.Logf(format, args...); r.FailNow() }
func (r *recorder) Skip(args ...any)                  { r.Log(args...); r.SkipNow() }
func (r *recorder) Skipf(format string, args ...any)  { r.Logf(format, args...); r.SkipNow() }
func (r *recorder) Fail()                             { r.set(&r.failed) }
func (r *recorder) Failed() bool                      { return r.get(&r.failed) }
func (r *recorder) Skipped() bool                     { return r.get(&r.skipped) }

func (r *recorder) FailNow() {
	r.Fail()
	runtime.Goexit()
}

func (r *recorder) SkipNow() {
	r.set(&r.skipped)
	runtime.Goexit()
}

func (r *recorder) Cleanup(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cleanups = append(r.cleanups, fn)
}

func (r *recorder) TempDir() string {
	dir, err := os.MkdirTemp("", "tanktest")
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (r *recorder) ArtifactDir() string { return r.TempDir() }
