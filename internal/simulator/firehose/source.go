package firehose

import (
	"slices"
	"sync"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// source is the Kinesis stream that a delivery stream reads: a reader and a lane for each shard.
type source struct {
	stream     *deliveryStream
	reader     string // the name under which the stream knows it
	passed     func(shard int32, next uint64)
	unregister func()

	mu     sync.Mutex
	shards []*reader // in the order of their start
	closed bool
}

// ReaderName is the name under which a delivery stream reads its source stream.
func ReaderName(deliveryStream string) string { return "firehose/" + deliveryStream }

func newSource(d *deliveryStream) *source {
	return &source{stream: d, reader: ReaderName(d.config.Name), unregister: func() {}}
}

// begin takes the position of each open shard, which is its tip, and starts the readers.
func (s *source) begin() error {
	streams, stream := s.stream.service.config.Streams, s.stream.config.Source
	shards, err := streams.Shards(stream)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed { // deleted before it began
		return nil
	}
	s.passed, s.unregister = streams.Register(stream, s.reader)
	for _, sh := range shards {
		if sh.Closed {
			continue
		}
		if err := s.start(sh.Number, "LATEST"); err != nil {
			return err
		}
	}
	return nil
}

// start starts to read a shard. The caller holds the lock.
func (s *source) start(shard int32, position string) error {
	from, err := s.stream.service.config.Streams.Position(s.stream.config.Source, shard, record.Position{Type: position})
	if err != nil {
		return err
	}
	s.passed(shard, from)
	r := newReader(s, shard)
	s.shards = append(s.shards, r)
	r.begin(from)
	return nil
}

// finished goes on with the shards that follow one that is read to its end, each from its beginning and only when all
// its parents are read.
func (s *source) finished(r *reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.over = true
	if s.closed {
		return
	}
	shards, err := s.stream.service.config.Streams.Shards(s.stream.config.Source)
	if err != nil {
		return // the stream is gone, and its shards with it
	}
	for _, sh := range shards {
		if s.find(sh.Number) == nil && s.ready(sh) {
			// A shard that has gone since it was listed has nothing to read.
			_ = s.start(sh.Number, "TRIM_HORIZON")
		}
	}
}

// ready tells whether a shard follows shards of ours that are all read. A parent that was closed before the delivery
// stream was made is none of ours and not waited for.
func (s *source) ready(sh record.Shard) bool {
	follows := false
	for _, n := range sh.Parents {
		if parent := s.find(n); parent != nil {
			if !parent.over {
				return false
			}
			follows = true
		}
	}
	return follows
}

func (s *source) find(shard int32) *reader {
	i := slices.IndexFunc(s.shards, func(r *reader) bool { return r.lane.shard == shard })
	if i < 0 {
		return nil
	}
	return s.shards[i]
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
