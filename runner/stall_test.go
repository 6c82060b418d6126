package runner_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/runner"
)

// steady offers 100 records/s, each in a request of its own, for ten seconds.
const steady = `
duration: 10s
drain: 30s
pipeline:
  streams: {s: {shardCount: 1}}
  functions:
    f: {model: {duration: 5ms}, eventSources: [{stream: s}]}
load:
  - {stream: s, generator: {template: {file: body.txt}}, rate: 100/s, lanes: 1, batch: {records: 1, inFlight: %d}}
objectives:
  - put.latency p99 < 50ms
`

// A target that answers nothing from 4 s to 6 s. Requests keep leaving on time, each record that was due in the stall has
// a latency to its end, in the seconds in which it was due, and the run is valid: the target is to blame.
func TestStalledTarget(t *testing.T) {
	const from, to = 4 * time.Second, 6 * time.Second
	tests := []struct {
		name     string
		inFlight int
		blocked  int // requests that waited for one of these to come back
	}{
		{"requests in flight are not limited", 256, 0},
		{"fifty requests in flight", 50, 150},
		{"one request in flight", 1, 199},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			beside := &closedLoop{every: 10 * time.Millisecond, end: 10 * time.Second}
			o := tank{
				scenario: fmt.Sprintf(steady, test.inFlight) + "faults: [{at: 4s, for: 2s, stall: {stream: s}}]\n",
				wrap:     beside.wrap,
			}.run(t)

			latency, lag, blocked := values{}, values{}, values{}
			n := 0
			for _, due := range constant(100, 10) {
				waited := int64(0)
				if due >= at(from) && due < at(to) {
					waited = at(to) - due
					n++
				}
				latency.add(due, waited)
				lag.add(due, 0)
				held := int64(0)
				if waited > 0 && n > test.inFlight {
					held = waited
				}
				blocked.add(due, held)
			}
			o.holds("put.latency", latency)
			o.holds("put.response", latency)
			o.holds("schedule.lag", lag)
			o.holds("put.blocked", blocked)
			if over := o.of("put.blocked").Count() - o.of("put.blocked").AtMost(0); test.blocked > 0 && over == 0 {
				t.Error("no request was blocked")
			}
			if !o.Validity.Valid || *o.Validity.OfferedRatio != 1 {
				t.Errorf("the run is not valid: %v", o.Validity.Reasons)
			}
			if o.Verdict != "fail" {
				t.Errorf("verdict %s: two seconds without an answer hold no p99 of 50 ms", o.Verdict)
			}
			// Of the closed loop's requests one waited, and the others were not sent: 1 of 799 where the open loop has 200
			// of 1,000.
			slow := 0
			for _, took := range beside.took {
				if took > 0 {
					slow++
				}
			}
			if slow != 1 || len(beside.took) != 799 {
				t.Errorf("the closed loop was slow in %d of %d requests, want 1 of 799", slow, len(beside.took))
			}
		})
	}
}

// closedLoop has one request in flight, and sends the next when that has come back and its pause is over: the way in
// which load testers do not see a stall.
type closedLoop struct {
	target.Target
	clock clock.Clock
	every time.Duration
	end   time.Duration
	took  []time.Duration
}

func (c *closedLoop) wrap(e runner.Env, t target.Target) target.Target {
	c.Target, c.clock = t, e.Clock
	return c
}

func (c *closedLoop) Begin(start time.Time) {
	c.Target.Begin(start)
	c.clock.Go("closed loop", func(p *clock.Proc) {
		// A lane that no load has: nothing of it is in the run.
		r := &target.Request{
			Destination: target.Destination{Stream: "s"}, Timeout: 5 * time.Second,
			Entries: []target.Entry{{Lane: target.MarkerLane, Key: "k", Size: 1, Ours: true}},
		}
		for p.Sleep(c.every) && p.Now().Before(start.Add(c.end)) {
			c.Put(p, r)
			c.took = append(c.took, r.Ended.Sub(r.Began))
		}
	})
}

// A harness that is stopped from 4 s to 6 s, as by a suspended machine. What was due then leaves late, and the run says
// so and not that the target was slow.
func TestStoppedHarness(t *testing.T) {
	from, to := clock.Epoch.Add(4*time.Second), clock.Epoch.Add(6*time.Second)
	o := tank{scenario: fmt.Sprintf(steady, 256), pause: func(p *clock.Proc) {
		if now := p.Now(); !now.Before(from) && now.Before(to) {
			p.SleepUntil(to)
		}
	}}.run(t)

	lag, service, blocked := values{}, values{}, values{}
	late := 0 // by more than counts as in time
	for _, due := range constant(100, 10) {
		waited := int64(0)
		if due >= since(from) && due < since(to) {
			waited = since(to) - due
		}
		if waited > at(5*time.Millisecond) {
			late++
		}
		lag.add(due, waited)
		service.add(due, 0)
		blocked.add(due, 0)
	}
	o.holds("schedule.lag", lag)
	o.holds("put.latency", lag) // counts from due: the harness's lateness is in it
	o.holds("put.service", service)
	o.holds("put.blocked", blocked)
	if n := o.total("put.offered"); n != int64(1000-late) || late != 199 {
		t.Errorf("%d of 1,000 offered in time with %d late", n, late)
	}
	if o.Verdict != "invalid" || o.Validity.LateSeconds != 2 {
		t.Errorf("verdict %s with %d late seconds, want invalid with 2", o.Verdict, o.Validity.LateSeconds)
	}
	for _, want := range []string{"80", "schedule.lag", "only in seconds in which the harness itself was late"} {
		if !strings.Contains(strings.Join(o.Validity.Reasons, "; "), want) {
			t.Errorf("the reasons do not speak of %q: %v", want, o.Validity.Reasons)
		}
	}
}

// A loader that is late while a target stalls: each is told its own share.
func TestStoppedHarnessBeforeAStalledTarget(t *testing.T) {
	from, to := clock.Epoch.Add(3*time.Second), clock.Epoch.Add(4*time.Second)
	o := tank{
		scenario: fmt.Sprintf(steady, 1) + "faults: [{at: 4s, for: 2s, stall: {stream: s}}]\n",
		pause: func(p *clock.Proc) {
			if now := p.Now(); !now.Before(from) && now.Before(to) {
				p.SleepUntil(to)
			}
		},
	}.run(t)
	lag, blocked, latency := values{}, values{}, values{}
	for i, due := range constant(100, 10) {
		own, theirs := int64(0), int64(0)
		switch {
		case due >= at(3*time.Second) && due < at(4*time.Second):
			own, theirs = at(4*time.Second)-due, at(2*time.Second)
			if i == 300 { // it got the one sender, and its request was held
				theirs = 0
			}
		case due >= at(4*time.Second) && due < at(6*time.Second):
			theirs = at(6*time.Second) - due
		}
		lag.add(due, own)
		blocked.add(due, theirs)
		if i == 300 {
			theirs = at(2 * time.Second)
		}
		latency.add(due, own+theirs)
	}
	o.holds("schedule.lag", lag)
	o.holds("put.blocked", blocked)
	o.holds("put.latency", latency)
}
