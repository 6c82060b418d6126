package clock_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// TestVirtualOrder runs processes that wake at the same and at different instants and expects one order: by time, then
// by who asked first.
func TestVirtualOrder(t *testing.T) {
	v := clock.NewVirtual()
	defer v.Stop()
	var got []string
	note := func(p *clock.Proc) {
		got = append(got, fmt.Sprintf("%s@%s", p.Name(), p.Now().Sub(clock.Epoch)))
	}
	for _, name := range []string{"a", "b"} {
		v.Go(name, func(p *clock.Proc) {
			note(p)
			for range 2 {
				if !p.Sleep(time.Second) {
					return
				}
				note(p)
			}
		})
	}
	v.Go("c", func(p *clock.Proc) {
		if p.Sleep(1500 * time.Millisecond) {
			note(p)
		}
	})
	v.RunUntil(clock.Epoch.Add(time.Hour))
	want := []string{"a@0s", "b@0s", "a@1s", "b@1s", "c@1.5s", "a@2s", "b@2s"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if now := v.Now().Sub(clock.Epoch); now != time.Hour {
		t.Errorf("the clock stands at %v after RunUntil(1h)", now)
	}
}

func TestWait(t *testing.T) {
	tests := []struct {
		name     string
		notifyAt time.Duration // negative: before the wait begins
		deadline time.Duration // 0: none
		want     clock.Outcome
		at       time.Duration
	}{
		{"a signal before the wait counts", -1, time.Second, clock.Notified, 0},
		{"the signal comes first", time.Second, 2 * time.Second, clock.Notified, time.Second},
		{"the deadline comes first", 2 * time.Second, time.Second, clock.Expired, time.Second},
		{"both at one instant: the deadline was asked for first", time.Second, time.Second, clock.Expired, time.Second},
		{"no deadline", time.Minute, 0, clock.Notified, time.Minute},
		{"never", time.Hour * 2, 0, clock.Stopped, time.Hour},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := clock.NewVirtual()
			s := v.NewSignal()
			var got clock.Outcome
			var at time.Time
			v.Go("waiter", func(p *clock.Proc) {
				var until time.Time
				if test.deadline > 0 {
					until = p.Now().Add(test.deadline)
				}
				got = p.Wait(s, until)
				at = p.Now()
			})
			if test.notifyAt < 0 {
				s.Notify()
				s.Notify()
			} else {
				v.Go("notifier", func(p *clock.Proc) {
					if p.Sleep(test.notifyAt) {
						s.Notify()
					}
				})
			}
			v.RunUntil(clock.Epoch.Add(time.Hour))
			v.Stop()
			if got != test.want || at.Sub(clock.Epoch) != test.at {
				t.Errorf("outcome %v at %v, want %v at %v", got, at.Sub(clock.Epoch), test.want, test.at)
			}
		})
	}
}

// TestNotificationIsNotLost notifies a process whose deadline is due at the same instant, and whose next wait must then
// not find a second notification.
func TestNotificationIsNotLost(t *testing.T) {
	v := clock.NewVirtual()
	s := v.NewSignal()
	var got []clock.Outcome
	v.Go("notifier", func(p *clock.Proc) {
		if p.Sleep(time.Second) {
			s.Notify()
		}
	})
	v.Go("waiter", func(p *clock.Proc) {
		for range 2 {
			got = append(got, p.Wait(s, p.Now().Add(time.Second)))
		}
	})
	v.RunUntil(clock.Epoch.Add(time.Minute))
	v.Stop()
	if want := []clock.Outcome{clock.Notified, clock.Expired}; !slices.Equal(got, want) {
		t.Errorf("outcomes %v, want %v", got, want)
	}
}

