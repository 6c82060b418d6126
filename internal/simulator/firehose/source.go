package firehose

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// source is the Kinesis stream that a delivery stream reads: a reader and a lane for each shard.
type source struct {
	stream     *deliveryStream
	reader     string // the name under which the stream knows it
	passed     func(shard int32, next uint64)
	unregister func()

	mu      sync.Mutex
	lineage *record.Lineage
	shards  []*reader // that are not over, in the order of their start
	closed  bool
}

// ReaderName is the name under which a delivery stream reads its source stream.
func ReaderName(deliveryStream string) string { return "firehose/" + deliveryStream }

func newSource(d *deliveryStream) *source {
	return &source{
		stream: d, reader: ReaderName(d.config.Name), unregister: func() {},
		lineage: record.NewLineage(record.Position{Type: record.Latest}),
	}
}

// begin takes the position of each open shard, which is its tip, and starts the readers.
func (s *source) begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed { // deleted before it began
		return nil
	}
	s.passed, s.unregister = s.stream.service.config.Streams.Register(s.stream.config.Source, s.reader)
	return s.list()
}

// list reads the list of shards and starts those whose turn has come. The caller holds the lock.
func (s *source) list() error {
	shards, err := s.stream.service.config.Streams.Shards(s.stream.config.Source)
	if err != nil {
		return err
	}
	for _, sh := range s.lineage.Add(shards) {
		if _, err := s.place(sh.Number, record.Position{Type: record.Latest}); err != nil && !errors.Is(err, record.ErrNotFound) {
			return err
		}
	}
	return s.next()
}

// next starts the shards whose turn has come. The caller holds the lock.
func (s *source) next() error {
	return s.lineage.Start(s.place, func(shard int32, from uint64) {
		r := newReader(s, shard)
		s.shards = append(s.shards, r)
		r.begin(from)
	})
}

// place is where a position is in a shard. The stream is told that nothing before it is needed.
func (s *source) place(shard int32, at record.Position) (from uint64, err error) {
	from, err = s.stream.service.config.Streams.Position(s.stream.config.Source, shard, at)
	if err == nil {
		s.passed(shard, from)
	}
	return from, err
}

// finished goes on with the shards that follow one that is read to its end and whose last records are delivered, on the process that
// delivered them. AWS does not say that Firehose keeps the order of a partition key over a reshard; here it does. Until the
// list of shards has come the shard is still one of the source's, so that who deletes the delivery stream wakes the process.
func (s *source) finished(p *clock.Proc, r *reader) {
	s.mu.Lock()
	list := !s.closed && s.lineage.Finish(r.lane.shard, r.children)
	s.mu.Unlock()
	if list && !s.mayList(p, r.lane) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.shards = slices.DeleteFunc(s.shards, func(o *reader) bool { return o == r })
	follow := s.next
	if list {
		follow = s.list
	}
	_ = follow() // it fails where the stream is gone, and its shards with it
}

// mayList asks for the list of shards as faults let it, on a lane's courier. It returns false when the lane is closed.
func (s *source) mayList(p *clock.Proc, l *lane) bool {
	faults := s.asks(p, -1, func(until time.Time) bool { return l.pause(p, l.wake, until) && !l.over() })
	return faults.Ask("ListShards", s.stream.service.config.Model.ReadRetry)
}

// asks is a process's hold on the hook that acts on what it asks of the stream: of a shard, or of none, which is -1.
func (s *source) asks(p *clock.Proc, shard int32, pause func(until time.Time) bool) *fault.Reader {
	c := &s.stream.service.config
	return fault.NewReader(c.Faults, fault.ReaderConfig{
		Account: c.Account, Region: c.Region, Stream: s.stream.config.Source, Shard: shard, Now: p.Now, Pause: pause,
	})
}

func (s *source) lanes() []*lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	lanes := make([]*lane, 0, len(s.shards))
	for _, r := range s.shards {
		lanes = append(lanes, r.lane)
	}
	return lanes
}

// close ends the readers. Their lanes are closed by the delivery stream.
func (s *source) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.unregister()
	for _, r := range s.shards {
		r.quit.Notify()
	}
}
