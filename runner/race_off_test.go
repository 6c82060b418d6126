//go:build !race

package runner_test

import "testing"

// heavy is for the race detector.
func heavy(*testing.T) {}

// atOnce is how many tests run at once of those that may: many wait on the wall's clock, for a load, a delivery or a drain.
func atOnce() int { return 8 }
