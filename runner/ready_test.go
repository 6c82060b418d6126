package runner_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// laborious is a target whose requests take a while to make ready, and a while to be answered.
type laborious struct {
	making, serving time.Duration

	mu             sync.Mutex
	start          time.Time
	ready, most    int // requests that wait for their instant
	inFlight, high int // requests that have left
	left           []time.Duration
	refused        int // requests that were not to leave
}

func (l *laborious) Traits() target.Traits {
	return target.Traits{Name: "laborious", MaxBytes: 4 << 20}
}

func (l *laborious) Deploy(context.Context, *scenarios.Scenario, target.Observer) error { return nil }

func (l *laborious) Begin(start time.Time) { l.start = start }

func (l *laborious) Put(p *clock.Proc, q *target.Request) {
	p.Sleep(l.making)
	l.mu.Lock()
	l.ready++
	l.most = max(l.most, l.ready)
	l.mu.Unlock()
	may := q.MayLeave()
	l.mu.Lock()
	if l.ready--; !may {
		l.refused++
		l.mu.Unlock()
		return
	}
	q.Began = p.Now()
	l.left = append(l.left, q.Began.Sub(l.start))
	l.inFlight++
	l.high = max(l.high, l.inFlight)
	l.mu.Unlock()
	p.Sleep(l.serving)
	l.mu.Lock()
	l.inFlight--
	l.mu.Unlock()
	q.Ended, q.Outcomes = p.Now(), q.Outcomes[:0]
	for range q.Entries {
		q.Outcomes = append(q.Outcomes, target.Outcome{Status: target.Acked, Shard: -1})
	}
}

func (l *laborious) Freshness(string, time.Time) (time.Duration, bool) { return 0, false }
func (l *laborious) Held(target.Visit) bool                            { return false }
func (l *laborious) Close(context.Context) error                       { return nil }

// offer runs a scenario on the wall's clock in a bubble, where everything takes exactly what it says.
func (l *laborious) offer(t *testing.T, s *scenarios.Scenario) *outcome {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := runner.Run(ctx, runner.Config{
			Scenario: s, Dir: dir,
			Target: func(runner.Env) target.Target { return l },
			Progress: func(s runner.Status) {
				if s.Elapsed >= 2*time.Second {
					cancel()
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return outcomeOf(t, dir, nil)
}

// Everyone comes at the full second, forty requests at once, and each takes 30 ms to make: they leave at that instant.
func TestRequestsAreReadyAtTheirInstant(t *testing.T) {
	const requests = 40
	l := &laborious{making: 30 * time.Millisecond, serving: 10 * time.Millisecond}
	o := l.offer(t, tank{scenario: `
duration: 3s
pipeline:
  streams: {s: {shardCount: 1}}
load:
  - {stream: s, generator: {sensor: {sensors: 400}}, rate: 400/s, arrivals: {aligned: 1s}, batch: {records: 10}}
`}.open(t))
	lag := o.of("schedule.lag")
	if lag.Max() != 0 {
		t.Errorf("schedule.lag up to %v", time.Duration(lag.Max()))
	}
	if l.most != requests || l.high != requests {
		t.Errorf("%d requests were ready at once and %d in flight, want %d", l.most, l.high, requests)
	}
	for i, at := range l.left {
		if at != time.Duration(i/requests)*time.Second {
			t.Errorf("request %d left at %v", i, at)
		}
	}
	if s := o.of("put.service"); s.Min() != at(10*time.Millisecond) || s.Max() != at(10*time.Millisecond) {
		t.Errorf("put.service from %v to %v, want the 10 ms of the target", time.Duration(s.Min()), time.Duration(s.Max()))
	}
}

// A request that is ready is not in flight: the limit is of those that have left.
func TestReadyRequestsAreNotInFlight(t *testing.T) {
	l := &laborious{making: 5 * time.Millisecond, serving: 25 * time.Millisecond}
	o := l.offer(t, tank{scenario: `
duration: 1s
pipeline:
  streams: {s: {shardCount: 1}}
load:
  - {stream: s, generator: {sensor: {sensors: 100}}, rate: 100/s, lanes: 1, batch: {records: 1, inFlight: 2}}
`}.open(t))
	// Two requests of 25 ms take 80 a second: of 100 that are due each 10 ms, number n leaves n·12.5 ms or its own 10 ms
	// after the first, whichever is later.
	if l.high != 2 {
		t.Errorf("%d requests in flight, want 2", l.high)
	}
	if lag := o.of("schedule.lag"); lag.Max() != 0 {
		t.Errorf("schedule.lag up to %v: the target's fault is taken for the harness's", time.Duration(lag.Max()))
	}
	blocked := o.of("put.blocked")
	if got := time.Duration(blocked.Max()); got < 235*time.Millisecond || got > 250*time.Millisecond {
		t.Errorf("put.blocked up to %v, want the 245 ms that the last record lags behind", got)
	}
	if l.most < 5 {
		t.Errorf("only %d requests were ready at once", l.most)
	}
}

// What is ready when the run is interrupted does not leave, and its records are settled all the same.
func TestReadyRequestsAreCalledBack(t *testing.T) {
	l := &laborious{making: time.Millisecond, serving: time.Millisecond}
	o := l.offer(t, tank{scenario: `
duration: 10s
drain: 1s
pipeline:
  streams: {s: {shardCount: 1}}
load:
  - {stream: s, generator: {sensor: {sensors: 100}}, rate: 1000/s, lanes: 1, batch: {records: 1}}
`}.open(t))
	if l.refused == 0 {
		t.Error("no request was called back")
	}
	if l.ready != 0 || l.inFlight != 0 {
		t.Errorf("%d requests still wait, %d are in flight", l.ready, l.inFlight)
	}
	if end := o.Run.End; end.Complete || end.Ledger.Acked+end.Ledger.GivenUp != end.Ledger.Offered {
		t.Errorf("complete %v, ledger %+v", end.Complete, end.Ledger)
	}
}
