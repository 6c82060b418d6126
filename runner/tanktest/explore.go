package tanktest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// Shuffle has what is due at one instant of virtual time happen in an order that comes of the tank's seed: poll before put, put
// before poll. Without it the order is that in which it was asked for.
func Shuffle() Option { return func(o *options) { o.shuffle = true } }

// Explore runs a test under many seeds, 1 to seeds, each with a tank of its own in virtual time. A seed decides in which order
// what is due at one instant happens, which records are poisoned, and a script of faults: requests that are refused, fail or are
// late, once or each by another latency, invocations and deliveries whose answer is lost, shards that are split and merged.
// Invariants are what such a test asserts: nothing lost, a key in its order.
//
// At the first seed under which the test fails the script is made as short as it can be with the test still failing, and the
// outer test fails with that failure and a test to paste, which repeats it. With WAVETANK_SEED set only that seed is run.
//
// The test must use the t it is given. Options are for every tank.
func Explore(t *testing.T, seeds int, test func(t testing.TB, tank *Tank), opts ...Option) {
	t.Helper()
	if err := explore(t, seeds, test, opts...); err != nil {
		t.Fatal(err)
	}
}

// explore is Explore; its error is what makes the outer test fail.
func explore(t testing.TB, seeds int, test func(t testing.TB, tank *Tank), opts ...Option) error {
	t.Helper()
	first, last := uint64(1), uint64(seeds)
	if os.Getenv(seedVariable) != "" {
		first = seedOf(t, nil)
		last = first
	}
	x := &exploration{outer: t, test: test, opts: opts}
	for seed := first; seed <= last; seed++ {
		s := drawScript(seed)
		if err := x.try(seed, s); err != nil {
			s, err = x.shorten(seed, s, err)
			return fmt.Errorf("seed %d of %d fails:\n%w\nThe shortest script that still fails is %q. This test repeats it:\n\n%s",
				seed, seeds, err, s.String(), s.paste(seed))
		}
	}
	return nil
}

// exploration is one call of Explore.
type exploration struct {
	outer testing.TB
	test  func(t testing.TB, tank *Tank)
	opts  []Option
}

// try runs the test once. It returns what the test said where it failed.
func (x *exploration) try(seed uint64, s script) error {
	r := newRecorder(fmt.Sprintf("%s/seed %d", x.outer.Name(), seed))
	opts := append([]Option{Virtual(), Shuffle(), Seed(seed), Script(s.String())}, x.opts...)
	return r.run(func() { x.test(r, Start(r, opts...)) })
}

// shorten takes out of a script what the failure does not need: halves, quarters, single faults.
func (x *exploration) shorten(seed uint64, s script, last error) (script, error) {
	for size := (len(s) + 1) / 2; size >= 1; size /= 2 {
		for at := 0; at < len(s); {
			less := append(append(script(nil), s[:at]...), s[min(at+size, len(s)):]...)
			if err := x.try(seed, less); err != nil {
				s, last = less, err
				continue
			}
			at += size
		}
	}
	return s, last
}

// drawScript draws a seed's faults: none for every fourth seed, so that what fails without any is found with none.
func drawScript(seed uint64) script {
	if seed%4 == 1 {
		return nil
	}
	r := rand.New(rand.NewPCG(seed, 0x736372))
	s := make(script, 1+r.IntN(6))
	for i := range s {
		s[i] = drawStep(r)
	}
	return s
}
