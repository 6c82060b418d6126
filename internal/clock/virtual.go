package clock

import (
	"fmt"
	"iter"
	"slices"
	"time"
)

// Virtual is a clock whose time passes only as events do: it jumps from one due instant to the next. Everything on it,
// processes and callers alike, runs on the goroutine that calls Run; it is not safe for concurrent use.
type Virtual struct {
	now     time.Time
	nowNano int64
	seq     uint64
	events  []event      // a 4-ary heap by (at, seq)
	live    []*coroutine // in the order of their start
	stopped bool

	shuffled bool
	shuffle  uint64
}

// Epoch is when virtual time begins.
var Epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// NewVirtual makes a virtual clock that stands at [Epoch].
func NewVirtual() *Virtual {
	return &Virtual{now: Epoch, nowNano: Epoch.UnixNano()}
}

// Shuffle has events that are due at one instant happen in an order that comes of a seed, and not in the order in which they were
// made. One seed is still one history. It is called before anything runs.
func (v *Virtual) Shuffle(seed uint64) { v.shuffled, v.shuffle = true, seed }

// mixed is a number that no other n has, and that looks like a draw (the finalizer of SplitMix64, which is a bijection).
func mixed(n uint64) uint64 {
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// event resumes a coroutine at an instant. ticket is the coroutine's wait it belongs to: an event of an earlier wait
// (its signal came first) is passed over.
type event struct {
	at     int64
	seq    uint64
	coro   *coroutine
	ticket uint64
	signal bool
}

type coroutine struct {
	name   string
	next   func() (struct{}, bool)
	cancel func()
	yield  func(struct{}) bool
	ticket uint64
	by     Outcome
	wants  *Signal // the signal it waits for
}

// Now is the virtual time.
func (v *Virtual) Now() time.Time { return v.now }

// Virtual is true.
func (v *Virtual) Virtual() bool { return true }

// NewSignal makes a signal for processes of this clock.
func (v *Virtual) NewSignal() *Signal { return &Signal{virt: v} }

// Go starts fn as a coroutine that is due now.
func (v *Virtual) Go(name string, fn func(p *Proc)) {
	if v.stopped {
		return
	}
	c := &coroutine{name: name}
	c.next, c.cancel = iter.Pull(func(yield func(struct{}) bool) {
		c.yield = yield
		defer told(name)
		fn(&Proc{name: name, virt: v, coro: c})
	})
	v.live = append(v.live, c)
	v.push(event{at: v.nowNano, coro: c, ticket: c.ticket})
}

// RunUntil runs every event due up to and including t, in order, and leaves the clock at t.
func (v *Virtual) RunUntil(t time.Time) {
	limit := t.UnixNano()
	for len(v.events) > 0 && v.events[0].at <= limit {
		v.step()
	}
	if limit > v.nowNano {
		v.setNow(limit)
	}
}

// RunWhile runs events in order for as long as there are any and cond holds; cond is asked before each.
func (v *Virtual) RunWhile(cond func() bool) {
	for len(v.events) > 0 && cond() {
		v.step()
	}
}

// Next is the instant of the next event, and false where nothing is left to happen.
func (v *Virtual) Next() (time.Time, bool) {
	if len(v.events) == 0 {
		return time.Time{}, false
	}
	return time.Unix(0, v.events[0].at).UTC(), true
}

// Idle tells whether nothing is left to happen.
func (v *Virtual) Idle() bool { return len(v.events) == 0 }

// Stop ends every sleep and wait; each process returns before Stop does. It may be called more than once.
func (v *Virtual) Stop() {
	v.stopped = true
	for len(v.live) > 0 {
		c := v.live[0]
		v.live = v.live[1:]
		c.by = Stopped
		c.cancel()
	}
	v.events = nil
}

func (v *Virtual) setNow(nano int64) {
	v.nowNano = nano
	v.now = Epoch.Add(time.Duration(nano - Epoch.UnixNano()))
}

func (v *Virtual) step() {
	e := v.pop()
	if e.ticket != e.coro.ticket {
		return // the wait this belonged to is over
	}
	if e.at > v.nowNano {
		v.setNow(e.at)
	}
	c := e.coro
	c.ticket++
	if c.wants != nil {
		c.wants.waiter = nil
		c.wants = nil
	}
	c.by = Expired
	if e.signal {
		c.by = Notified
	}
	if _, more := c.next(); !more {
		v.live = slices.DeleteFunc(v.live, func(o *coroutine) bool { return o == c })
	}
}

// suspend hands control back to the driver until an event of this wait comes.
func (v *Virtual) suspend(c *coroutine) Outcome {
	if v.stopped || !c.yield(struct{}{}) {
		return Stopped
	}
	return c.by
}

func (v *Virtual) sleep(c *coroutine, t time.Time) bool {
	v.push(event{at: max(t.UnixNano(), v.nowNano), coro: c, ticket: c.ticket})
	return v.suspend(c) != Stopped
}

func (v *Virtual) wait(c *coroutine, s *Signal, until time.Time) Outcome {
	if s.virt != v {
		panic(fmt.Sprintf("clock: process %s waits for a signal of another clock", c.name))
	}
	if s.set {
		s.set = false
		return Notified
	}
	if s.waiter != nil {
		panic(fmt.Sprintf("clock: processes %s and %s wait for one signal", s.waiter.name, c.name))
	}
	s.waiter, c.wants = c, s
	if !until.IsZero() {
		v.push(event{at: max(until.UnixNano(), v.nowNano), coro: c, ticket: c.ticket})
	}
	return v.suspend(c)
}

func (v *Virtual) notify(s *Signal) {
	c := s.waiter
	if c == nil {
		s.set = true
		return
	}
	s.waiter, c.wants = nil, nil
	c.ticket++ // a deadline of this wait no longer counts
	v.push(event{at: v.nowNano, coro: c, ticket: c.ticket, signal: true})
}

func (v *Virtual) push(e event) {
	v.seq++
	e.seq = v.seq
	if v.shuffled {
		e.seq = mixed(v.seq + mixed(v.shuffle))
	}
	v.events = append(v.events, e)
	i := len(v.events) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&v.events[parent]) {
			break
		}
		v.events[i] = v.events[parent]
		i = parent
	}
	v.events[i] = e
}

func (v *Virtual) pop() event {
	top := v.events[0]
	n := len(v.events) - 1
	last := v.events[n]
	v.events[n] = event{}
	v.events = v.events[:n]
	if n == 0 {
		return top
	}
	i := 0
	for {
		first := 4*i + 1
		if first >= n {
			break
		}
		least := first
		for j := first + 1; j < min(first+4, n); j++ {
			if v.events[j].before(&v.events[least]) {
				least = j
			}
		}
		if !v.events[least].before(&last) {
			break
		}
		v.events[i] = v.events[least]
		i = least
	}
	v.events[i] = last
	return top
}

func (e *event) before(o *event) bool {
	return e.at < o.at || e.at == o.at && e.seq < o.seq
}
