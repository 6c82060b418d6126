package tanktest

import (
	"context"
	"net"
	"net/http"
	"runtime/pprof"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/server"
)

// wall is the time of everybody.
type wall struct {
	*clock.Wall
	tank *Tank
}

func wallTime(k *Tank) passage {
	k.t.Helper()
	if inBubble() {
		k.t.Fatalf("tanktest: Start: this test runs in a testing/synctest bubble, whose time a socket would stop: Start(t, tanktest.Bubble())")
	}
	return &wall{Wall: clock.NewWall(), tank: k}
}

func (w *wall) patience() time.Duration { return 10 * time.Second }

// inBubble tells whether the goroutine is in a bubble: outside of one, Wait panics.
func inBubble() (in bool) {
	defer func() {
		e := recover()
		in = e == nil || taken(e)
	}()
	synctest.Wait()
	return true
}

func (w *wall) clock() clock.Clock { return w.Wall }
func (w *wall) stop()              { w.tank.stopped(w.Wall) }

// stopped ends a clock's processes. A handler that does not return is one of them: it is left behind, and told of.
func (k *Tank) stopped(w *clock.Wall) {
	done := make(chan struct{})
	go func() {
		pprof.SetGoroutineLabels(context.Background()) // this one is no leak of the test's
		defer close(done)
		w.Stop()
	}()
	select {
	case <-done:
	case <-time.After(slow):
		k.t.Errorf("tanktest: a handler has not returned %v after the end of the test, although its context has ended: on AWS it would be killed, here "+
			"it must look at its context", slow)
	}
}

func (w *wall) advance(time.Duration) {
	w.tank.t.Helper()
	w.tank.t.Fatalf("tanktest: Advance: the wall's time passes by itself: wait with Until, or give the tank a time with Virtual() or Bubble()")
}

func (w *wall) until(cond func() bool) bool {
	for end := time.Now().Add(w.tank.patience); !cond() && !w.tank.ended.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func (w *wall) serve(h http.Handler) *wire {
	l, err := server.Listen(w.tank.background(), "127.0.0.1:0", h, nil)
	w.tank.must(err, "serve")
	return newWire(l, l.URL(), new(net.Dialer).DialContext)
}
