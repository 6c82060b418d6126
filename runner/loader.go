package runner

import (
	"container/heap"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// loader offers one load of the scenario: an open loop. A process of its own wakes at the instant each request should
// leave and lets it go; it never waits for an answer, only for a place among the requests in flight when all of those are
// taken. What a sender could not get stored and may try again comes back through the retries, each its own request.
//
// On the wall clock the plan's next requests are with senders already when their instant comes: rendered, encoded and
// signed, all but sent. What a request costs to make is then no lateness of the harness, however many are due at once.
type loader struct {
	clk    clock.Clock
	tgt    target.Target
	plan   planner
	dest   target.Destination
	meter  *putMeter
	policy scenarios.Retry
	limit  time.Duration // of one request
	most   int           // requests in flight
	ahead  int64         // how long before its instant a request is given to a sender; 0: not before
	wake   *clock.Signal // a retry was added, a request came back, the load was stopped
	pause  func(*clock.Proc)
	shards shardMap // of a load that aggregates by shard

	queue []*job // of the plan, in the order they leave; of the loader's own process
	ready int    // so many of them are with senders
	ended bool   // the plan has no more

	mu       sync.Mutex
	idle     []*sender
	inFlight int
	waiting  bool // the loader waits for a place in flight
	retries  retryQueue
	tickets  uint64 // given to retries
	stopped  bool
	batches  []*batch // to be used again
	jobs     []*job   // likewise
}

const (
	// ahead is how long before its instant a request of the plan is made ready on the wall clock.
	ahead = 50 * time.Millisecond
	// mostReady bounds how many are.
	mostReady = 64
)

// newLoader makes the loader of a load. Its plan's draws are stopped when the clock is.
func (r *run) newLoader(l *load) *loader {
	traits := r.tgt.Traits()
	n := &loader{
		clk: r.clk, tgt: r.tgt, dest: l.dest, policy: l.spec.Retry, limit: l.spec.Batch.Timeout.Std(),
		most: l.spec.Batch.InFlight, wake: r.clk.NewSignal(), meter: newPutMeter(r.rec, l, r.book), pause: r.config.pause,
		shards: l.shards,
	}
	if !r.config.Virtual {
		n.ahead = ahead.Nanoseconds()
	}
	n.plan.draws.source, n.plan.records, n.plan.bytes = l.source, l.spec.Batch.Records, traits.MaxBytes
	n.plan.linger, n.plan.bodies, n.plan.start = int64(l.spec.Batch.Linger), traits.Bodies, l.start.UnixNano()
	n.plan.laneBase, n.plan.keyBase, n.plan.ours = l.laneBase, l.keyBase, l.generator.Identified()
	n.plan.end.Store(int64(r.config.Scenario.Duration))
	if a := l.spec.Batch.Aggregate; a != nil {
		n.plan.gather = newGatherer(&n.plan, a, int(l.spec.MaxRecord(r.config.Scenario)), l.shelf, n.meter.planned)
	}
	if r.config.Virtual && !traits.Bodies {
		n.plan.draws.ahead()
	}
	return n
}

// run is the loader's process.
func (l *loader) run(p *clock.Proc) {
	var blocked blockage
	for {
		j, ok := l.due(p)
		if !ok {
			l.unsent(false)
			return
		}
		d := departure{ready: l.plan.offset(p.Now())}
		d.held = blocked.since(j.leave)
		ok = l.place(p, j)
		if d.slot = l.plan.offset(p.Now()); !ok {
			l.keep(j, d.lag(j.leave) <= inTime)
			l.unsent(true)
			return
		}
		blocked.add(d.ready, d.slot, j.leave)
		l.letGo(j, d)
	}
}

// due waits for the instant at which the next request should leave, of the plan or of the retries, and takes it. It is
// false when the load is over.
func (l *loader) due(p *clock.Proc) (*job, bool) {
	for {
		if l.pause != nil {
			l.pause(p)
		}
		l.planned(1)
		now := l.plan.offset(p.Now())
		j, until, over := l.first(now)
		if over || j != nil {
			return j, j != nil
		}
		prepared, at := l.prepare(now)
		if prepared {
			continue
		}
		if at != 0 && (until.IsZero() || at < l.plan.offset(until)) {
			until = time.Unix(0, l.plan.start+at)
		}
		if p.Wait(l.wake, until) == clock.Stopped {
			return nil, false
		}
	}
}

// first takes the request that should leave first, of the plan or of the retries, if it is due by now; else until is when
// one will be, the zero time where that is not known.
func (l *loader) first(now int64) (j *job, until time.Time, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) > 0 {
		j = l.queue[0]
	}
	again := len(l.retries) > 0 && (j == nil || l.retries[0].leave < j.leave)
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
	default:
		l.queue = slices.Delete(l.queue, 0, 1)
		l.ready = max(l.ready-1, 0)
	}
	return j, time.Time{}, false
}

// prepare gives the next request of the plan that leaves soon to a sender, which makes it ready. Where there is none, at
// is when there will be one; 0 where nobody knows.
func (l *loader) prepare(now int64) (prepared bool, at int64) {
	if l.ahead == 0 || l.ready == mostReady || !l.planned(l.ready+1) {
		return false, 0
	}
	j := l.queue[l.ready]
	if j.leave-l.ahead > now {
		return false, j.leave - l.ahead
	}
	if !l.give(j) {
		return false, 0
	}
	l.ready++
	return true, 0
}
