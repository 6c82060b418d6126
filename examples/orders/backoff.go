//go:build !bug_hot_retry

package orders

import (
	"math/rand/v2"
	"time"
)

const (
	firstWait   = 100 * time.Millisecond
	longestWait = 5 * time.Second
)

// backoff is how long to wait after an attempt that was refused: twice as long each time, of which half is drawn, so that
// producers that were refused together do not come back together.
func backoff(attempt int) time.Duration {
	half := min(firstWait<<(attempt-1), longestWait) / 2
	return half + rand.N(half)
}
