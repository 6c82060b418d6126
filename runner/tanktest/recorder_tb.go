package tanktest

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
)

// The methods of testing.TB.

func (r *recorder) Name() string             { return r.name }
func (r *recorder) Context() context.Context { return r.context }

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
	r.set(&r.finished)
	runtime.Goexit()
}

func (r *recorder) SkipNow() {
	r.set(&r.skipped)
	r.set(&r.finished)
	runtime.Goexit()
}

// Helper marks the function that calls it, as testing does: of a message that is said in it the place is its caller's.
func (r *recorder) Helper() {
	var pc [1]uintptr
	if runtime.Callers(2, pc[:]) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.helpers[pc[0]] {
		if r.helpers == nil {
			r.helpers = map[uintptr]bool{}
		}
		r.helpers[pc[0]], r.names = true, nil
	}
}

func (r *recorder) Cleanup(fn func()) {
	pcs := make([]uintptr, 16)
	pcs = pcs[:runtime.Callers(2, pcs)]
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cleanups = append(r.cleanups, cleanup{fn, pcs})
}

// Setenv sets a variable until the test ends. The test around it refuses that where it is parallel, and puts back what was there,
// too.
func (r *recorder) Setenv(key, value string) {
	before, had := os.LookupEnv(key)
	putBack := func() {
		if had {
			_ = os.Setenv(key, before) // as it was set before
		} else {
			_ = os.Unsetenv(key)
		}
	}
	if err := os.Setenv(key, value); err != nil {
		r.Fatalf("cannot set environment variable: %v", err)
	}
	if r.TB != nil {
		putBack()
		r.TB.Setenv(key, value)
	}
	r.Cleanup(putBack)
}

// Chdir changes the directory until the test ends.
func (r *recorder) Chdir(dir string) {
	before, err := os.Getwd()
	if err != nil {
		r.Fatal(err)
	}
	to, err := filepath.Abs(dir)
	if err != nil {
		r.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || !info.IsDir() {
		r.Fatalf("chdir %s: it is no directory", dir)
	}
	r.Setenv("PWD", to) // first: a parallel test refuses it
	if err := os.Chdir(to); err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() {
		if err := os.Chdir(before); err != nil {
			r.Error(err)
		}
	})
}

func (r *recorder) TempDir() string {
	dir, err := os.MkdirTemp("", "tanktest")
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			r.Errorf("TempDir RemoveAll cleanup: %v", err)
		}
	})
	return dir
}

// ArtifactDir is a directory of the seed's own in that of the test around it, which go test -artifacts keeps.
func (r *recorder) ArtifactDir() string {
	if r.TB == nil {
		return r.TempDir()
	}
	dir := filepath.Join(r.TB.ArtifactDir(), strings.ReplaceAll(filepath.Base(r.name), " ", "-"))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		r.Fatalf("ArtifactDir: %v", err)
	}
	return dir
}

// Attr is told with what else the test says: go test has attributes of whole tests alone.
func (r *recorder) Attr(key, value string) {
	switch {
	case strings.ContainsFunc(key, unicode.IsSpace):
		r.Errorf("disallowed whitespace in attribute key %q", key)
	case strings.ContainsAny(value, "\r\n"):
		r.Errorf("disallowed newline in attribute value %q", value)
	default:
		r.Logf("attribute %s %s", key, value)
	}
}

// Output takes lines without a place.
func (r *recorder) Output() io.Writer { return recorderOutput{r} }

type recorderOutput struct{ r *recorder }

func (o recorderOutput) Write(b []byte) (int, error) {
	o.r.mu.Lock()
	defer o.r.mu.Unlock()
	return o.r.text.Write(b)
}
