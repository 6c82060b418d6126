package lambda

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// The states a mapping goes through, and what it says of its last invocation.
const (
	stateCreating = "Creating"
	stateEnabled  = "Enabled"
	stateDeleting = "Deleting"

	resultNone = "No records processed"
	resultOK   = "OK"
)

// mapping is an event source mapping. Its settings never change; what changes is behind mu, which is taken alone or
// inside the service's.
type mapping struct {
	service     *Service
	uuid        string
	function    string // its bare name
	functionARN string
	role        string // the function's
	stream      string // its bare name
	consumer    string // the ARN of the stream consumer that it reads as; "" where it polls
	sourceARN   string
	reader      string // the name its reads go by
	batchSize   int
	window      time.Duration
	factor      int
	position    record.Position
	failure     failure

	deleted    atomic.Bool
	quit       *clock.Signal // the mapping is deleted
	passed     func(shard int32, next uint64)
	unregister func()

	mu        sync.Mutex
	state     string
	processed string // LastProcessingResult
	modified  time.Time
	lineage   *record.Lineage // nil before the start
	shards    []*shard        // that are being processed, in the order of their start
	running   int             // processes of all of them
}

// launch takes the starting position and starts a poller and lanes for each shard, at once or after Model.StartDelay.
func (m *mapping) launch() error {
	if m.service.model.StartDelay == 0 {
		return m.start()
	}
	m.mu.Lock()
	m.running++
	m.mu.Unlock()
	m.service.clock.Go("lambda mapping "+m.uuid, func(p *clock.Proc) {
		defer m.leave(p, nil)
		if p.Sleep(m.service.model.StartDelay) && m.mayList(p, m.quit) {
			if err := m.start(); err != nil {
				m.problem(err.Error())
			}
		}
	})
	return nil
}

// start takes the starting position. On AWS a mapping finds the shards of a reshard in some way that is not documented; here
// it does when a shard comes to its end, and where Model.ListInterval is set also by listing now and then.
func (m *mapping) start() error {
	m.mu.Lock()
	m.lineage = record.NewLineage(m.position)
	m.mu.Unlock()
	err := m.relist()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		return err
	}
	if m.state == stateCreating {
		m.state, m.modified = stateEnabled, m.service.clock.Now()
	}
	if m.service.model.ListInterval > 0 {
		m.running++
		m.service.clock.Go("lambda mapping "+m.uuid+" shards", m.relistNowAndThen)
	}
	return nil
}

func (m *mapping) relistNowAndThen(p *clock.Proc) {
	defer m.leave(p, nil)
	for m.pause(p, m.quit, p.Now().Add(m.service.model.ListInterval)) && m.mayList(p, m.quit) {
		if err := m.relist(); err != nil {
			m.problem(err.Error())
		}
	}
}

// relist reads the list of shards and starts those whose turn has come.
func (m *mapping) relist() error {
	shards, err := m.service.streams.Shards(m.stream)
	if err != nil {
		return fmt.Errorf("list shards of %s: %w", m.stream, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, sh := range m.lineage.Add(shards) {
		if _, err := m.place(sh.Number, m.position); err != nil && !errors.Is(err, record.ErrNotFound) {
			return err
		}
	}
	return m.next()
}

// next starts the shards whose turn has come. The caller holds the lock.
func (m *mapping) next() error {
	if m.gone() {
		return nil
	}
	return m.lineage.Start(m.place, func(shard int32, from uint64) {
		sh := m.newShard(shard)
		sh.running = 1 + len(sh.lanes)
		m.running += sh.running
		m.shards = append(m.shards, sh)
		sh.begin(from)
	})
}

// place is where a position is in a shard. The stream is told that nothing before it is needed.
func (m *mapping) place(shard int32, at record.Position) (from uint64, err error) {
	from, err = m.service.streams.Position(m.stream, shard, at)
	if err != nil {
		return 0, fmt.Errorf("position in %s: %w", m.stream, err)
	}
	m.passed(shard, from)
	return from, nil
}

// leave is the last thing each process does. The last of a shard that was read to its end lets the shard's children
// start; the last of a deleted mapping takes it off the list.
func (m *mapping) leave(p *clock.Proc, sh *shard) {
	if sh != nil {
		m.leaveShard(p, sh)
	}
	m.mu.Lock()
	m.running--
	last := m.running == 0
	m.mu.Unlock()
	if last && m.gone() {
		m.service.remove(m)
	}
}

// leaveShard is the part of a shard's own. Until its list of shards has come it is still a shard of the mapping, so that who
// deletes that wakes it.
func (m *mapping) leaveShard(p *clock.Proc, sh *shard) {
	m.mu.Lock()
	sh.running--
	over, list := sh.running == 0 && sh.queue.over(), false
	if over {
		list = m.lineage.Finish(sh.number, sh.children)
	}
	m.mu.Unlock()
	if !over || list && !m.mayList(p, sh.poll) {
		return
	}
	m.mu.Lock()
	m.shards = slices.DeleteFunc(m.shards, func(o *shard) bool { return o == sh })
	m.mu.Unlock()
	if m.gone() {
		return
	}
	if err := m.follow(list); err != nil {
		m.problem(err.Error())
	}
}

// mayList asks for the list of shards as faults let it. The signal is one on which nobody else waits, and which wakes when the
// mapping is deleted: then it returns false.
func (m *mapping) mayList(p *clock.Proc, wake *clock.Signal) bool {
	faults := m.asks(p, noShard, func(until time.Time) bool { return m.pause(p, wake, until) })
	return faults.Ask("ListShards", m.service.model.ReadRetry) && !m.gone()
}

const noShard = -1 // of a request that names none

// asks is a process's hold on the hook that acts on what it asks of the stream.
func (m *mapping) asks(p *clock.Proc, shard int32, pause func(until time.Time) bool) *fault.Reader {
	s := m.service
	return fault.NewReader(s.faults, fault.ReaderConfig{
		Account: s.account, Region: s.region, Stream: m.stream, Shard: shard, Now: p.Now, Pause: pause,
	})
}

// follow goes on with the shards whose turn has come now that one is over, which must be listed first or are known.
func (m *mapping) follow(list bool) error {
	if list {
		return m.relist()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.next()
}

// end deletes the mapping: its processes return as soon as they have no invocation in flight.
func (m *mapping) end() {
	m.mu.Lock()
	m.state, m.modified = stateDeleting, m.service.clock.Now()
	m.deleted.Store(true)
	shards, idle := slices.Clone(m.shards), m.running == 0
	m.mu.Unlock()
	m.quit.Notify()
	for _, sh := range shards {
		sh.poll.Notify()
		for _, l := range sh.lanes {
			l.wake.Notify()
		}
	}
	if idle {
		m.service.remove(m)
	}
}

func (m *mapping) gone() bool { return m.deleted.Load() }

func (m *mapping) result(r string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.processed = r
}

func (m *mapping) problem(what string) { m.result("PROBLEM: " + what) }

// pending is how many records were received and are in no successful invocation yet.
func (m *mapping) pending() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, sh := range m.shards {
		n += sh.queue.pending()
	}
	return n
}
