package tanktest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// label marks the goroutines of a test. A goroutine has the labels of the one that started it, so that all that the test starts after
// Start have this one's, and none of another test's: it tells the leaks of one parallel test from the work of another.
const label = "wavetank-test"

// settling is how long goroutines on their way out are waited for, of real time.
const settling = 500 * time.Millisecond

// crew is the open tanks of a test and of its subtests. They have one label: what the one starts may well be started when the other is
// the newest. It is looked for when the last of them is closed.
type crew struct {
	t    testing.TB
	id   string
	open int
}

// crews are those of the process.
type crews struct {
	mu  sync.Mutex
	all []*crew
	ids int // an address would be used again
}

var tanks crews

func (c *crews) join(t testing.TB) *crew {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range c.all {
		if _, outer := g.t.(*testing.T); g.t == t || outer && strings.HasPrefix(t.Name(), g.t.Name()+"/") {
			g.open++
			return g
		}
	}
	c.ids++
	g := &crew{t: t, open: 1, id: fmt.Sprintf("%s %d", t.Name(), c.ids)}
	c.all = append(c.all, g)
	return g
}

// leave tells whether the tank was the last.
func (c *crews) leave(g *crew) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g.open--; g.open > 0 {
		return false
	}
	c.all = slices.DeleteFunc(c.all, func(o *crew) bool { return o == g })
	return true
}

// watchGoroutines has the goroutines that the test starts from now on looked for when all of the tank is closed.
func (k *Tank) watchGoroutines(but []string) (check func()) {
	g, plain := tanks.join(k.t), context.Background()
	pprof.SetGoroutineLabels(pprof.WithLabels(plain, pprof.Labels(label, g.id)))
	return func() {
		if !tanks.leave(g) {
			return
		}
		pprof.SetGoroutineLabels(plain)
		if t, ok := http.DefaultTransport.(*http.Transport); ok && !inBubble() {
			t.CloseIdleConnections() // as httptest does: what the test has asked others for is over
		}
		if stacks := leaked(g.id, but); len(stacks) > 0 {
			k.t.Errorf("goroutines that the test started are still there when it ends. (A Cleanup that was registered before Start runs after this: "+
				"register it behind Start.)\n%s", strings.Join(stacks, "\n"))
		}
	}
}

// leaked are the stacks of the goroutines with a label that do not end, but for those in certain functions.
func leaked(id string, but []string) (stacks []string) {
	settles(func() bool {
		stacks = slices.DeleteFunc(labelled(id), func(stack string) bool {
			return slices.ContainsFunc(but, func(function string) bool { return strings.Contains(stack, function) })
		})
		return len(stacks) == 0
	})
	return stacks
}

// settles waits until what is on its way out is out, for a while.
func settles(out func() bool) {
	for until := time.Now().Add(settling); !out() && time.Now().Before(until); {
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
