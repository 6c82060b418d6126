package tanktest

import (
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/nearest"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/server"
)

// Request is what a hook sees.
type Request struct {
	Service   string // kinesis, firehose, lambda or s3
	Operation string // AWS's name: PutRecords. SubscribeToShardEvent is an event of a subscription that is open
	Account   string
	Region    string
	Resource  string // the stream, delivery stream, function or bucket; "" where the request names none
	Records   int    // of a put, or an invocation

	// Touches tells whether the request has to do with a shard of its stream, by the shard's number: it reads it, subscribes to it, puts
	// a record that would go there now, or invokes a function with records of it. Nil: it names no shard. It may be called during the
	// hook only.
	Touches func(shard int32) bool
}

// Action is what becomes of a request. The zero value lets it pass.
type Action struct {
	Delay   time.Duration   // before anything else
	Until   time.Time       // held until this instant; zero: not
	Release <-chan struct{} // held until this is closed; nil: not
	Cut     bool            // the connection is closed without an answer; what the service did, if anything, stays done
	After   bool            // the delay, the hold and the cut come after the service has acted: only the answer is lost or late
	Lost    bool            // only the answer is lost: a cut that comes after the service has acted, wherever the delay and the hold do
	Err     *Error          // the whole call fails and the service does not see it; beside a Share, the refused records do
	Share   float64         // of a put's records, refused one by one: as a limit refuses them, or as Err says. 0: none
}

// Error is an AWS error to answer with: its Code (InternalFailureException), its Message, and the Status of HTTP, 0 being 400, or 500 for
// codes of InternalFailure and ServiceUnavailable.
type Error = fault.Error

// Hook decides about each request. It is called concurrently, must not block (waiting is an Action) and must not call the tank's
// services.
type Hook func(now time.Time, r Request) Action

// faults are the hooks of a tank, and what it counts of requests.
type faults struct {
	tank   *Tank
	script string // of Script; "": there is none

	mu    sync.Mutex
	hooks []*Hook // the newest last
	calls map[string]int
	last  string // operation of the latest request
	at    time.Time
	holds []*Held
}

// hook is the one hook that sees every request: it asks the test's, the newest first.
func (f *faults) hook(now time.Time, r fault.Request) fault.Action {
	f.mu.Lock()
	if f.calls == nil {
		f.calls = map[string]int{}
	}
	f.calls[r.Operation]++
	f.last, f.at = r.Operation, now
	hooks := f.hooks // never changed in place
	f.mu.Unlock()
	if r.Operation == "Invoke" && f.tank.ended.Load() {
		return fault.Action{Err: &fault.Error{Code: "TooManyRequestsException", Message: "the test has ended"}}
	}
	for _, h := range slices.Backward(hooks) {
		if a := f.ask(*h, now, Request(r)); a != (Action{}) {
			act := fault.Action(a)
			f.tank.history.readFails(now, &r, &act)
			return act
		}
	}
	return fault.Action{}
}

// ask asks a hook. One that panics fails the test: behind a client of the SDK nobody would hear of it.
func (f *faults) ask(h Hook, now time.Time, r Request) (a Action) {
	defer func() {
		if e := recover(); e != nil {
			f.tank.t.Errorf("tanktest: a hook panics at a request of %s: %v\n%s", r.Operation, e, debug.Stack())
			a = Action{}
		}
	}()
	return h(now, r)
}

// latest is the latest request, and when it was; "" where there was none.
func (f *faults) latest() (operation string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last, f.at
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
	k.t.Helper()
	if h == nil {
		k.t.Fatalf("tanktest: Hook(nil): it is a function that is asked about each request")
	}
	k.faults.mu.Lock()
	defer k.faults.mu.Unlock()
	k.faults.hooks = append(slices.Clip(k.faults.hooks), &h)
	return func() {
		k.faults.mu.Lock()
		defer k.faults.mu.Unlock()
		k.faults.hooks = slices.DeleteFunc(slices.Clone(k.faults.hooks), func(o *Hook) bool { return o == &h })
	}
}

// on is a hook for one operation.
func (k *Tank) on(method, operation string, a func(now time.Time, r Request) Action) (remove func()) {
	k.t.Helper()
	k.operation(method, operation)
	return k.Hook(func(now time.Time, r Request) Action {
		if r.Operation != operation {
			return Action{}
		}
		return a(now, r)
	})
}

