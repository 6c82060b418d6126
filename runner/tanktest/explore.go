package tanktest

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// Shuffle has what is due at one instant of virtual time happen in an order that comes of the tank's seed, poll before put, put
// before poll. Without it the order is that in which it was asked for.
func Shuffle() Option { return func(o *options) { o.shuffle = true } }

// Explore runs a test under many seeds, 1 to seeds, each with a tank of its own in virtual time. A seed decides in which order
// what is due at one instant happens, which records are poisoned, and a script of faults: requests that are refused, fail or are
// late, once or each by another latency, invocations and deliveries whose answer is lost, shards that are split and merged.
// Invariants are what such a test asserts: nothing lost, a key in its order.
//
// At the first seed under which the test fails, or panics, the script is made as short as it can be with the test still failing,
// and the outer test fails with that failure and a test to paste, which repeats it. With WAVETANK_SEED set only that seed is run.
// Where every seed skips, so does the outer test.
//
// The test must use the t it is given, and nothing outside of itself that it changes: the failing seed is run again before it is
// reported. Options are for every tank. Seed and Script are the seeds' own.
//
// For code with an SDK client, goroutines or timers say Explore(t, seeds, test, Bubble()): each seed is then run in a
// testing/synctest bubble of its own, with its script and its latencies. A bubble promises time, not order, so that a failing seed is
// tried five times, and the failure says how often it failed; only what fails in most of its tries is shortened.
func Explore(t *testing.T, seeds int, test func(t testing.TB, tank *Tank), opts ...Option) {
	t.Helper()
	skipped, err := explore(t, seeds, test, opts...)
	switch {
	case err != nil:
		t.Fatal(err)
	case skipped != "":
		t.Skipf("every seed skips:\n%s", skipped)
	}
}

// explore is Explore; its error is what makes the outer test fail. It returns what a test said that has skipped under each seed.
func explore(t testing.TB, seeds int, test func(t testing.TB, tank *Tank), opts ...Option) (skipped string, err error) {
	t.Helper()
	x, err := newExploration(t, seeds, test, opts)
	if err != nil {
		return "", err
	}
	first, only := uint64(1), os.Getenv(seedVariable) != ""
	if only {
		first, seeds = seedOf(t, nil), 1
	}
	skips := 0
	for i := range uint64(seeds) {
		seed := first + i
		s := drawScript(seed, x.bubble)
		tried := x.try(seed, s)
		switch {
		case tried.failed == nil && tried.skipped:
			skips++
			skipped = tried.text
		case tried.failed != nil && !x.misused():
			return "", x.report(seed, s, tried.failed)
		}
		if x.misused() {
			return "", x.misuse(seed, tried.failed)
		}
	}
	if skips < seeds {
		skipped = ""
	}
	return skipped, nil
}

// exploration is one call of Explore.
type exploration struct {
	outer  testing.TB
	test   func(t testing.TB, tank *Tank)
	opts   []Option
	bubble bool
	failed bool   // the outer test had before
	home   string // the outer test's package
}

// newExploration refuses what cannot be explored.
func newExploration(t testing.TB, seeds int, test func(t testing.TB, tank *Tank), opts []Option) (*exploration, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	x := &exploration{outer: t, test: test, opts: opts, bubble: o.bubble, failed: t.Failed(), home: testsPackage()}
	switch {
	case seeds < 1:
		return nil, fmt.Errorf("tanktest: Explore: %d seeds explore nothing: give it some, as in Explore(t, 100, …)", seeds)
	case test == nil:
		return nil, errors.New("tanktest: Explore: there is no test: it is nil")
	case o.seed != nil:
		return nil, fmt.Errorf("tanktest: Explore: Seed(%d): each tank has the seed that it is run under; %s=%[1]d runs that one alone", *o.seed, seedVariable)
	case o.script != "":
		return nil, fmt.Errorf("tanktest: Explore: Script(%q): each seed draws its own; Start(t, Virtual(), Script(…)) has the one that a test wants", o.script)
	case o.bubble && o.shuffle:
		return nil, errors.New("tanktest: Explore: Shuffle is of virtual time: in a bubble what is due at one instant happens in any order")
	case o.bubble && inBubble():
		return nil, errors.New("tanktest: Explore: with Bubble() each seed has a bubble of its own, and there is none within another: call it outside of synctest.Test")
	}
	return x, nil
}

// attempt is what became of one run of the test.
type attempt struct {
	failed  error // what the test said where it failed
	skipped bool
	text    string // what it said
}

// try runs the test once.
func (x *exploration) try(seed uint64, s script) attempt {
	if x.bubble {
		return x.tryBubble(seed, s)
	}
	r := x.recorder(seed)
	return r.attempt(r.run(func(t testing.TB) { x.test(t, Start(t, x.options(seed, s)...)) }))
}

// recorder is the t of one run.
func (x *exploration) recorder(seed uint64) *recorder {
	r := newRecorder(fmt.Sprintf("%s/seed %d", x.outer.Name(), seed), x.outer)
	r.explored = true
	return r
}

func (r *recorder) attempt(failed error) attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return attempt{failed, r.skipped, r.text.String()}
}

// options are those of the tank of one run.
func (x *exploration) options(seed uint64, s script) []Option {
	opts := make([]Option, 0, len(x.opts)+4)
	if !x.bubble {
		opts = append(opts, Virtual(), Shuffle())
	}
	return append(append(opts, x.opts...), Seed(seed), Script(s.String()))
}

// misused tells whether the test has failed, or skipped, the t around it.
func (x *exploration) misused() bool { return x.outer.Failed() && !x.failed || x.outer.Skipped() }

// misuse is the failure of a test that uses the t around it.
func (x *exploration) misuse(seed uint64, failed error) error {
	err := fmt.Errorf("under seed %d the explored test has failed, or skipped, the t around it and not the one that it is given: name the parameter t, so that "+
		"it hides the other (a data race that -race has found looks the same: its report is above)", seed)
	if failed != nil {
		err = fmt.Errorf("%w\n%w", err, failed)
	}
	return err
}