func TestStopEndsEveryProcess(t *testing.T) {
	clocks := map[string]func() (clock.Clock, func()){
		"virtual": func() (clock.Clock, func()) { v := clock.NewVirtual(); return v, v.Stop },
		"wall":    func() (clock.Clock, func()) { w := clock.NewWall(); return w, w.Stop },
	}
	for name, start := range clocks {
		t.Run(name, func(t *testing.T) {
			c, stop := start()
			ended := make(chan string, 3)
			signal := c.NewSignal()
			c.Go("sleeper", func(p *clock.Proc) {
				if !p.Sleep(time.Hour) {
					ended <- "sleeper"
				}
			})
			c.Go("waiter", func(p *clock.Proc) {
				if p.Wait(signal, time.Time{}) == clock.Stopped {
					ended <- "waiter"
				}
			})
			if v, ok := c.(*clock.Virtual); ok {
				v.RunUntil(clock.Epoch.Add(time.Second))
			}
			stop()
			if len(ended) != 2 {
				t.Errorf("%d of 2 processes had ended when Stop returned", len(ended))
			}
			c.Go("late", func(*clock.Proc) { ended <- "late" })
			stop()
			if len(ended) != 2 {
				t.Error("a process started after Stop")
			}
		})
	}
}

func TestWallIsMonotonic(t *testing.T) {
	w := clock.NewWall()
	defer w.Stop()
	last := w.Now()
	for range 1000 {
		now := w.Now()
		if now.Before(last) {
			t.Fatalf("%v after %v", now, last)
		}
		last = now
	}
}

// ExampleVirtual lets a virtual hour pass at once.
func ExampleVirtual() {
	v := clock.NewVirtual()
	defer v.Stop()
	polls := 0
	v.Go("poller", func(p *clock.Proc) {
		for p.Sleep(time.Second) {
			polls++
		}
	})
	v.RunUntil(clock.Epoch.Add(time.Hour))
	fmt.Println(polls, "polls by", v.Now().Format(time.TimeOnly))
	// Output: 3600 polls by 01:00:00
}

func BenchmarkVirtualSleep(b *testing.B) {
	v := clock.NewVirtual()
	defer v.Stop()
	const procs = 100
	for i := range procs {
		v.Go("sleeper", func(p *clock.Proc) {
			for p.Sleep(time.Duration(i+1) * time.Millisecond) {
			}
		})
	}
	b.ReportAllocs()
	n := 0
	b.ResetTimer()
	v.RunWhile(func() bool { n++; return n <= b.N })
}

// A shuffled clock keeps the order of instants, and within one instant an order for each seed.
func TestShuffle(t *testing.T) {
	order := func(seed uint64) (got string) {
		v := clock.NewVirtual()
		v.Shuffle(seed)
		defer v.Stop()
		for _, name := range []string{"a", "b", "c"} {
			v.Go(name, func(p *clock.Proc) {
				for range 2 {
					got += p.Name()
					if !p.Sleep(time.Second) {
						return
					}
				}
			})
		}
		v.RunUntil(clock.Epoch.Add(time.Minute))
		return got
	}
	seen := map[string]bool{}
	for seed := range uint64(200) {
		got := order(seed)
		if got != order(seed) {
			t.Fatalf("seed %d has two histories", seed)
		}
		for _, instant := range []string{got[:3], got[3:]} {
			if b := []byte(instant); !slices.Equal(slices.Sorted(slices.Values(b)), []byte("abc")) {
				t.Fatalf("seed %d: %s", seed, got)
			}
		}
		seen[got] = true
	}
	if len(seen) != 36 {
		t.Errorf("200 seeds have %d of the 36 orders", len(seen))
	}
}

// A panic in a process comes out where time is let pass, with the process's own stack: what it panicked with is still to be had.
func TestPanicInAProcess(t *testing.T) {
	v := clock.NewVirtual()
	defer v.Stop()
	v.Go("producer", func(p *clock.Proc) {
		p.Sleep(time.Second)
		panic(errBroken)
	})
	defer func() {
		err, ok := recover().(error)
		if !ok || !errors.Is(err, errBroken) {
			t.Fatalf("it panics with %v", err)
		}
		if text := err.Error(); !strings.HasPrefix(text, "broken\n\nin process \"producer\" of virtual time:\n") || !strings.Contains(text, "TestPanicInAProcess.func") {
			t.Errorf("it says %s", text)
		}
	}()
	v.RunUntil(clock.Epoch.Add(time.Hour))
	t.Error("time passes")
}

var errBroken = errors.New("broken")
