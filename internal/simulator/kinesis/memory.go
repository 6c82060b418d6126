package kinesis

import (
	"math"
	"sync/atomic"
)

// Memory is a cap on the memory that stored records take. Several services may share one; it is safe for concurrent use.
type Memory struct {
	most int64
	held atomic.Int64
}

// DefaultMemory is the cap where none is given: 1 GiB.
const DefaultMemory = 1 << 30

// NewMemory makes a cap of so many bytes; 0 is DefaultMemory.
func NewMemory(most int64) *Memory {
	if most == 0 {
		most = DefaultMemory
	}
	return &Memory{most: most}
}

// Held is how many bytes are taken now.
func (m *Memory) Held() int64 { return m.held.Load() }

// add counts n bytes, or frees them where n is negative, and tells whether the cap is exceeded.
func (m *Memory) add(n int64) (over bool) {
	if n == 0 {
		return false
	}
	return m.held.Add(n) > m.most
}

// reclaim drops records until the cap holds: the oldest that readers have passed first, then, counted and told to the
// observer, the oldest unread. It frees a two-hundred-and-fiftieth of the cap a step, so that the search for the oldest is
// rare.
func (s *Service) reclaim() {
	s.reclaiming.Lock()
	defer s.reclaiming.Unlock()
	for s.memory.Held() > s.memory.most {
		st, number := s.oldest()
		if st == nil {
			return // what is held belongs to other services
		}
		s.trim(st, number, s.memory.most/250+1)
	}
}

// oldest finds the shard whose oldest record is to go first.
func (s *Service) oldest() (from *stream, number int32) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at, unread := int64(math.MaxInt64), true
	for _, st := range s.streams {
		st.mu.Lock()
		for _, sh := range st.shards {
			if sh.first == sh.next {
				continue
			}
			u, t := st.passedBy(sh) <= sh.first, sh.oldest().Arrival
			older := t < at || t == at && from != nil && (st.name < from.name || st == from && sh.number < number)
			if from == nil || unread && !u || unread == u && older {
				from, number, at, unread = st, sh.number, t, u
			}
		}
		st.mu.Unlock()
	}
	return from, number
}

// trim drops the oldest records of a shard until so many bytes are free, but of records that readers have passed no more
// than those.
func (s *Service) trim(st *stream, number int32, bytes int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	sh := st.shard(number)
	passed := st.passedBy(sh)
	end := sh.next
	if passed > sh.first {
		end = passed
	}
	to, sum := sh.first, int64(0)
	for ; to < end && sum < bytes; to++ {
		sum += cost(sh.at(to))
	}
	unread := 0
	if passed < to {
		unread = int(to - max(passed, sh.first))
	}
	s.memory.add(-sh.drop(to, &st.free))
	if unread > 0 && s.cfg.Observer != nil {
		s.cfg.Observer.Trimmed(st.name, number, unread)
	}
}
