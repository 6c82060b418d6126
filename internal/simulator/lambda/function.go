package lambda

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Function is a function: modelled, and where there is code also run. Only its name must be set; everything but Model and
// Code is repeated to those who ask for the function and has no effect, beside the role, which is in the events that code gets.
type Function struct {
	Name  string // 1 to 64 letters, digits, - and _
	Model FunctionModel
	Code  Code // nil: nothing is run

	Description   string
	Runtime       string // "" for a container image
	Handler       string
	Role          string // ARN
	PackageType   string // "" is Zip
	Architectures []string
	Environment   map[string]string
	Tags          map[string]string
}

// FunctionModel is how a function behaves. The zero value takes no time, never fails and starts at once.
type FunctionModel struct {
	Duration   Distribution  // of an invocation, the cold start not counted
	Errors     float64       // share of the invocations that fail, 0 to 1; they take as long as the others
	ColdStart  time.Duration // of a new execution environment
	MemorySize int64         // bytes, a multiple of 1 MiB; zero is 128 MiB
	Timeout    time.Duration // a longer invocation fails at this; zero is the longest AWS allows, 900 s
}

const (
	defaultMemory = 128 * mib
	leastMemory   = 128 * mib
	mostMemory    = 10_240 * mib // DG gettingstarted-limits
)

// Validate finds what CreateFunction would refuse, other than a name that is taken.
func (f Function) Validate(l Limits) error {
	l = l.withDefaults()
	m := &f.Model
	if !validName(f.Name) {
		return constraint(f.Name, "functionName", "Member must satisfy regular expression pattern: [a-zA-Z0-9-_]{1,64}")
	}
	if err := m.Duration.check(); err != nil {
		return err
	}
	switch {
	case !(m.Errors >= 0 && m.Errors <= 1):
		return errorf(CodeInvalidParameter, "an error share of %v is not between 0 and 1", m.Errors)
	case m.ColdStart < 0:
		return errorf(CodeInvalidParameter, "a cold start of %v is negative", m.ColdStart)
	case m.Timeout < 0 || m.Timeout > l.Timeout:
		return errorf(CodeInvalidParameter, "a timeout of %v is not between 0 and %v", m.Timeout, l.Timeout)
	case m.MemorySize%mib != 0:
		return errorf(CodeInvalidParameter, "a memory size of %d bytes is not a multiple of 1 MiB", m.MemorySize)
	case m.MemorySize != 0:
		return within(int(m.MemorySize/mib), "memorySize", leastMemory/mib, mostMemory/mib)
	}
	return nil
}

// function is a created function and its execution environments.
type function struct {
	Function
	config *FunctionConfiguration

	calls atomic.Uint64 // that were made by no mapping

	mu   sync.Mutex
	envs environments
}

// invocation is one invocation: what the model says of it before it happens, and what has become of it.
type invocation struct {
	request          RequestID
	attempt          int
	sent, begin, end time.Time
	cold             bool
	took             time.Duration // what the model drew
	timeout          time.Duration // it is stopped then: the function's, or before it that of who waits; 0 is the function's
	err              string
	error            *FunctionError
	reset            bool   // the environment is gone
	remaining        int    // records that are tried again though nothing failed
	report           string // why that is all of them, where the response cannot be understood
}

// invoke takes an execution environment and draws what becomes of an event that comes now. The environment is busy until
// ended is called.
func (f *function) invoke(now time.Time, r *rand.Rand, in *invocation) {
	in.begin = now
	f.mu.Lock()
	in.cold = f.envs.acquire()
	f.mu.Unlock()
	if in.cold {
		in.begin = now.Add(f.Model.ColdStart)
	}
	if r.Float64() < f.Model.Errors {
		in.err = ErrUnhandled
	}
	in.took = f.Model.Duration.draw(r)
	if in.timeout == 0 || in.timeout > f.Model.Timeout {
		in.timeout = f.Model.Timeout
	}
	in.finish(in.took)
}

// finish tells how long it takes. At its timeout it is stopped, whatever would have become of it.
func (in *invocation) finish(took time.Duration) {
	if took > in.timeout {
		took, in.err, in.error, in.remaining, in.report = in.timeout, ErrTimedOut, nil, 0, ""
	}
	in.end = in.begin.Add(took)
}

// ended gives the environment back. One that was stopped at the timeout, or whose code is gone, is reset: the next invocation
// starts cold (DG lambda-runtime-environment).
func (f *function) ended(in *invocation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.envs.release(in.err != ErrTimedOut && !in.reset)
}

// timedOut is the error of an invocation that was stopped, as AWS words it.
func timedOut(id RequestID, timeout time.Duration) *FunctionError {
	return &FunctionError{
		Type: "Sandbox.Timedout", Message: fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", id, timeout.Seconds()),
	}
}

// environments counts a function's execution environments. Each holds one invocation at a time; a free one is used
// again, otherwise one is started. How long AWS keeps an idle one is not documented: ours stay.
type environments struct{ free, busy int }

// acquire makes one busy and tells whether it had to be started.
func (e *environments) acquire() (cold bool) {
	e.busy++
	if e.free == 0 {
		return true
	}
	e.free--
	return false
}

// release frees one, or lets it go.
func (e *environments) release(keep bool) {
	e.busy--
	if keep {
		e.free++
	}
}
