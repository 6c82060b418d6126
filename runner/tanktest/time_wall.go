package tanktest

import (
	"net"
	"net/http"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/server"
)

// wall is the time of everybody.
type wall struct {
	*clock.Wall
	tank *Tank
}

// patience is how long a condition may take to come true on the wall.
const patience = 10 * time.Second

func wallTime(k *Tank) passage { return &wall{Wall: clock.NewWall(), tank: k} }

func (w *wall) clock() clock.Clock { return w.Wall }
func (w *wall) stop()              { w.Stop() }

func (w *wall) advance(time.Duration) {
	w.tank.t.Helper()
	w.tank.t.Fatalf("tanktest: Advance: the wall's time passes by itself: wait with Until, or give the tank a time with Virtual() or Bubble()")
}

func (w *wall) until(cond func() bool) (limit time.Duration, ok bool) {
	end := time.Now().Add(patience)
	for !cond() {
		if time.Now().After(end) {
			return patience, false
		}
		time.Sleep(time.Millisecond)
	}
	return patience, true
}

func (w *wall) serve(h http.Handler) *wire {
	l, err := server.Listen(w.tank.background(), "127.0.0.1:0", h, nil)
	w.tank.must(err, "serve")
	return newWire(l, l.URL(), new(net.Dialer).DialContext)
}
