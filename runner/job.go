package runner

import "github.com/wavetank/wavetank/internal/target"

// job is one request on its way: a batch's first attempt, or what is left of it in a later one.
type job struct {
	batch   *batch
	attempt int   // from 1
	leave   int64 // when it should leave
	req     target.Request
	marks   []mark
	fates   []fate // after the attempt
	ticket  uint64 // breaks ties among retries due at one instant

	// How it left.
	ready int64 // the loader came to it
	held  int64 // of the time since leave, how long the target kept the loader waiting for a sender
	slot  int64 // there was a sender for it
}

// lag is how late the harness itself was when it came to it.
func (j *job) lag() int64 { return j.ready - j.leave - j.held }

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

// planned takes the next batch of the plan, or nil at its end.
func (l *loader) planned() *job {
	l.mu.Lock()
	b := new(batch)
	if n := len(l.spare); n > 0 {
		b, l.spare = l.spare[n-1], l.spare[:n-1]
	}
	l.mu.Unlock()
	if !l.plan.next(b) {
		return nil
	}
	l.meter.planned(b)
	b.open = len(b.entries)
	return &job{
		batch: b, attempt: 1, leave: b.leave,
		req:   target.Request{Destination: l.dest, Entries: b.entries, Timeout: l.limit},
		marks: make([]mark, len(b.entries)),
		fates: make([]fate, len(b.entries)),
	}
}

// recycle counts n more records of a batch as final. Its memory is used again when all are.
func (l *loader) recycle(b *batch, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.open -= n; b.open == 0 && len(l.spare) < 64 {
		l.spare = append(l.spare, b)
	}
}

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
