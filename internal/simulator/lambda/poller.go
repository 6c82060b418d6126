package lambda

import (
	"errors"
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// shard is one shard as a mapping reads it: a poller, its lanes and the queue between them.
type shard struct {
	mapping *mapping
	number  int32
	id      string // shardId-000000000000
	queue   *queue
	poll    *clock.Signal // room in the queue, something is pushed, or the mapping is deleted
	lanes   []*lane

	sequence func(dst []byte, r *record.Record) []byte

	children []int32 // that follow it; written by the poller before it leaves
	over     bool    // the poller must end: it was told so where it paused
	running  int     // processes; guarded by mapping.mu
}

// newShard makes the parts of a shard; begin starts them.
func (m *mapping) newShard(number int32) *shard {
	s := m.service
	sh := &shard{
		mapping: m, number: number, id: fmt.Sprintf("shardId-%012d", number), poll: s.clock.NewSignal(),
		sequence: s.streams.Sequence(m.stream, number),
	}
	overhead := s.model.EventOverhead
	if overhead == 0 {
		e := sh.event(nil)
		e.Role = m.role
		overhead = e.overhead()
	}
	sh.queue = newQueue(m.factor, max(s.model.Prefetch, m.factor*m.batchSize), batcher{
		size:     m.batchSize,
		window:   m.window,
		payload:  s.limits.Payload - int64(envelope),
		overhead: overhead,
	})
	for i := range m.factor {
		sh.lanes = append(sh.lanes, sh.newLane(i))
	}
	return sh
}

// begin starts the processes of a shard that is read from the position from on. running is set before.
func (sh *shard) begin(from uint64) {
	c := sh.mapping.service.clock
	name := fmt.Sprintf("lambda %s %s/%d", sh.mapping.function, sh.mapping.stream, sh.number)
	run := sh.run
	if sh.mapping.consumer != "" {
		run = sh.runPushed
	}
	c.Go(name+" poller", func(p *clock.Proc) {
		defer sh.mapping.leave(p, sh)
		run(p, from)
	})
	for _, l := range sh.lanes {
		c.Go(fmt.Sprintf("%s lane %d", name, l.index), func(p *clock.Proc) {
			defer sh.mapping.leave(p, sh)
			l.run(p)
		})
	}
}

// run is the poller. It reads the shard at its base rate, on a grid that begins when it has its iterator, and goes on at once
// for as long as a read leaves records behind. What is refused, or what a fault has fail, is asked again after
// Model.ReadRetry. The position was taken when the shard's turn came: an iterator that comes late is not of a later record.
func (sh *shard) run(p *clock.Proc, from uint64) {
	m, s := sh.mapping, sh.mapping.service
	faults := sh.faults(p)
	if !faults.Ask("GetShardIterator", s.model.ReadRetry) {
		return
	}
	grid := p.Now()
	var buf []record.Record
	for sh.roomFor(p) {
		page, now, err := sh.read(p, faults, from, buf[:0])
		if errors.Is(err, record.ErrNotFound) {
			if m.streamGone() {
				return
			}
			page, err = record.Page{Next: from, End: true}, nil // the shard expired before it was read to its end
		}
		if err != nil {
			if !sh.pause(p, now.Add(s.model.ReadRetry)) {
				return
			}
			continue
		}
		sh.received(now, page)
		if page.End {
			return
		}
		more := page.Behind > 0 && page.Next > from
		from, buf = page.Next, page.Records
		if more {
			continue
		}
		if cap(buf) > roomy {
			buf = nil
		}
		if !sh.pause(p, nextOn(grid, s.limits.PollInterval, now)) {
			return
		}
	}
}

// read asks the stream for a page, as faults let it; now is when the answer is there.
func (sh *shard) read(p *clock.Proc, faults *fault.Reader, from uint64, dst []record.Record) (page record.Page, now time.Time, err error) {
	m, s := sh.mapping, sh.mapping.service
	a, err := faults.Before("GetRecords")
	now = p.Now()
	if err != nil {
		return page, now, err
	}
	page, err = s.streams.Read(now, m.reader, m.stream, sh.number, from, s.model.ReadLimit, dst)
	if err == nil && (a.After || a.Lost) {
		err = faults.After(a)
		now = p.Now()
	}
	return page, now, err
}

// faults is the poller's hold on the hook that acts on its reads.
func (sh *shard) faults(p *clock.Proc) *fault.Reader {
	return sh.mapping.asks(p, sh.number, func(until time.Time) bool { return sh.pause(p, until) })
}

// streamGone tells whether the stream is there no more, and says so where it is not.
func (m *mapping) streamGone() bool {
	_, err := m.service.streams.Shards(m.stream)
	if err != nil {
		m.problem("Stream not found: " + m.sourceARN)
	}
	return err != nil
}

// nextOn is the first instant of the grid after now.
func nextOn(grid time.Time, every time.Duration, now time.Time) time.Time {
	return now.Add(every - now.Sub(grid)%every)
}

// received hands a page to the lanes. From here on the stream may drop its records: retries are made from the copies.
func (sh *shard) received(now time.Time, page record.Page) {
	m := sh.mapping
	if len(page.Records) > 0 {
		m.service.observer.Received(now, m.function, m.stream, sh.number, page.Records)
	}
	sh.children = page.Children
	lanes := sh.queue.offer(now, page.Records, page.End)
	m.passed(sh.number, page.Next)
	for i, l := range sh.lanes {
		if page.End || lanes&(1<<i) != 0 {
			l.wake.Notify()
		}
	}
}

// roomFor waits until the queue has room. It returns false when the poller must end.
func (sh *shard) roomFor(p *clock.Proc) bool {
	for !sh.mapping.gone() {
		if !sh.queue.full() {
			return true
		}
		if p.Wait(sh.poll, time.Time{}) == clock.Stopped {
			return false
		}
	}
	return false
}

// pause waits until an instant. It returns false when the poller must end.
func (sh *shard) pause(p *clock.Proc, until time.Time) bool {
	if !sh.over {
		sh.over = !sh.mapping.pause(p, sh.poll, until)
	}
	return !sh.over
}
