//go:build race

package runner_test

import (
	"runtime"
	"testing"
)

// heavy leaves a test to the suite without the race detector, which CI runs behind this one: it simulates minutes of load,
// nearly all on one goroutine at a time, and takes ten times as long here. What goes on beside that goroutine is in
// TestProcessorsDoNotMatter, which is not heavy.
func heavy(t *testing.T) {
	t.Helper()
	t.Skip("simulates minutes of load: the suite without -race runs it")
}

// atOnce is how many tests run at once of those that may. Those that wait on the wall's clock compute more here than they wait.
func atOnce() int { return runtime.GOMAXPROCS(0) }
