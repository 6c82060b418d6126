package lambda

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
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
	stream      string // its bare name
	sourceARN   string
	reader      string // the name its reads go by
	batchSize   int
	window      time.Duration
	factor      int
	position    record.Position

	deleted    atomic.Bool
	passed     func(shard int32, next uint64)
	unregister func()

	mu        sync.Mutex
	state     string
	processed string // LastProcessingResult
	modified  time.Time
	lineage   lineage
	shards    []*shard // that are being processed, in the order of their start
	running   int      // processes of all of them
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
		defer m.leave(nil)
		if p.Sleep(m.service.model.StartDelay) && !m.gone() {
			if err := m.start(); err != nil {
				m.problem(err.Error())
			}
		}
	})
	return nil
}

func (m *mapping) start() error {
	err := m.relist(m.position)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil && m.state == stateCreating {
		m.state, m.modified = stateEnabled, m.service.clock.Now()
	}
	return err
}

// relist reads the list of shards and starts those whose turn has come. Shards not seen before are read from at.
func (m *mapping) relist(at record.Position) error {
	s := m.service
	shards, err := s.streams.Shards(m.stream)
	if err != nil {
		return fmt.Errorf("list shards of %s: %w", m.stream, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	err = m.lineage.add(shards, func(sh record.Shard) (uint64, error) {
		from, err := s.streams.Position(m.stream, sh.Number, at)
		if err == nil {
			m.passed(sh.Number, from)
		}
		return from, err
	})
	if err != nil {
		return fmt.Errorf("position in %s: %w", m.stream, err)
	}
	for _, g := range m.lineage.start() {
		sh := m.newShard(g.Number)
		sh.running = 1 + len(sh.lanes)
		m.running += sh.running
		m.shards = append(m.shards, sh)
		sh.begin(g.from)
	}
	return nil
}

// leave is the last thing each process does. The last of a shard that was read to its end lets the shard's children
// start; the last of a deleted mapping takes it off the list.
func (m *mapping) leave(sh *shard) {
	m.mu.Lock()
	m.running--
	over := false
	if sh != nil {
		sh.running--
		if over = sh.running == 0 && sh.queue.over(); over {
			m.lineage.finish(sh.number)
			m.shards = slices.DeleteFunc(m.shards, func(o *shard) bool { return o == sh })
		}
	}
	last := m.running == 0
	m.mu.Unlock()
	switch {
	case m.gone():
		if last {
			m.service.remove(m)
		}
	case over:
		if err := m.relist(record.Position{Type: positionTrimHorizon}); err != nil {
			m.problem(err.Error())
		}
	}
}

// end deletes the mapping: its processes return as soon as they have no invocation in flight.
func (m *mapping) end() {
	m.mu.Lock()
	m.state, m.modified = stateDeleting, m.service.clock.Now()
	m.deleted.Store(true)
	shards, idle := slices.Clone(m.shards), m.running == 0
	m.mu.Unlock()
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
