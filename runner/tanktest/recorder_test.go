package tanktest_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// line is the line that calls it.
func line() int {
	_, _, n, _ := runtime.Caller(1)
	return n
}

func helps(t testing.TB, text string) {
	t.Helper()
	t.Error(text)
}

func cleansUp(t testing.TB) {
	t.Helper()
	t.Cleanup(func() { t.Helper(); t.Error("left open") })
}

func panics() {
	var none map[string]int
	none["x"] = 1 //nolint:staticcheck // it is to panic
}

// What a test says has its place, as go test tells it, and nothing ends the program.
func TestWhatTrySays(t *testing.T) {
	n := 0
	outer := func(t testing.TB, do func(t testing.TB)) {
		if err := tanktest.Try(do); err == nil {
			t.Error("what an outer t failed has passed")
		}
	}
	for name, tt := range map[string]struct {
		test func(t testing.TB)
		want string // # is the line n
	}{
		"an error":               {func(t testing.TB) { n = line(); t.Errorf("no %d", 1) }, "recorder_test.go:#: no 1"},
		"more lines":             {func(t testing.TB) { n = line(); t.Error("one\ntwo\n") }, "recorder_test.go:#: one\n    two"},
		"a log before it":        {func(t testing.TB) { n = line(); t.Log("log"); t.FailNow() }, "recorder_test.go:#: log"},
		"a helper":               {func(t testing.TB) { n = line(); helps(t, "no") }, "recorder_test.go:#: no"},
		"nothing but helpers":    {func(t testing.TB) { t.Helper(); n = line(); helps(t, "no") }, "recorder_test.go:#: no"},
		"a cleanup of a helper":  {func(t testing.TB) { n = line(); cleansUp(t) }, "recorder_test.go:#: left open"},
		"a method of the tank's": {func(t testing.TB) { n = line(); tanktest.Start(t, tanktest.Virtual()).Advance(-1) }, "recorder_test.go:#: tanktest: Advance(-1ns): time does not go back\ntank.go:"},
		"on another goroutine": {func(t testing.TB) {
			done := make(chan bool)
			go func() { defer close(done); n = line(); t.Error("no") }()
			<-done
		}, "recorder_test.go:#: no"},
		"output": {func(t testing.TB) {
			_, _ = io.WriteString(t.Output(), "a\nb")
			n = line()
			t.Error("no")
		}, ""},
		"a panic": {func(testing.TB) { panics() }, "recorder_test.go:37: panic: assignment to entry in nil map\n"},
		"a panic in a process of the clock": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			tank.Stream("orders", 1).Put(tanktest.Records(1, func(int) tanktest.Record { panics(); return tanktest.Record{} }))
			tank.Advance(time.Minute)
		}, "recorder_test.go:37: panic: assignment to entry in nil map\n    runtime."},
		"a panic in a cleanup": {func(t testing.TB) {
			t.Cleanup(func() { t.Log("and on") })
			t.Cleanup(func() { n = line(); panic("no") })
		}, "recorder_test.go:#: panic: no\n"},
		"a cleanup that ends its goroutine": {func(t testing.TB) {
			t.Cleanup(func() { t.Cleanup(func() { t.Error("last") }) })
			t.Cleanup(func() { n = line(); t.Fatal("no") })
		}, "recorder_test.go:#: no\nrecorder_test.go:"},
		"the end of another t": {func(t testing.TB) {
			outer(t, func(testing.TB) { t.FailNow() })
			n = line()
			t.Error("no")
		}, "recorder_test.go:#: no"},
		"a tank of another t": {func(t testing.TB) {
			tank := tanktest.Start(t, tanktest.Virtual())
			n = line() + 1
			t.Log(tanktest.Try(func(testing.TB) { tank.Advance(-1) }))
		}, "recorder_test.go:#: tanktest: Advance(-1ns): time does not go back\nrecorder_test.go:#: recorder_test.go:#: tanktest: the test's goroutine was ended, and not by the t"},
		"a variable that cannot be": {func(t testing.TB) { n = line(); t.Setenv("", "x") }, "recorder_test.go:#: cannot set environment variable: setenv: invalid argument"},
		"a directory that is not":   {func(t testing.TB) { n = line(); t.Chdir("nowhere") }, "recorder_test.go:#: chdir nowhere: it is no directory"},
		"an attribute":              {func(t testing.TB) { n = line(); t.Attr("a b", "c") }, `recorder_test.go:#: disallowed whitespace in attribute key "a b"`},
	} {
		err := tanktest.Try(tt.test)
		if err == nil {
			t.Errorf("%s: it passes", name)
			continue
		}
		want := strings.ReplaceAll(tt.want, "#", fmt.Sprint(n))
		if name == "output" {
			want = fmt.Sprintf("a\nb\nrecorder_test.go:%d: no", n+1)
		}
		if name == "the end of another t" {
			want = fmt.Sprintf("recorder_test.go:%d: no", n+1)
		}
		if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: it does not begin with %q:\n%v", name, want, err)
		}
	}
	if err := tanktest.Try(func(t testing.TB) { t.Log("told"); t.Skip("no") }); err != nil {
		t.Errorf("a skipped test: %v", err)
	}
}

// go test -fullpath is for editors that go to a place.
func TestFullPath(t *testing.T) {
	if err := flag.Set("test.fullpath", "true"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = flag.Set("test.fullpath", "false") }()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := tanktest.Try(func(t testing.TB) { t.Error("no") }); !strings.HasPrefix(err.Error(), filepath.Join(dir, "recorder_test.go:")) {
		t.Error(err)
	}
}

// Every method of testing.TB is there, and what it changes is as it was when the test has ended.
func TestEveryMethodOfTB(t *testing.T) {
	t.Setenv("WAVETANK_SEED", "")
	t.Setenv("WAVETANK_TEST_SET", "before")
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tb := reflect.TypeFor[testing.TB]()
	args := map[string][]any{
		"Setenv": {"WAVETANK_TEST_SET", "x"}, "Chdir": {os.TempDir()}, "Attr": {"key", "value"}, "Cleanup": {func() {}}, "Errorf": {"no"}, "Fatalf": {"no"},
		"Logf": {"no"}, "Skipf": {"no"},
	}
	fails := []string{"Error", "Errorf", "Fail", "FailNow", "Fatal", "Fatalf"}
	for i := range tb.NumMethod() {
		m := tb.Method(i)
		if !m.IsExported() {
			continue
		}
		call := func(t testing.TB) {
			var in []reflect.Value
			for _, arg := range args[m.Name] {
				in = append(in, reflect.ValueOf(arg))
			}
			for _, out := range reflect.ValueOf(t).MethodByName(m.Name).Call(in) {
				if out.IsZero() && out.Kind() != reflect.Bool {
					t.Errorf("it gives %v", out)
				}
			}
		}
		_, explored := tanktest.ExploreSaid(t, 1, func(t testing.TB, _ *tanktest.Tank) { call(t) })
		for where, err := range map[string]error{"Try": tanktest.Try(call), "Explore": explored} {
			if failed := err != nil; failed != slices.Contains(fails, m.Name) || failed && strings.Contains(err.Error(), "panic") {
				t.Errorf("%s in %s: %v", m.Name, where, err)
			}
		}
		if now, err := os.Getwd(); err != nil || now != before || os.Getenv("WAVETANK_TEST_SET") != "before" {
			t.Fatalf("%s has left %s, %q behind, %v", m.Name, now, os.Getenv("WAVETANK_TEST_SET"), err)
		}
	}
	var dir string
	if err := tanktest.Try(func(t testing.TB) { dir = t.TempDir() }); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}
