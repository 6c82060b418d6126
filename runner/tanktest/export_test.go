package tanktest

import (
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// SetSlow sets how long a handler may take in virtual time.
func SetSlow(d time.Duration) { slow = d }

// FailsElsewhere is a function of another package than tests have.
func FailsElsewhere(t testing.TB, _ *Tank) { t.Error("no") }

// PackageOf is what a package of a path is called.
func PackageOf(path string) string { return packageOf(path) }

// Buffered is how many records a delivery stream holds.
func Buffered(k *Tank, deliveryStream string) (n int) {
	k.world.Firehose.Held(func(name, _ string, recs []record.Record) {
		if name == deliveryStream {
			n += len(recs)
		}
	})
	return n
}

// ParseScript reads a script and writes it again.
func ParseScript(text string) (string, error) {
	s, err := parseScript(text)
	return s.String(), err
}

// ExploreFailure is what Explore says of a test that fails.
func ExploreFailure(t testing.TB, seeds int, test func(t testing.TB, tank *Tank), opts ...Option) string {
	t.Helper()
	_, err := explore(t, seeds, test, opts...)
	if err == nil {
		t.Fatal("no seed fails")
	}
	return fmt.Sprint(err)
}

// ExploreSaid is what Explore says of a test, or what the test says that skips under every seed.
func ExploreSaid(t testing.TB, seeds int, test func(t testing.TB, tank *Tank), opts ...Option) (skipped string, err error) {
	return explore(t, seeds, test, opts...)
}

// DeliversTwice has a tank's history hold every delivery a second time. No fault makes one of S3's: what is stored again has the same key.
func DeliversTwice(k *Tank) {
	k.history.mu.Lock()
	defer k.history.mu.Unlock()
	k.history.deliveries = append(k.history.deliveries, k.history.deliveries...)
}

// TryScript runs a test under one seed, as Explore does.
func TryScript(t testing.TB, seed uint64, test func(t testing.TB, tank *Tank)) error {
	return (&exploration{outer: t, test: test}).try(seed, drawScript(seed, false)).failed
}
