package tanktest

import (
	"fmt"
	"testing"
	"time"
)

// SetSlow sets how long a handler may take in virtual time.
func SetSlow(d time.Duration) { slow = d }

// ParseScript reads a script and writes it again.
func ParseScript(text string) (string, error) {
	s, err := parseScript(text)
	return s.String(), err
}

// ExploreFailure is what Explore says of a test that fails.
func ExploreFailure(t testing.TB, seeds int, test func(t testing.TB, tank *Tank)) string {
	t.Helper()
	err := explore(t, seeds, test)
	if err == nil {
		t.Fatal("no seed fails")
	}
	return fmt.Sprint(err)
}

// TryScript runs a test under one seed, as Explore does.
func TryScript(t testing.TB, seed uint64, test func(t testing.TB, tank *Tank)) error {
	return (&exploration{outer: t, test: test}).try(seed, drawScript(seed))
}
