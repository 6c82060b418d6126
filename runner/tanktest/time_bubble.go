package tanktest

import (
	"fmt"
	"net/http"
	"strings"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/localnet"
	"github.com/wavetank/wavetank/internal/simulator/server"
)

// Bubble lets a tank live in a testing/synctest bubble: Start must be called inside synctest.Test. The SDK's client, the
// server and the code under test, goroutines and timers and all, share the bubble's time; the network between them is
// memory. A bubble promises time, not order: what is due at one instant happens in any order. The t of Start is that of the
// bubble, which ends in it.
func Bubble() Option { return func(o *options) { o.time, o.bubble = bubbleTime, true } }

type bubble struct {
	*clock.Wall
	tank *Tank
}

func bubbleTime(k *Tank) passage {
	k.t.Helper()
	if !inBubble() {
		k.t.Fatalf("tanktest: Bubble: this test is in none: call Start inside synctest.Test(t, func(t *testing.T) { … })")
	}
	return &bubble{Wall: clock.NewWall(), tank: k}
}

func (b *bubble) clock() clock.Clock { return b.Wall }

// patience: a client that polls makes ten thousand requests of an hour.
func (b *bubble) patience() time.Duration { return time.Hour }

func (b *bubble) stop() { b.tank.stopped(b.Wall) }

func (b *bubble) advance(d time.Duration) {
	time.Sleep(d)
	settled()
}

// settled waits until all else in the bubble waits. One goroutine of a bubble can at a time: another one looks again a nanosecond later.
func settled() {
	for !waited() {
		time.Sleep(time.Nanosecond)
	}
}

// waited is settled; it returns false at once where another goroutine is at it.
func waited() (ok bool) {
	defer func() {
		if e := recover(); e != nil {
			if !taken(e) {
				panic(e)
			}
			ok = false
		}
	}()
	synctest.Wait()
	return true
}

// taken tells whether Wait of testing/synctest panics because it is under way in another goroutine of the bubble.
func taken(e any) bool { return strings.Contains(fmt.Sprint(e), "already in progress") }

// until looks once a millisecond of the bubble's time for a second, and ever more seldom then.
func (b *bubble) until(cond func() bool) bool {
	step, began := time.Millisecond, time.Now()
	for settled(); !cond() && !b.tank.ended.Load(); settled() {
		passed := time.Since(began)
		if passed >= b.tank.patience {
			return false
		}
		if passed >= 1000*step {
			step *= 10
		}
		time.Sleep(step)
	}
	return true
}

func (b *bubble) serve(h http.Handler) *wire {
	l := localnet.Listen()
	return newWire(server.Serve(b.tank.background(), l, h, nil), "http://localhost", l.Dial)
}
