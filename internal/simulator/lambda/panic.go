package lambda

import (
	"context"
	"fmt"
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
	return &FunctionError{Type: t.Name(), Message: fmt.Sprint(v), StackTrace: stack()}
}

// mostFrames is how much of a stack aws-lambda-go reports.
const mostFrames = 32

// stack is the stack of a panic, the innermost call first, without the calls that report it.
func stack() (trace []StackFrame) {
	pcs := make([]uintptr, mostFrames+8)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	began := false
	for {
		f, more := frames.Next()
		if began {
			trace = append(trace, frame(f))
		}
		began = began || f.Function == "runtime.gopanic"
		if !more || len(trace) == mostFrames {
			return trace
		}
	}
}

// frame names a call as aws-lambda-go does: the file below the root of its module's path, the function without its package.
func frame(f runtime.Frame) StackFrame {
	path, label := f.File, f.Function
	cut := len(path)
	for range strings.Count(label, "/") + 2 { // as many elements as the import path has, and the file
		if i := strings.LastIndexByte(path[:cut], '/'); i >= 0 {
			cut = i
		}
	}
	if cut < len(path) && path[cut] == '/' {
		cut++
	}
	label = label[strings.LastIndexByte(label, '/')+1:]
	_, label, _ = strings.Cut(label, ".")
	return StackFrame{Path: path[cut:], Line: int32(f.Line), Label: label}
}
