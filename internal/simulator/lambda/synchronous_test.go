package lambda_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// payload is what a test's caller sends.
type payload string

func (p payload) AppendJSON(dst []byte) []byte { return fmt.Appendf(dst, "%q", string(p)) }

// What a synchronous invocation takes and gives, in virtual time.
func TestInvoke(t *testing.T) {
	model := lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms}, ColdStart: 250 * ms, Timeout: 3 * time.Second}
	returns := func(r lambda.Result) code {
		return func(context.Context, *lambda.Event) lambda.Result { return r }
	}
	tests := []struct {
		name  string
		call  lambda.Call
		model lambda.FunctionModel
		code  code
		want  string        // of the outcome
		took  time.Duration // with the cold start
	}{
		{"its answer", lambda.Call{}, model, func(ctx context.Context, e *lambda.Event) lambda.Result {
			at, _ := ctx.Deadline()
			return lambda.Result{Payload: e.AppendJSON(nil), Value: since(at).String() + " " + e.FunctionArn + " " + e.Region, Took: 30 * ms}
		}, `ran "hello" 3.25s arn:aws:lambda:ap-northeast-1:123456789012:function:process-clicks ap-northeast-1`, 300 * ms},
		{"a model", lambda.Call{}, model, nil, "", 270 * ms},
		{"a model that fails", lambda.Call{}, lambda.FunctionModel{Errors: 1}, nil, "Unhandled", 0},
		{"an error", lambda.Call{}, model, returns(lambda.Result{Err: &lambda.FunctionError{Type: "t", Message: "m"}, Payload: []byte("x")}), "Unhandled t: m", 270 * ms},
		{"a panic", lambda.Call{}, model, func(context.Context, *lambda.Event) lambda.Result { panic("oops") }, "Unhandled string: oops", 270 * ms},
		{"its timeout", lambda.Call{}, model, returns(lambda.Result{Took: time.Minute}), "Task timed out Sandbox.Timedout: Task timed out after 3.00 seconds", 3250 * ms},
		{"the caller's timeout", lambda.Call{Timeout: 2 * time.Second}, model, returns(lambda.Result{Took: time.Minute}), "Task timed out Sandbox.Timedout: Task timed out after 2.00 seconds", 2250 * ms},
		{"the caller waits longer", lambda.Call{Timeout: time.Hour}, model, returns(lambda.Result{Took: time.Minute}), "Task timed out Sandbox.Timedout: Task timed out after 3.00 seconds", 3250 * ms},
		{"no function", lambda.Call{Function: "other"}, model, nil, "refused ResourceNotFoundException: Function not found: arn:aws:lambda:ap-northeast-1:123456789012:function:other", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{})
			f := lambda.Function{Name: "process-clicks", Model: tt.model}
			if tt.code != nil {
				f.Code = tt.code
			}
			if _, err := k.CreateFunction(f); err != nil {
				t.Fatal(err)
			}
			if tt.call.Function == "" {
				tt.call.Function = "process-clicks"
			}
			tt.call.Payload = payload("hello")
			var got string
			var took time.Duration
			k.clock.Go("caller", func(p *clock.Proc) {
				o, ok := k.Invoke(p, tt.call)
				got, took = tell(o), since(p.Now())
				if !ok {
					t.Error("the process must return")
				}
			})
			k.clock.RunUntil(at(time.Hour))
			if got != tt.want || took != tt.took {
				t.Errorf("%q after %v, want %q after %v", got, took, tt.want, tt.took)
			}
			if n := len(k.observer.invocations); n != 0 {
				t.Errorf("the observer was told of %d invocations, which are no mapping's", n)
			}
		})
	}
}

func tell(o lambda.Outcome) string {
	var words []string
	if o.Refused != nil {
		words = append(words, "refused", o.Refused.Error())
	}
	if o.Ran {
		words = append(words, "ran", string(o.Payload), fmt.Sprint(o.Value))
	}
	words = append(words, o.Err)
	if o.Error != nil {
		message := o.Error.Message
		if _, after, ok := strings.Cut(message, " Error: "); ok { // the request's id comes before
			message = after
		}
		words = append(words, o.Error.Type+": "+message)
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// An environment that was used is warm, for calls and mappings alike, and one seed draws the same for each call.
func TestInvokeDraws(t *testing.T) {
	run := func() (took []time.Duration) {
		k := newTank(t, 1, lambda.Config{Seed: 5})
		k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms, P99: 200 * ms}, ColdStart: time.Second}, reporting())
		k.clock.Go("caller", func(p *clock.Proc) {
			for range 3 {
				began := p.Now()
				if _, ok := k.Invoke(p, lambda.Call{Function: "process-clicks", Payload: payload("x")}); !ok {
					t.Error("the process must return")
				}
				took = append(took, p.Now().Sub(began))
			}
		})
		k.clock.RunUntil(at(time.Hour))
		return took
	}
	a, b := run(), run()
	if fmt.Sprint(a) != fmt.Sprint(b) || a[0] < time.Second || a[1] >= time.Second || a[1] == a[2] {
		t.Errorf("%v, then %v", a, b)
	}
}

// On the wall clock the caller waits for code, until the deadline.
func TestInvokeOnTheWall(t *testing.T) {
	for _, tt := range []struct {
		name  string
		sleep time.Duration
		want  string
		took  time.Duration
	}{
		{"in time", time.Second, "ran x <nil>", time.Second},
		{"too late", time.Hour, "Task timed out Sandbox.Timedout: Task timed out after 5.00 seconds", 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := clock.NewWall()
				defer w.Stop()
				s := lambda.New(lambda.Config{Account: "123456789012", Region: "eu-west-1", Clock: w})
				_, err := s.CreateFunction(lambda.Function{Name: "f", Code: code(func(ctx context.Context, _ *lambda.Event) lambda.Result {
					select {
					case <-time.After(tt.sleep):
					case <-ctx.Done():
					}
					return lambda.Result{Payload: []byte("x")}
				})})
				if err != nil {
					t.Fatal(err)
				}
				began := w.Now()
				var got string
				var took time.Duration
				w.Go("caller", func(p *clock.Proc) {
					o, _ := s.Invoke(p, lambda.Call{Function: "f", Payload: payload("x"), Timeout: 5 * time.Second})
					got, took = tell(o), p.Now().Sub(began)
				})
				time.Sleep(time.Minute)
				synctest.Wait()
				if got != tt.want || took != tt.took {
					t.Errorf("%q after %v, want %q after %v", got, took, tt.want, tt.took)
				}
			})
		})
	}
}
