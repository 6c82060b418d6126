package kinesis

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// reader is one registered reader of a stream. It is guarded by the stream's lock.
type reader struct {
	name   string
	passed map[int32]uint64 // by shard: the position before which it needs nothing any more
}

// Register makes a reader's progress count: what every registered reader has passed may be dropped. The reader says with
// passed how far it has come in a shard (that it starts at the tip, too); a shard it has said nothing of is kept whole.
// unregister ends it; it may be called more than once. For a stream that is not there both do nothing.
func (s *Service) Register(name, readerName string) (passed func(shard int32, next uint64), unregister func()) {
	st, err := s.lock(name, s.cfg.Clock.Now())
	if err != nil {
		return func(int32, uint64) {}, func() {}
	}
	r := &reader{name: readerName, passed: make(map[int32]uint64)}
	st.readers = append(st.readers, r)
	st.mu.Unlock()

	passed = func(number int32, next uint64) {
		st.mu.Lock()
		defer st.mu.Unlock()
		r.passed[number] = max(r.passed[number], next)
		s.dropPassed(st, number)
	}
	unregister = func() {
		st.mu.Lock()
		defer st.mu.Unlock()
		for i, o := range st.readers {
			if o == r {
				st.readers = append(st.readers[:i:i], st.readers[i+1:]...)
				break
			}
		}
		for _, sh := range st.shards {
			s.dropPassed(st, sh.number)
		}
	}
	return passed, unregister
}

// dropPassed drops what all registered readers have passed, where the service does so at once. The caller holds the lock.
func (s *Service) dropPassed(st *stream, number int32) {
	sh := st.shard(number)
	if !s.cfg.DropRead || sh == nil || len(st.readers) == 0 {
		return
	}
	s.freed(st, sh.drop(st.passedBy(sh), &st.free))
}

// passedBy is the position before which no reader needs anything: of the registered ones, or, where there is none, the
// furthest that anybody has read.
func (st *stream) passedBy(sh *shard) uint64 {
	if len(st.readers) == 0 {
		return sh.readTo
	}
	least := sh.next
	for _, r := range st.readers {
		least = min(least, r.passed[sh.number])
	}
	return least
}

// Sequence appends the sequence numbers of a shard's records. It goes on to when the stream is gone; nil: there is no such
// shard.
func (s *Service) Sequence(name string, number int32) func(dst []byte, r *record.Record) []byte {
	st, err := s.lock(name, s.cfg.Clock.Now())
	if err != nil {
		return nil
	}
	defer st.mu.Unlock()
	sh := st.shard(number)
	if sh == nil {
		return nil
	}
	created := sh.created // it and the number never change
	return func(dst []byte, r *record.Record) []byte {
		return NewSequenceNumber(created, number, r.Seq+1, r.Arrival/1e9).Append(dst)
	}
}

// Horizon is the instant before which a stream keeps nothing.
func (s *Service) Horizon(now time.Time, name string) (time.Time, error) {
	st, err := s.lock(name, now)
	if err != nil {
		return time.Time{}, err
	}
	defer st.mu.Unlock()
	return time.Unix(0, st.horizon(now.UnixNano())), nil
}
