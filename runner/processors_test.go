package runner_test

import (
	"bytes"
	"runtime"
	"testing"
)

// What a run in virtual time does on a second processor changes nothing in its file.
func TestProcessorsDoNotMatter(t *testing.T) { // not parallel: the number of processors is everybody's
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	for _, name := range []string{"clickstream", "hot-shard"} {
		runtime.GOMAXPROCS(1)
		one := simulate(t, name, "duration=20s")
		runtime.GOMAXPROCS(2)
		if two := simulate(t, name, "duration=20s"); !bytes.Equal(one, two) {
			t.Errorf("%s: two processors give another run file than one", name)
		}
	}
}
