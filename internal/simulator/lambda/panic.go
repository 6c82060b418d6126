package lambda

import (
	"context"
	"fmt"
	"path"
	"reflect"
	"runtime"
	"strings"
)

// run calls code once. Whatever becomes of the call, *out says it: a panic is an error as aws-lambda-go reports it, and
// a goroutine that ended (t.FailNow) is a runtime that exited; both reset the environment.
func run(ctx context.Context, code Code, e *Event, out *Result) {
	returned := false
	defer func() {
		if returned {
			return
		}
		*out = Result{Reset: true}
		if v := recover(); v != nil {
			out.Err = panicked(v)
			return
		}
		out.Err = &FunctionError{
			Type: "Runtime.ExitError", Message: "RequestId: " + e.RequestID.String() + " Error: Runtime exited without providing a reason",
		}
	}()
	*out = code.Invoke(ctx, e)
	returned = true
}

// panicked is the error of a panic with a value. It is called by what is deferred.
func panicked(v any) *FunctionError {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	trace, place := stack()
	return &FunctionError{Type: t.Name(), Message: fmt.Sprint(v), StackTrace: trace, Place: place}
}

// mostFrames is how much of a stack aws-lambda-go reports.
const mostFrames = 32

// stack is the stack of a panic, the innermost call first, without the calls that report it, and the panic's place.
func stack() (trace []StackFrame, place string) {
	pcs := make([]uintptr, mostFrames+8)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	began, goroot := false, ""
	for {
		f, more := frames.Next()
		if began {
			trace = append(trace, frame(f))
			if place == "" && own(&f, goroot) {
				place = fmt.Sprintf("%s:%d", path.Base(f.File), f.Line)
			}
		}
		if !began && f.Function == "runtime.gopanic" {
			began, goroot = true, strings.TrimSuffix(f.File, "runtime/panic.go")
		}
		if !more || len(trace) == mostFrames {
			return trace, place
		}
	}
}

// own tells whether a call is of the user's own code: Go's packages lie below goroot, or with -trimpath ("") have no dot in their
// first name, and what was downloaded has a version in its path.
func own(f *runtime.Frame, goroot string) bool {
	if goroot != "" {
		return !strings.HasPrefix(f.File, goroot) && !strings.Contains(f.File, "@v")
	}
	first, _, _ := strings.Cut(f.File, "/")
	return strings.Contains(first, ".") && !strings.Contains(f.File, "@v")
}

// frame names a call as aws-lambda-go does: the file below the root of its module's path, the function without its package.
func frame(f runtime.Frame) StackFrame {
	file, label := f.File, f.Function
	cut := len(file)
	for range strings.Count(label, "/") + 2 { // as many elements as the import path has, and the file
		if i := strings.LastIndexByte(file[:cut], '/'); i >= 0 {
			cut = i
		}
	}
	if cut < len(file) && file[cut] == '/' {
		cut++
	}
	label = label[strings.LastIndexByte(label, '/')+1:]
	_, label, _ = strings.Cut(label, ".")
	return StackFrame{Path: file[cut:], Line: int32(f.Line), Label: label}
}
