package tanktest

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// tryBubble runs the test once in a bubble of its own.
//
// Where goroutines are left that nothing wakes synctest.Test panics. It does so on this goroutine, when the bubble is over, so that it
// is a failure of the seed like any other: they stay behind, asleep for good.
func (x *exploration) tryBubble(seed uint64, s script) attempt {
	var r *recorder
	var id string
	over := false
	defer func() {
		if !over { // the race detector has synctest.Test end the outer test
			x.outer.Logf("under seed %d, with the script %q", seed, s.String())
		}
	}()
	deadlock := bubbled(x.outer.(*testing.T), func() {
		id = bubbleID()
		r = x.recorder(seed)
		_ = r.run(func(t testing.TB) { x.test(t, Start(t, x.options(seed, s)...)) })
	})
	over = true
	if deadlock != nil {
		r.locked(deadlock, id)
	}
	return r.attempt(r.failure())
}

// bubbled runs a function in a bubble. It returns what synctest panics with.
func bubbled(t *testing.T, do func()) (deadlock any) {
	defer func() { deadlock = recover() }()
	synctest.Test(t, func(*testing.T) { do() })
	return nil
}

// locked is the failure of a bubble that ended with goroutines in it. A test that has failed has said what matters.
func (r *recorder) locked(deadlock any, bubble string) {
	if r.Failed() {
		r.add("testing/synctest", fmt.Sprint(deadlock))
		return
	}
	text := fmt.Sprintf("%v: in a bubble every goroutine must end when the test does, and these wait for what never comes:", deadlock)
	for _, stack := range asleep(bubble) {
		text += "\n" + stack
	}
	r.add("testing/synctest", text)
	r.Fail()
}

// bubbleID is how the stacks of this goroutine's bubble are marked.
func bubbleID() string {
	var b [128]byte
	head, _, _ := strings.Cut(string(b[:runtime.Stack(b[:], false)]), "]")
	_, id, _ := strings.Cut(head, "synctest bubble ")
	return "synctest bubble " + id + "]"
}

// mostAsleep is how many stacks of a bubble are told.
const mostAsleep = 3

// asleep are the stacks of the goroutines that are left in a bubble: of those in the test's own code, or else of all.
func asleep(bubble string) (stacks []string) {
	b := make([]byte, 4<<20)
	var own []string
	for group := range strings.SplitSeq(string(b[:runtime.Stack(b, true)]), "\n\n") {
		head, calls, _ := strings.Cut(group, "\n")
		if !strings.Contains(head, bubble) {
			continue
		}
		stacks = append(stacks, group)
		if ofTheTest(calls) {
			own = append(own, group)
		}
	}
	if len(own) > 0 {
		stacks = own
	}
	if len(stacks) > mostAsleep {
		stacks = append(stacks[:mostAsleep], fmt.Sprintf("… and %d more", len(stacks)-mostAsleep))
	}
	return stacks
}

// ofTheTest tells whether a stack, as the runtime writes it, has a call of the test's own code.
func ofTheTest(calls string) bool {
	lines := strings.Split(calls, "\n")
	for i := 0; i+1 < len(lines); i += 2 { // a function, and below it the file
		library := slices.ContainsFunc(libraries, func(prefix string) bool { return strings.HasPrefix(lines[i], prefix) })
		if !library || strings.Contains(lines[i+1], "_test.go:") && !strings.HasPrefix(lines[i], "created by ") {
			return true
		}
	}
	return false
}

// libraries are the functions of a stack that are no test's own.
var libraries = append([]string{
	"created by ", "testing/", "sync.", "internal/", "net.", "net/http.", "io.", "bufio.", "context.", "iter.",
	"github.com/aws/aws-sdk-go-v2/", "github.com/aws/smithy-go/",
}, notOwn...)
