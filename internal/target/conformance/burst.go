package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// burst is what became of things that were offered as fast as the endpoint takes them.
type burst struct {
	what     string         // records, calls
	offered  float64        // of what
	accepted float64        // of what
	refused  map[string]int // by error code
	took     time.Duration
}

// offerAll makes n calls, eight at a time, and counts the codes with which they are refused. It waits for all of them.
func offerAll(ctx context.Context, n int, call func(ctx context.Context) error) (*burst, error) {
	out := &burst{what: "calls", offered: float64(n), refused: map[string]int{}}
	var mu sync.Mutex
	var first error
	next := make(chan struct{}, n)
	for range n {
		next <- struct{}{}
	}
	close(next)
	start := time.Now()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range next {
				err := call(ctx)
				mu.Lock()
				switch code := codeOf(err); {
				case err == nil:
					out.accepted++
				case code != "" && !missing(err):
					out.refused[code]++
				case first == nil:
					first = err
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	out.took = time.Since(start)
	return out, first
}

const tooSlow = "too slow to reach the limit"

// limited is the finding on a limit of so many a second: a bucket that holds one second's worth, and half as much again as
// tolerance, as nobody documents the burst. Refusals must have the code.
func (r *burst) limited(perSecond float64, code string) Finding {
	most := 1.5 * perSecond * (1 + r.took.Seconds())
	seen := fmt.Sprintf("%.0f of %.0f %s accepted in %v", r.accepted, r.offered, r.what, r.took.Round(10*time.Millisecond))
	switch {
	case len(r.refused) == 0 && r.accepted <= most:
		return unknown("%s: %s", seen, tooSlow)
	case len(r.refused) == 0:
		return doesNot("%s", seen)
	case len(r.refused) > 1 || r.refused[code] == 0:
		return differs("%s, the rest refused with %s", seen, strings.Join(slices.Sorted(maps.Keys(r.refused)), ", "))
	case r.accepted > most:
		return differs("%s, more than the limit allows", seen)
	}
	return does("%s, the rest refused with %s", seen, code)
}
