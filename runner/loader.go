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

	mu      sync.Mutex
	idle    []*sender
	started int
	waiting bool // the loader waits for an idle sender
	retries retryQueue
	tickets uint64 // given to retries
	stopped bool
	spare   []*batch
}

// job is one request on its way: a batch's first attempt, or what is left of it in a later one.
type job struct {
	batch   *batch
	open    *int // records of the batch without a final outcome; its bytes are reused at 0
	attempt int  // from 1
	leave   int64
	req     target.Request
	marks   []mark
	fates   []fate // after the attempt
	seq     uint64 // breaks ties among retries due at one instant
}

// mark is what is known of a record from its earlier attempts.
type mark uint8

const (
	refused mark = 1 << iota // at least once
	maybe                    // an attempt had no answer: it may be stored
)

// run is the loader's process.
func (l *loader) run(p *clock.Proc) {
	next := l.planned()
	var unblocked int64 // when a blocked request last got its sender
	for {
		j, ok := l.due(p, &next)
		if !ok {
			return
		}
		ready := l.plan.offset(p.Now())
		s, ok := l.acquire(p)
		if !ok {
			return
		}
		slot := l.plan.offset(p.Now())
		l.meter.leaves(j, max(j.leave, unblocked), ready, slot)
		if slot > ready {
			unblocked = slot
		}
		s.job = j
		s.signal.Notify()
	}
}

// due waits for the instant at which the next request should leave, of the plan or of the retries, and takes it.
func (l *loader) due(p *clock.Proc, next **job) (*job, bool) {
	for {
		l.mu.Lock()
		stopped := l.stopped
		j, fromPlan := *next, true
		if len(l.retries) > 0 && (j == nil || l.retries[0].leave < j.leave) {
			j, fromPlan = l.retries[0], false
		}
		l.mu.Unlock()
		if stopped {
			return nil, false
		}
		var at time.Time
		if j != nil {
			at = time.Unix(0, l.plan.start+j.leave)
			if !p.Now().Before(at) {
				if fromPlan {
					*next = l.planned()
				} else {
					l.mu.Lock()
					heap.Pop(&l.retries)
					l.mu.Unlock()
				}
				return j, true
			}
		}
		if p.Wait(l.wake, at) == clock.Stopped {
			return nil, false
		}
	}
}

// planned takes the next batch of the plan, or nil at its end.
func (l *loader) planned() *job {
	l.mu.Lock()
	var b *batch
	if n := len(l.spare); n > 0 {
		b, l.spare = l.spare[n-1], l.spare[:n-1]
	} else {
		b = new(batch)
	}
	l.mu.Unlock()
	if !l.plan.next(b) {
		return nil
	}
	l.meter.planned(b)
	open := len(b.entries)
	return &job{
		batch: b, open: &open, attempt: 1, leave: b.leave,
		req:   target.Request{Destination: l.dest, Entries: b.entries, Timeout: l.limit},
		marks: make([]mark, len(b.entries)),
		fates: make([]fate, len(b.entries)),
	}
}

// acquire waits for an idle sender.
func (l *loader) acquire(p *clock.Proc) (*sender, bool) {
	for {
		l.mu.Lock()
		if n := len(l.idle); n > 0 {
			s := l.idle[n-1]
			l.idle = l.idle[:n-1]
			l.mu.Unlock()
			return s, true
		}
		if l.started < l.most {
			l.started++
			l.mu.Unlock()
			s := &sender{loader: l, signal: l.clk.NewSignal()}
			l.clk.Go("sender", s.run)
			return s, true
		}
		l.waiting = true
		l.mu.Unlock()
		if p.Wait(l.wake, time.Time{}) == clock.Stopped {
			return nil, false
		}
	}
}

// release puts a sender back and wakes the loader where it waits for one.
func (l *loader) release(s *sender) {
	l.mu.Lock()
	l.idle = append(l.idle, s)
	waiting := l.waiting
	l.waiting = false
	l.mu.Unlock()
	if waiting {
		l.wake.Notify()
	}
}

// again puts a job among the retries. After stop its records are settled as they stand.
func (l *loader) again(j *job) {
	l.mu.Lock()
	stopped := l.stopped
	if !stopped {
		l.tickets++
		j.seq = l.tickets
		heap.Push(&l.retries, j)
	}
	l.mu.Unlock()
	if stopped {
		l.abandon(j)
		return
	}
	l.wake.Notify()
}

// stop ends the load: no further request leaves; the records of pending retries are settled as they stand.
func (l *loader) stop() {
	l.mu.Lock()
	l.stopped = true
	left := l.retries
	l.retries = nil
	l.mu.Unlock()
	l.wake.Notify()
	for _, j := range left {
		l.abandon(j)
	}
}

// abandon settles every record of a job that will not be sent again.
func (l *loader) abandon(j *job) {
	l.meter.abandoned(j)
	l.recycle(j, len(j.req.Entries))
}

// recycle counts n more records of the job's batch as final.
func (l *loader) recycle(j *job, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if *j.open -= n; *j.open == 0 && len(l.spare) < 64 {
		l.spare = append(l.spare, j.batch)
	}
}

// retryQueue is a heap of jobs by the instant they should leave.
type retryQueue []*job

func (q retryQueue) Len() int { return len(q) }
func (q retryQueue) Less(i, j int) bool {
	return q[i].leave < q[j].leave || q[i].leave == q[j].leave && q[i].seq < q[j].seq
}
func (q retryQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *retryQueue) Push(x any)   { *q = append(*q, x.(*job)) }
func (q *retryQueue) Pop() any {
	old := *q
	n := len(old) - 1
	j := old[n]
	old[n] = nil
	*q = old[:n]
	return j
}
