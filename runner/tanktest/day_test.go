//go:build slow

package tanktest_test

import (
	"testing"
	"time"
)

func TestADayInABubble(t *testing.T) { poll(t, 24*time.Hour) }
