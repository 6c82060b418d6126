package fault_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
)

// waiter is a process of a test: it waits by moving its own clock, until it must end.
type waiter struct {
	now  time.Time
	ends time.Time                // when it must end; zero: never
	then map[time.Duration]func() // what happens when it has waited so long
}

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (w *waiter) pause(until time.Time) bool {
	if !w.ends.IsZero() && until.After(w.ends) {
		w.now = w.ends
		return false
	}
	w.now = until
	if do := w.then[until.Sub(start)]; do != nil {
		do()
	}
	return true
}

func (w *waiter) reader(h fault.Hook) *fault.Reader {
	w.now = start
	return fault.NewReader(h, fault.ReaderConfig{
		Account: "123456789012", Region: "us-east-1", Stream: "s", Shard: 3,
		Now: func() time.Time { return w.now }, Pause: w.pause,
	})
}

func TestReaderAppliesActions(t *testing.T) {
	failed := &fault.Error{Code: "ProvisionedThroughputExceededException"}
	tests := []struct {
		name          string
		action        fault.Action
		ends          time.Duration // when the reader must end; 0: never
		before, after time.Duration // when the stream is asked, and its answer there
		asked, gets   bool          // whether it is asked; whether there is an answer
	}{
		{"nothing", fault.Action{}, 0, 0, 0, true, true},
		{"a delay", fault.Action{Delay: time.Second}, 0, time.Second, time.Second, true, true},
		{"a hold", fault.Action{Until: start.Add(5 * time.Second)}, 0, 5 * time.Second, 5 * time.Second, true, true},
		{"a hold that is over", fault.Action{Until: start.Add(-time.Second)}, 0, 0, 0, true, true},
		{"a hold longer than a delay", fault.Action{Delay: time.Second, Until: start.Add(5 * time.Second)}, 0, 5 * time.Second, 5 * time.Second, true, true},
		{"a delay longer than a hold", fault.Action{Delay: 9 * time.Second, Until: start.Add(5 * time.Second)}, 0, 9 * time.Second, 9 * time.Second, true, true},
		{"an error", fault.Action{Err: failed}, 0, 0, 0, false, false},
		{"an error beside a share of no records", fault.Action{Err: failed, Share: 0.1}, 0, 0, 0, false, false},
		{"a late error", fault.Action{Delay: time.Second, Err: failed}, 0, time.Second, 0, false, false},
		{"a cut", fault.Action{Cut: true}, 0, 0, 0, false, false},
		{"a loss", fault.Action{Lost: true}, 0, 0, 0, true, false},
		{"a late loss", fault.Action{Delay: time.Second, Lost: true}, 0, time.Second, time.Second, true, false},
		{"a late cut", fault.Action{Delay: time.Second, Cut: true}, 0, time.Second, 0, false, false},
		{"a late answer", fault.Action{Delay: time.Second, After: true}, 0, 0, time.Second, true, true},
		{"a lost answer", fault.Action{Cut: true, After: true}, 0, 0, 0, true, false},
		{"the end within a hold", fault.Action{Until: start.Add(5 * time.Second)}, 2 * time.Second, 2 * time.Second, 0, false, false},
		{"the end before an answer", fault.Action{Until: start.Add(5 * time.Second), After: true}, 2 * time.Second, 0, 2 * time.Second, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var w waiter
			if test.ends > 0 {
				w.ends = start.Add(test.ends)
			}
			r := w.reader(func(now time.Time, q fault.Request) fault.Action {
				if q.Service != "kinesis" || q.Operation != "GetRecords" || q.Resource != "s" || !q.Touches(3) || q.Touches(2) || !now.Equal(start) {
					t.Errorf("the hook was asked at %v about %+v", now, q)
				}
				return test.action
			})
			a, err := r.Before("GetRecords")
			if (err == nil) != test.asked || err != nil && !errors.Is(err, fault.ErrFailed) || w.now.Sub(start) != test.before {
				t.Fatalf("before: %v at %v, want the stream asked: %v, at %v", err, w.now.Sub(start), test.asked, test.before)
			}
			if err != nil {
				return
			}
			if err := r.After(a); (err == nil) != test.gets || w.now.Sub(start) != test.after {
				t.Errorf("after: %v at %v, want an answer: %v, at %v", err, w.now.Sub(start), test.gets, test.after)
			}
		})
	}
}

// An event of a subscription has no before: whatever the hook says comes between it and its reader.
func TestReaderPassesEvents(t *testing.T) {
	for name, a := range map[string]fault.Action{
		"before": {Delay: time.Second, Cut: true},
		"after":  {Delay: time.Second, Cut: true, After: true},
	} {
		var w waiter
		r := w.reader(func(time.Time, fault.Request) fault.Action { return a })
		if err := r.Pass("SubscribeToShardEvent"); !errors.Is(err, fault.ErrFailed) || w.now.Sub(start) != time.Second {
			t.Errorf("%s: %v at %v, want it cut after a second", name, err, w.now.Sub(start))
		}
	}
}

