package runner

import (
	"container/heap"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// loader offers one load of the scenario: an open loop. A process of its own wakes at the instant each batch should
// leave and hands it to an idle sender; it never waits for an answer, only for a sender when all of them are busy. What a
// sender could not get stored and may try again comes back through the retries, each its own request.
type loader struct {
	clk    clock.Clock
	tgt    target.Target
	plan   planner
	dest   target.Destination
	meter  *putMeter
	policy scenarios.Retry
	limit  time.Duration // of one request
	most   int           // senders
	wake   *clock.Signal // a retry was added, a sender became idle, the load was stopped
	pause  func(*clock.Proc)

	mu      sync.Mutex
	idle    []*sender
	started int
	waiting bool // the loader waits for an idle sender
	retries retryQueue
	tickets uint64 // given to retries
	stopped bool
	batches []*batch // to be used again
	jobs    []*job   // likewise
}

// newLoader makes the loader of a load.
func (r *run) newLoader(l *load) *loader {
	traits := r.tgt.Traits()
	n := &loader{
		clk: r.clk, tgt: r.tgt, dest: l.dest, policy: l.spec.Retry, limit: l.spec.Batch.Timeout.Std(),
		most: l.spec.Batch.InFlight, wake: r.clk.NewSignal(), meter: newPutMeter(r.rec, l, r.book), pause: r.config.pause,
	}
	n.plan.source, n.plan.records, n.plan.bytes = l.source, l.spec.Batch.Records, traits.MaxBytes
	n.plan.linger, n.plan.bodies, n.plan.start = int64(l.spec.Batch.Linger), traits.Bodies, l.start.UnixNano()
	n.plan.laneBase, n.plan.keyBase, n.plan.ours = l.laneBase, l.keyBase, l.generator.Identified()
	n.plan.end.Store(int64(r.config.Scenario.Duration))
	return n
}

// run is the loader's process.
func (l *loader) run(p *clock.Proc) {
	next := l.planned()
	var blocked blockage
	for {
		j, ok := l.due(p, &next)
		if !ok {
			l.unsent(next, false)
			return
		}
		j.ready = l.plan.offset(p.Now())
		j.held = blocked.since(j.leave)
		s, ok := l.acquire(p)
		if j.slot = l.plan.offset(p.Now()); !ok {
			l.neverSent(j, j.lag() <= inTime)
			l.unsent(next, true)
			return
		}
		blocked.add(j.ready, j.slot, j.leave)
		l.hand(s, j)
	}
}

// due waits for the instant at which the next request should leave, of the plan or of the retries, and takes it. It is
// false when the load is over.
func (l *loader) due(p *clock.Proc, next **job) (*job, bool) {
	for {
		if l.pause != nil {
			l.pause(p)
		}
		j, until, over := l.first(*next, l.plan.offset(p.Now()))
		switch {
		case over:
			return nil, false
		case j != nil && j == *next:
			*next = l.planned()
			return j, true
		case j != nil:
			return j, true
		case p.Wait(l.wake, until) == clock.Stopped:
			return nil, false
		}
	}
}

// first is the request that should leave first, taken out of the retries where it is one of them, if it is due by now;
// else until is when one will be, the zero time where that is not known.
func (l *loader) first(next *job, now int64) (j *job, until time.Time, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j = next
	again := len(l.retries) > 0 && (next == nil || l.retries[0].leave < next.leave)
	if again {
		j = l.retries[0]
	}
	switch {
	case l.stopped || j == nil:
		return nil, time.Time{}, l.stopped
	case j.leave > now:
		return nil, time.Unix(0, l.plan.start+j.leave), false
	case again:
		heap.Pop(&l.retries)
	}
	return j, time.Time{}, false
}
