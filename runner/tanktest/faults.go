package tanktest

import (
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
)

type (
	// Request is what a hook sees.
	Request = fault.Request
	// Action is what becomes of a request. The zero value lets it pass.
	Action = fault.Action
	// Error is an AWS error to answer with.
	Error = fault.Error
	// Hook decides about each request. It is called concurrently, must not block (waiting is an Action) and must not call
	// the tank's services.
	Hook = fault.Hook
)

// faults are the hooks of a tank, and what it counts of requests.
type faults struct {
	tank *Tank

	mu    sync.Mutex
	hooks []*Hook // the newest last
	calls map[string]int
	holds []*Held
}

// hook is the one hook that sees every request: it asks the test's, the newest first.
func (f *faults) hook(now time.Time, r Request) Action {
	f.mu.Lock()
	if f.calls == nil {
		f.calls = map[string]int{}
	}
	f.calls[r.Operation]++
	hooks := slices.Clone(f.hooks)
	f.mu.Unlock()
	for _, h := range slices.Backward(hooks) {
		if a := (*h)(now, r); a != (Action{}) {
			return a
		}
	}
	return Action{}
}

// end takes every hook away and lets go what is held.
func (f *faults) end() {
	f.mu.Lock()
	f.hooks = nil
	holds := f.holds
	f.mu.Unlock()
	for _, h := range holds {
		h.Release()
	}
}

// Hook has a function of the test's asked about every request: of clients, of mappings and delivery streams that read, of
// invocations and of deliveries. The newest hook is asked first, and the first Action that is not the zero one counts. It
// is taken away by remove, and when the test ends.
func (k *Tank) Hook(h Hook) (remove func()) {
	k.faults.mu.Lock()
	defer k.faults.mu.Unlock()
	k.faults.hooks = append(k.faults.hooks, &h)
	return func() {
		k.faults.mu.Lock()
		defer k.faults.mu.Unlock()
		k.faults.hooks = slices.DeleteFunc(k.faults.hooks, func(o *Hook) bool { return o == &h })
	}
}

// on is a hook for one operation.
func (k *Tank) on(operation string, a func(now time.Time, r Request) Action) (remove func()) {
	return k.Hook(func(now time.Time, r Request) Action {
		if r.Operation != operation {
			return Action{}
		}
		return a(now, r)
	})
}

// Calls is how many requests of an operation there were, by its AWS name: Calls("GetRecords"). Those that were refused or
// cut count.
func (k *Tank) Calls(operation string) int {
	k.faults.mu.Lock()
	defer k.faults.mu.Unlock()
	return k.faults.calls[operation]
}

// Throttle has a stream refuse a share of the records put to it, from 0 to 1, as its limits do. Which ones is drawn from the
// tank's seed.
func (k *Tank) Throttle(stream string, share float64) (stop func()) {
	return k.Hook(func(_ time.Time, r Request) Action {
		if r.Service != "kinesis" || r.Resource != stream || r.Records == 0 {
			return Action{}
		}
		return Action{Share: share}
	})
}

// Fail has every request of an operation fail with an AWS error: Fail("GetRecords", "InternalFailureException").
func (k *Tank) Fail(operation, code string) (stop func()) {
	return k.on(operation, func(time.Time, Request) Action { return Fails(code) })
}

// Delay has every request of an operation wait before anything else happens to it.
func (k *Tank) Delay(operation string, d time.Duration) (stop func()) {
	return k.on(operation, func(time.Time, Request) Action { return Action{Delay: d} })
}

// Next says what becomes of the next requests of an operation, one Action each, in the order in which they come. What comes
// after them passes. It returns how many of the actions are left.
func (k *Tank) Next(operation string, actions ...Action) (left func() int) {
	var mu sync.Mutex
	k.on(operation, func(time.Time, Request) Action {
		mu.Lock()
		defer mu.Unlock()
		if len(actions) == 0 {
			return Action{}
		}
		a := actions[0]
		actions = actions[1:]
		return a
	})
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(actions)
	}
}

// Pass is the Action of a request that nothing happens to: a gap among those of Next.
func Pass() Action { return Action{} }

// Fails is the Action of a request that fails with an AWS error, whole.
func Fails(code string) Action {
	return Action{Err: &Error{Code: code, Message: "injected by the test"}}
}

// Refuses is the Action of a put of which a share of the records is refused as limits refuse them; 1 is all of them.
func Refuses(share float64) Action { return Action{Share: share} }

// Cuts is the Action of a request whose connection is cut before anybody acts on it.
func Cuts() Action { return Action{Cut: true} }

// Loses is the Action of a request that is acted on, and whose answer is lost.
func Loses() Action { return Action{Cut: true, After: true} }

// Held are requests that wait until the test lets them go.
type Held struct {
	release chan struct{}
	remove  func()

	mu      sync.Mutex
	waiting int
	once    sync.Once
}

// Hold holds every request of an operation from now on, until it is released. Held requests whose client gives up are given
// up, too.
func (k *Tank) Hold(operation string) *Held {
	h := &Held{release: make(chan struct{})}
	h.remove = k.on(operation, func(time.Time, Request) Action {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.waiting++
		return Action{Release: h.release}
	})
	k.faults.mu.Lock()
	defer k.faults.mu.Unlock()
	k.faults.holds = append(k.faults.holds, h)
	return h
}

// Requests is how many requests were held so far, those that were given up included.
func (h *Held) Requests() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.waiting
}

// Release lets them go, and holds no more. It may be called more than once.
func (h *Held) Release() {
	h.once.Do(func() {
		h.remove()
		close(h.release)
	})
}
