package clock

import (
	"fmt"
	"runtime"
	"strings"
)

// Panic is what a panic in a process of virtual time goes on as: the process has a stack of its own, which is gone where the
// panic comes out, in what lets time pass.
type Panic struct {
	Process string
	Value   any       // of the panic
	Calls   []uintptr // the process's, as runtime.Callers gives them
}

// Panic is the panic's own value and its calls.
func (p *Panic) Panic() (value any, calls []uintptr) { return p.Value, p.Calls }

// Error tells the value and the stack.
func (p *Panic) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n\nin process %q of virtual time:\n", p.Value, p.Process)
	frames := runtime.CallersFrames(p.Calls)
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if f.Function == "runtime.gopanic" {
			continue
		}
		if strings.HasPrefix(f.Function, "iter.Pull[") {
			break
		}
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
	}
	return b.String()
}

// Unwrap is the value, where that is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// told has a panic go on with the stack of where it happened. It must be what is deferred.
func told(process string) {
	e := recover()
	if e == nil {
		return // or the goroutine ends, which goes on by itself
	}
	calls := make([]uintptr, 128)
	panic(&Panic{process, e, calls[:runtime.Callers(2, calls)]})
}
