package tanktest

import (
	"net/http"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/localnet"
	"github.com/wavetank/wavetank/internal/simulator/server"
)

// Bubble lets a tank live in a testing/synctest bubble: Start must be called inside synctest.Test. The SDK's client, the
// server and the code under test, goroutines and timers and all, share the bubble's time; the network between them is
// memory. A bubble promises time, not order: what is due at one instant happens in any order.
func Bubble() Option { return func(o *options) { o.time = bubbleTime } }

type bubble struct {
	*clock.Wall
	tank *Tank
}

func bubbleTime(k *Tank) passage {
	defer func() {
		if recover() != nil {
			k.t.Fatalf("tanktest: Bubble: this test is in none: call Start inside synctest.Test(t, func(t *testing.T) { … })")
		}
	}()
	synctest.Wait()
	return &bubble{Wall: clock.NewWall(), tank: k}
}

func (b *bubble) clock() clock.Clock { return b.Wall }
func (b *bubble) stop()              { b.Stop() }

func (b *bubble) advance(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// until looks once a millisecond of the bubble's time for a second, and ever more seldom then.
func (b *bubble) until(cond func() bool) (limit time.Duration, ok bool) {
	step, began := time.Millisecond, time.Now()
	for synctest.Wait(); !cond(); synctest.Wait() {
		passed := time.Since(began)
		if passed >= longest {
			return longest, false
		}
		if passed >= 1000*step {
			step *= 10
		}
		time.Sleep(step)
	}
	return longest, true
}

func (b *bubble) serve(h http.Handler) *wire {
	l := localnet.Listen()
	return newWire(server.Serve(b.tank.background(), l, h, nil), "http://localhost", l.Dial)
}
