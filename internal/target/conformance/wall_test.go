//go:build wallclock

package conformance

import "testing"

// TestEmbeddedWall tries the cases that take seconds by their nature.
func TestEmbeddedWall(t *testing.T) { testEmbedded(t, true) }

func TestCasesMakeWhatTheySayWall(t *testing.T) { testMakes(t, true) }
