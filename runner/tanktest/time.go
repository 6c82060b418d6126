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
	// until lets time pass until cond holds, or a handler has ended the test; it is false where cond does not come to hold.
	until(cond func() bool) bool
	// patience is for how long until does, where the test does not say.
	patience() time.Duration
	// serve opens the tank to clients; nil where there can be none.
	serve(h http.Handler) *wire
	// stop ends everything that runs on the clock.
	stop()
}
