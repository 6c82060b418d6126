package tanktest

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

// label marks the goroutines of a tank's test. A goroutine has the labels of the one that started it, so that all that the
// test starts after Start have this one's, and none of another test's: it tells the leaks of one parallel test from the work
// of another.
const label = "wavetank-tank"

// settling is how long goroutines on their way out are waited for, of real time.
const settling = 500 * time.Millisecond

// watchGoroutines has the goroutines that the test starts from now on looked for when all of the tank is closed.
func (k *Tank) watchGoroutines() (check func()) {
	id := fmt.Sprintf("%s %p", k.t.Name(), k)
	plain := context.Background()
	pprof.SetGoroutineLabels(pprof.WithLabels(plain, pprof.Labels(label, id)))
	return func() {
		pprof.SetGoroutineLabels(plain)
		if stacks := leaked(id); len(stacks) > 0 {
			k.t.Errorf("goroutines that the test started are still there when it ends:\n%s", strings.Join(stacks, "\n"))
		}
	}
}

// leaked are the stacks of the goroutines with a label that do not end.
func leaked(id string) (stacks []string) {
	until := time.Now().Add(settling)
	for {
		if stacks = labelled(id); len(stacks) == 0 || time.Now().After(until) {
			return stacks
		}
		time.Sleep(time.Millisecond)
	}
}

func labelled(id string) (stacks []string) {
	var b bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&b, 1) // a buffer takes everything
	want := fmt.Sprintf("%q:%q", label, id)
	for group := range strings.SplitSeq(b.String(), "\n\n") {
		if strings.Contains(group, want) {
			stacks = append(stacks, group)
		}
	}
	return stacks
}

// caller is the place outside of this package and of the SDK that called one of their functions.
func caller() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if !within(f.Function) || strings.HasSuffix(f.File, "_test.go") {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

func within(function string) bool {
	for _, prefix := range []string{"github.com/wavetank/wavetank/", "github.com/aws/aws-sdk-go-v2/", "github.com/aws/smithy-go/", "net/http.", "runtime."} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}
