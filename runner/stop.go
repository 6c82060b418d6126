package runner

import "container/heap"

// How a load ends: every record of the plan gets its final outcome, be it that it was never sent.

// again puts a job among the retries. After stop its records are settled as they stand.
func (l *loader) again(j *job) {
	l.mu.Lock()
	stopped := l.stopped
	if !stopped {
		l.tickets++
		j.ticket = l.tickets
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

// unsent settles what the load was still to offer when it was stopped: what is due before its end belongs to the plan,
// whether it was sent or not. It was offered on time where only the target held it up.
func (l *loader) unsent(onTime bool) {
	for l.planned(1) {
		j := l.queue[0]
		if j.sender == nil && j.batch.cooldown {
			return
		}
		l.queue = l.queue[1:]
		l.keep(j, onTime)
	}
}

// neverSent settles a job that was not sent.
func (l *loader) neverSent(j *job, onTime bool) {
	l.meter.unsent(j, onTime)
	l.abandon(j)
}

// abandon settles every record of a job that will not be sent again.
func (l *loader) abandon(j *job) {
	l.meter.abandoned(j)
	l.shelve(j, func(int) bool { return true })
	l.done(j, len(j.req.Entries))
}
