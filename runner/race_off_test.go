//go:build !race

package runner_test

import "testing"

// heavy is for the race detector.
func heavy(*testing.T) {}
