package tanktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// mostResponse is the largest response of a function, in bytes: 6 MiB and 100 (developer guide, "Lambda quotas"; the runtime interface emulator).
const mostResponse = 6_291_556

// Invoke runs the handler. A panic goes through: the caller reports it as Lambda does.
func (c *code) Invoke(ctx context.Context, e *lambda.Event) lambda.Result {
	in := invoked{Context: ctx, at: e.Deadline, id: e.RequestID}
	returned := false
	if c.clock.Virtual() {
		now := time.Now()
		in.at = now.Add(e.Deadline.Sub(c.clock.Now()))
		defer c.watch(e.FunctionName, now)()
	} else {
		defer func() {
			if !returned && c.t.Failed() && exits() {
				c.ended.Store(true)
			}
		}()
	}
	r, err := c.call(lambdacontext.NewContext(&in, &lambdacontext.LambdaContext{
		AwsRequestID: e.RequestID.String(), InvokedFunctionArn: e.FunctionArn,
	}), e)
	returned = true
	switch {
	case err != nil:
		return lambda.Result{Err: failed(err)}
	case len(r.Payload) > mostResponse:
		return lambda.Result{Err: &lambda.FunctionError{
			Type: "Function.ResponseSizeTooLarge", Message: fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", mostResponse),
		}}
	}
	c.heard(e, &r)
	return r
}

// exits tells a deferred function whether its goroutine ends, by the test's FailNow, and not in a panic.
func exits() bool {
	pcs := make([]uintptr, 100)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	for {
		f, more := frames.Next()
		if f.Function == "runtime.Goexit" {
			return true
		}
		if !more {
			return false
		}
	}
}

// invoked is the context of an invocation: what lambda.Start hands on beside lambdacontext. In virtual time its deadline is as far off on
// the machine's clock as it is on the tank's, so that time.Until and context.WithTimeout say what they say on AWS.
type invoked struct {
	context.Context
	at time.Time
	id lambda.RequestID
}

func (i *invoked) Deadline() (time.Time, bool) { return i.at, true }

// Value has the trace id of aws-lambda-go's name for it: one of no trace that is sampled.
func (i *invoked) Value(key any) any {
	if key == "x-amzn-trace-id" {
		id := bytes.ReplaceAll([]byte(i.id.String()), []byte("-"), nil)
		return fmt.Sprintf("Root=1-%s-%s;Parent=%s;Sampled=0", id[:8], id[8:], id[:16])
	}
	return i.Context.Value(key)
}

// failed is an error as aws-lambda-go reports it.
func failed(err error) *lambda.FunctionError {
	if made, ok := err.(messages.InvokeResponse_Error); ok { //nolint:errorlint // as there: one that is wrapped is another error
		return &lambda.FunctionError{Type: made.Type, Message: made.Message}
	}
	kind := reflect.TypeOf(err)
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	return &lambda.FunctionError{Type: kind.Name(), Message: err.Error()}
}

// heard counts the items that a response reports as failed where the mapping does not ask for them.
func (c *code) heard(e *lambda.Event, r *lambda.Result) {
	if e.Reports || e.Payload != nil {
		return
	}
	n := len(r.Failures)
	if n == 0 && bytes.Contains(r.Payload, []byte("batchItemFailures")) {
		var response events.KinesisEventResponse
		_ = json.Unmarshal(r.Payload, &response) // what is none reports nothing
		n = len(response.BatchItemFailures)
	}
	c.ignored.Add(int64(n))
}

// listens fails the test in the end where a handler has told of failed items, and its mapping did not ask.
func (c *code) listens(function string) {
	c.t.Helper()
	if n := c.ignored.Load(); n > 0 {
		c.t.Errorf("%s has reported %d items as failed, and its mapping takes them for done: it lacks ReportBatchItemFailures(). Where this is meant, say "+
			"NoReportBatchItemFailures()", function, n)
	}
}

// mapped says so of a scenario's function, whose mappings cannot ask.
func (c *code) mapped(function string) {
	c.t.Helper()
	if n := c.ignored.Load(); n > 0 {
		c.t.Logf("%s has reported %d items as failed, and its mapping takes them for done: those of a scenario do not ask for batch item failures. "+
			"Handle makes one that does", function, n)
	}
}

// slow is how long a handler may take, of real time, while virtual time stands still for it. Tests set it.
var slow = 10 * time.Second

// ticks is how many times a watchdog looks in that time: a process that a debugger has stopped meets one of them.
const ticks = 10

// watchdog looks after a handler in virtual time.
type watchdog struct {
	timer  *time.Timer
	missed atomic.Int32  // ticks of the invocation that is under way
	took   time.Duration // of real time, by all invocations
	times  int
	warned bool
}

// watch ends the program where an invocation does not end in time, and says once where many of them take long together. What it
// returns ends the watch.
func (c *code) watch(function string, began time.Time) (done func()) {
	w := &c.watchdog
	w.missed.Store(0)
	if w.timer == nil {
		w.timer = time.AfterFunc(time.Hour, func() { c.tick(function) })
	}
	w.timer.Reset(slow / ticks)
	return func() {
		w.timer.Stop()
		w.times++
		if w.took += time.Since(began); w.took > slow/2 && !w.warned {
			w.warned = true
			fmt.Fprintf(os.Stderr, "tanktest: %s: the handler of %s has taken %v of real time in %d invocations. In virtual time a handler computes and "+
				"returns; one that sleeps, or waits, takes everybody's time and none of the tank's: it needs a tank in a Bubble\n",
				c.t.Name(), function, w.took.Round(100*time.Millisecond), w.times)
		}
	}
}

func (c *code) tick(function string) {
	if c.missed.Add(1) < ticks {
		c.timer.Reset(slow / ticks)
		return
	}
	again := ""
	if c.again != nil {
		again = ". " + c.again()
	}
	debug.SetTraceback("all")
	panic(fmt.Sprintf("tanktest: %s: the handler of %s has not returned for %v: in virtual time a handler computes and returns. One that waits for time, "+
		"another goroutine or a network needs a tank in a Bubble or on the wall; the goroutines below show where it waits%s", c.t.Name(), function, slow, again))
}

// again says how a run is repeated whose test cannot say it in the end.
func (k *Tank) again() string {
	text := fmt.Sprintf("%s=%d repeats this run's draws", seedVariable, k.seed)
	if k.faults.script != "" {
		text += fmt.Sprintf(", and Script(%q) its faults", k.faults.script)
	}
	return text
}
