package tanktest

import (
	"net/http"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// Virtual gives a tank a time of its own, in which only [Tank.Advance] and [Tank.Until] move it: an hour takes as long as what
// happens in it. One seed has one history. Everything runs on the test's goroutine, so a handler must compute and return:
// the SDK's clients, goroutines and timers need [Bubble] or the wall.
func Virtual() Option { return func(o *options) { o.time, o.bubble = virtualTime, false } }

type virtual struct {
	*clock.Virtual
	tank    *Tank
	running bool
}

func virtualTime(k *Tank) passage { return &virtual{Virtual: clock.NewVirtual(), tank: k} }

func (v *virtual) clock() clock.Clock       { return v.Virtual }
func (v *virtual) serve(http.Handler) *wire { return nil }
func (v *virtual) stop()                    { v.Stop() }

func (v *virtual) patience() time.Duration { return 24 * time.Hour }

// enter is called by what drives time. A handler runs inside of it, and cannot drive it as well.
func (v *virtual) enter() (leave func()) {
	v.tank.t.Helper()
	if v.running {
		v.tank.t.Fatalf("tanktest: a handler or a condition lets time pass: it runs while time does; only the test itself calls Advance and Until")
	}
	v.running = true
	return func() { v.running = false }
}

func (v *virtual) advance(d time.Duration) {
	v.tank.t.Helper()
	defer v.enter()()
	v.RunUntil(v.Now().Add(d))
}

func (v *virtual) until(cond func() bool) (ok bool) {
	v.tank.t.Helper()
	defer v.enter()()
	end := v.Now().Add(v.tank.patience)
	v.RunWhile(func() bool {
		if ok = cond(); ok {
			return false
		}
		next, _ := v.Next()
		return !next.After(end)
	})
	if _, more := v.Next(); !ok && more {
		v.RunUntil(end) // what is left happens later
	}
	return ok || cond()
}