func TestReaderIsReleased(t *testing.T) {
	release := make(chan struct{})
	w := waiter{then: map[time.Duration]func(){time.Second: func() { close(release) }}}
	r := w.reader(func(time.Time, fault.Request) fault.Action { return fault.Action{Release: release} })
	for _, want := range []time.Duration{time.Second, time.Second} { // and the next at once
		if _, err := r.Before("GetRecords"); err != nil || w.now.Sub(start) != want {
			t.Errorf("%v at %v, want it let go at %v", err, w.now.Sub(start), want)
		}
	}
	w = waiter{ends: start.Add(time.Second)}
	r = w.reader(func(time.Time, fault.Request) fault.Action { return fault.Action{Release: make(chan struct{})} })
	if _, err := r.Before("GetRecords"); !errors.Is(err, fault.ErrFailed) {
		t.Errorf("%v, want the end of a reader that nobody lets go", err)
	}
}

func TestNoReaderWithoutAHook(t *testing.T) {
	r := fault.NewReader(nil, fault.ReaderConfig{})
	a, err := r.Before("GetRecords")
	if r != nil || err != nil || a != (fault.Action{}) || r.After(a) != nil || r.Pass("SubscribeToShardEvent") != nil ||
		!r.Ask("ListShards", time.Second) || r.Over() {
		t.Errorf("%v: %v, %v", r, a, err)
	}
}

// What a process cannot go on without is asked for until it is answered, or until the process must end. Only what is of a shard
// touches one.
func TestReaderAsksUntilItIsAnswered(t *testing.T) {
	failing := func(_ time.Time, r fault.Request) fault.Action {
		if r.Operation != "ListShards" || r.Service != "kinesis" || r.Resource != "s" {
			t.Errorf("asked about %+v", r)
		}
		return fault.Action{Delay: time.Second, Err: &fault.Error{Code: "LimitExceededException"}}
	}
	n := 0
	var w waiter
	r := w.reader(func(now time.Time, q fault.Request) fault.Action {
		if n++; n > 3 {
			return fault.Action{}
		}
		return failing(now, q)
	})
	if !r.Ask("ListShards", 100*time.Millisecond) || w.now.Sub(start) != 3300*time.Millisecond {
		t.Errorf("answered at %v, want it behind three refusals of a second and three pauses", w.now.Sub(start))
	}
	w = waiter{ends: start.Add(5 * time.Second)}
	if w.reader(failing).Ask("ListShards", 100*time.Millisecond) || w.now.Sub(start) != 5*time.Second {
		t.Errorf("over at %v, want it to end when it must", w.now.Sub(start))
	}
	paused := 0
	r = fault.NewReader(func(time.Time, fault.Request) fault.Action { return fault.Action{Until: start.Add(time.Hour)} }, fault.ReaderConfig{
		Now: func() time.Time { return start }, Pause: func(time.Time) bool { paused++; return false },
	})
	if r.Over() || r.Ask("ListShards", time.Second) || r.Ask("ListShards", time.Second) || !r.Over() || paused != 1 {
		t.Errorf("it waited %d times, want it to end with the first", paused)
	}
	touches := func(shard int32) (touches bool) {
		c := fault.ReaderConfig{Stream: "s", Shard: shard, Now: time.Now}
		fault.NewReader(func(_ time.Time, r fault.Request) fault.Action {
			touches = r.Touches != nil && r.Touches(shard)
			return fault.Action{}
		}, c).Ask("ListShards", time.Second)
		return touches
	}
	if touches(-1) || !touches(0) {
		t.Errorf("no shard is touched: %v; shard 0 is: %v", touches(-1), touches(0))
	}
}

// What a mapping sends to a function is a request of that function, with its records, from its shard.
func TestInvokerAsksForItsFunction(t *testing.T) {
	var asked []fault.Request
	hook := func(_ time.Time, r fault.Request) fault.Action {
		asked = append(asked, r)
		return fault.Action{Err: &fault.Error{Code: "TooManyRequestsException"}}
	}
	r := fault.NewInvoker(hook, "f", fault.ReaderConfig{
		Account: "123456789012", Region: "us-east-1", Stream: "s", Shard: 3, Now: func() time.Time { return start }, Pause: func(time.Time) bool { return true },
	})
	if a, err := r.BeforeRecords("Invoke", 7); !errors.Is(err, fault.ErrFailed) || a.Err.Code != "TooManyRequestsException" {
		t.Errorf("%+v, %v", a, err)
	}
	q := asked[0]
	if q.Service != "lambda" || q.Operation != "Invoke" || q.Resource != "f" || q.Records != 7 || q.Account != "123456789012" || q.Region != "us-east-1" || !q.Touches(3) || q.Touches(2) {
		t.Errorf("asked for %+v", q)
	}
	if none := fault.NewInvoker(nil, "f", fault.ReaderConfig{}); none != nil {
		t.Error("without a hook there is an invoker")
	}
}
