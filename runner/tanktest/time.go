package tanktest

import (
	"net/http"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// passage is how a tank's time passes: one of three.
type passage interface {
	clock() clock.Clock
	advance(d time.Duration)
	// until lets time pass until cond holds; ok is false where it does not within limit.
	until(cond func() bool) (limit time.Duration, ok bool)
	// serve opens the tank to clients; nil where there can be none.
	serve(h http.Handler) *wire
	// stop ends everything that runs on the clock.
	stop()
}

// longest is for how much of its own time a tank waits for a condition.
const longest = 24 * time.Hour