// operation ends the test where AWS has no operation of a name: a fault of it would never happen.
func (k *Tank) operation(method, name string) {
	k.t.Helper()
	if known := operationNames(); !slices.Contains(known, name) {
		k.t.Fatalf("tanktest: %s(%q): there is no such operation%s", method, name, nearest.Suggest(name, known))
	}
}

// operationNames are what a hook sees, by AWS's names: what a server answers, and what services ask of each other.
var operationNames = sync.OnceValue(func() []string {
	return append(server.Operations(), "SubscribeToShardEvent", "Invoke", "PutObject")
})

// Calls is how many requests of an operation there were, by its AWS name: Calls("GetRecords"). Those that were refused or
// cut count.
func (k *Tank) Calls(operation string) int {
	k.t.Helper()
	k.operation("Calls", operation)
	k.faults.mu.Lock()
	defer k.faults.mu.Unlock()
	return k.faults.calls[operation]
}

// Throttle has a stream refuse a share of the records put to it, from 0 to 1, as its limits do. Which ones is drawn from the
// tank's seed.
func (k *Tank) Throttle(stream string, share float64) (stop func()) {
	k.t.Helper()
	k.exists("Throttle", stream)
	if !(share >= 0 && share <= 1) {
		k.t.Fatalf("tanktest: Throttle(%q, %v): a share is from 0 to 1", stream, share)
	}
	return k.Hook(func(_ time.Time, r Request) Action {
		if r.Service != "kinesis" || r.Resource != stream || r.Records == 0 {
			return Action{}
		}
		return Action{Share: share}
	})
}

// Fail has every request of an operation fail with an AWS error: Fail("GetRecords", "InternalFailureException"). For requests of one
// stream or one shard alone, as with every fault, there is [Tank.Hook].
func (k *Tank) Fail(operation, code string) (stop func()) {
	k.t.Helper()
	if code == "" {
		k.t.Fatalf("tanktest: Fail(%q, \"\"): it wants the code of AWS's error, such as InternalFailure", operation)
	}
	return k.on("Fail", operation, func(time.Time, Request) Action { return Fails(code) })
}

// Delay has every request of an operation wait before anything else happens to it.
func (k *Tank) Delay(operation string, d time.Duration) (stop func()) {
	k.t.Helper()
	if d < 0 {
		k.t.Fatalf("tanktest: Delay(%q, %v): time does not go back", operation, d)
	}
	return k.on("Delay", operation, func(time.Time, Request) Action { return Action{Delay: d} })
}

// Next says what becomes of the next requests of an operation, one Action each, in the order in which they come. What comes
// after them passes. It returns how many of the actions are left; a test that ends with some left fails, since they have shown nothing.
func (k *Tank) Next(operation string, actions ...Action) (left func() int) {
	k.t.Helper()
	for i, a := range actions {
		if a.Share != 0 && !strings.HasPrefix(operation, "PutRecord") {
			k.t.Fatalf("tanktest: Next(%q): action %d refuses records, and only puts have some: a read that is throttled is "+
				"Fails(\"ProvisionedThroughputExceededException\")", operation, i+1)
		}
	}
	for len(actions) > 0 && actions[len(actions)-1] == Pass() {
		actions = actions[:len(actions)-1]
	}
	var mu sync.Mutex
	place, all := caller(), len(actions)
	k.on("Next", operation, func(time.Time, Request) Action {
		mu.Lock()
		defer mu.Unlock()
		if len(actions) == 0 {
			return Action{}
		}
		a := actions[0]
		actions = actions[1:]
		return a
	})
	left = func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(actions)
	}
	k.atEnd(func() {
		if n := left(); n > 0 && !k.t.Failed() {
			k.t.Errorf("tanktest: Next(%q), called at %s: %d of %d actions were not used when the test ends", operation, place, n, all)
		}
	})
	return left
}

// Pass is the Action of a request that nothing happens to: a gap among those of Next.
func Pass() Action { return Action{} }

// Fails is the Action of a request that fails with an AWS error, whole.
func Fails(code string) Action {
	return Action{Err: &Error{Code: code, Message: "injected by the test"}}
}

// Refuses is the Action of a put of which a share of the records is refused as limits refuse them, each with that chance; 1 is all of them.
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

// Hold holds every request of an operation from now on, until it is released, at the latest when the test ends. Held requests whose
// client gives up are given up, too.
func (k *Tank) Hold(operation string) *Held {
	k.t.Helper()
	h := &Held{release: make(chan struct{})}
	h.remove = k.on("Hold", operation, func(time.Time, Request) Action {
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
