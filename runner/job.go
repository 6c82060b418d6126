package runner

import (
	"slices"

	"github.com/wavetank/wavetank/internal/target"
)

// job is one request on its way: a batch's first attempt, or what is left of it in a later one.
type job struct {
	batch     *batch
	attempt   int   // from 1
	leave     int64 // when it should leave
	req       target.Request
	seconds   []dueIn // in which the records are due
	predicted []int32 // where the load aggregates: the shard that each entry was made for
	marks     []mark
	fates     []fate // after the attempt
	ticket    uint64 // breaks ties among retries due at one instant

	view *job // see perUser

	sender *sender // that has it already, before its instant; nil where it is given to one then
	departure
	onTime bool // the harness let it go in time, or would have
}

// mark is what is known of a record from its earlier attempts.
type mark uint8

const (
	refused mark = 1 << iota // at least once
	maybe                    // an attempt had no answer: it may be stored
)

// with is what is known of a record after one more attempt that did not store it for certain.
func (m mark) with(s target.Status) mark {
	if s == target.Unanswered {
		return m | maybe
	}
	return m | refused
}

// fate is what an attempt means for its record.
type fate uint8

const (
	acked   fate = iota // stored
	again               // refused or unanswered, and tried again later
	givenUp             // refused or unanswered for the last time
)

// uncertain tells whether record i may be stored although no ack came.
func (j *job) uncertain(i int) bool {
	return j.marks[i]&maybe != 0 || j.req.Outcomes[i].Status == target.Unanswered
}

// planned makes sure that the queue holds the next n requests of the plan; false where the plan has no more.
func (l *loader) planned(n int) bool {
	for len(l.queue) < n && !l.ended {
		if j := l.draw(); j != nil {
			l.queue = append(l.queue, j)
		}
	}
	return len(l.queue) >= n
}

// draw takes the next batch of the plan, or nil at its end.
func (l *loader) draw() *job {
	l.mu.Lock()
	var b *batch
	if n := len(l.batches); n > 0 {
		b, l.batches = l.batches[n-1], l.batches[:n-1]
	} else {
		b = new(batch)
	}
	open, news := l.shards.news()
	l.mu.Unlock()
	if news {
		l.plan.gather.remap(open)
	}
	j := l.newJob(b)
	j.req.Entries = l.plan.next(b, j.req.Entries)
	if len(j.req.Entries) == 0 {
		l.ended = true
		return nil
	}
	j.attempt, j.leave = 1, b.leave
	j.seconds = append(j.seconds, b.seconds...)
	j.req.Users, j.predicted = append(j.req.Users, b.users...), append(j.predicted, b.predicted...)
	j.size()
	if l.plan.gather == nil { // else it has told of its user records itself
		l.meter.planned(j.req.Entries, j.seconds, b.cooldown)
	}
	return j
}

// newJob is a job of a batch without records, made of one that is done where there is any.
func (l *loader) newJob(b *batch) *job {
	l.mu.Lock()
	defer l.mu.Unlock()
	var j *job
	if n := len(l.jobs); n > 0 {
		j, l.jobs = l.jobs[n-1], l.jobs[:n-1]
	} else {
		j = new(job)
	}
	*j = job{
		batch: b, seconds: j.seconds[:0], marks: j.marks[:0], fates: j.fates[:0], predicted: j.predicted[:0],
		req: target.Request{
			Destination: l.dest, Timeout: l.limit, Entries: j.req.Entries[:0], Users: j.req.Users[:0], Outcomes: j.req.Outcomes[:0],
		},
	}
	return j
}

// size makes room for what becomes of the records, of which nothing is known beyond the marks there are.
func (j *job) size() {
	n, known := len(j.req.Entries), len(j.marks)
	j.marks = slices.Grow(j.marks, n-known)[:n]
	clear(j.marks[known:])
	j.fates = slices.Grow(j.fates, n)[:n]
}

// done takes back a job whose records are settled or in other jobs. final counts those with a final outcome: the batch's
// memory is used again when all of them have one.
func (l *loader) done(j *job, final int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := j.batch
	if b.open -= final; b.open == 0 && len(l.batches) < spare {
		l.batches = append(l.batches, b)
	}
	if len(l.jobs) < spare {
		l.jobs = append(l.jobs, j)
	}
}

// spare is how many batches and jobs are kept to be used again.
const spare = 64

// retryQueue is a heap of jobs by the instant they should leave.
type retryQueue []*job

func (q retryQueue) Len() int { return len(q) }
func (q retryQueue) Less(i, j int) bool {
	return q[i].leave < q[j].leave || q[i].leave == q[j].leave && q[i].ticket < q[j].ticket
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
