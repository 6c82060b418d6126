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

// freed counts memory that records of a stream have given back, and lets go of what they had on disk. The caller holds the
// stream's lock.
func (s *Service) freed(st *stream, bytes int64) {
	s.memory.add(-bytes)
	if len(st.free.blocks) > 0 {
		s.letGo(st)
	}
}

// reclaim frees memory until the cap holds: the oldest records that readers have passed are dropped first, where the service
// drops those; then the oldest go to disk, or, where there is none, are trimmed, counted and told to the observer. It frees a
// two-hundred-and-fiftieth of the cap a step, so that the search for the oldest is rare.
func (s *Service) reclaim() {
	s.reclaiming.Lock()
	defer s.reclaiming.Unlock()
	step := s.memory.most/250 + 1
	for s.memory.Held() > s.memory.most {
		st, number := s.oldest()
		if st == nil {
			return // what is held belongs to other services, or is on its way to disk
		}
		if s.disk == nil {
			s.trim(st, number, step)
		} else if !s.relieve(st, number, step) {
			return
		}
	}
}

// oldest finds the shard whose oldest record in memory is to go first.
func (s *Service) oldest() (from *stream, number int32) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at, unread := int64(math.MaxInt64), true
	for _, st := range s.streams {
		st.mu.Lock()
		for _, sh := range st.shards {
			first := sh.inMemory()
			if first == sh.next || s.disk != nil && !sh.evictable() {
				continue
			}
			u, t := s.wanted(st, sh), sh.arrival(first)
			older := t < at || t == at && from != nil && (st.name < from.name || st == from && sh.number < number)
			if from == nil || unread && !u || unread == u && older {
				from, number, at, unread = st, sh.number, t, u
			}
		}
		st.mu.Unlock()
	}
	return from, number
}

// wanted tells whether somebody may still read a shard's oldest record in memory: who has not, or, from a disk, anybody,
// unless what was read is dropped.
func (s *Service) wanted(st *stream, sh *shard) bool {
	if s.disk != nil && (!s.cfg.DropRead || s.disk.durable()) {
		return true
	}
	return st.passedBy(sh) <= sh.inMemory()
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
	to, sum := sh.inMemory(), int64(0)
	for ; to < end && sum < bytes; to++ {
		sum += sh.costAt(to)
	}
	s.trimTo(st, sh, to)
}

// trimTo drops the records of a shard before a position and tells the observer of those that nobody had read. The caller
// holds the stream's lock.
func (s *Service) trimTo(st *stream, sh *shard, to uint64) (unread int) {
	bytes := int64(0)
	if passed := st.passedBy(sh); passed < to {
		from := max(passed, sh.first)
		unread, bytes = int(to-from), sh.taken(from, to)
	}
	s.freed(st, sh.drop(to, &st.free))
	if unread > 0 && s.cfg.Observer != nil {
		s.cfg.Observer.Trimmed(st.name, sh.number, unread, bytes)
	}
	return unread
}

// relieve frees so many bytes of memory of a shard: what readers have passed is dropped, where the service does so, and the
// rest goes to disk. It is false where that has no room for it.
func (s *Service) relieve(st *stream, number int32, bytes int64) bool {
	st.mu.Lock()
	wanted, most := s.wanted(st, st.shard(number)), max(bytes, st.shard(number).oldestCost())
	st.mu.Unlock()
	if !wanted {
		s.trim(st, number, bytes)
		return true
	}
	if !s.disk.durable() && !s.disk.hasRoom(most) { // what outlives the process is there already
		return s.makeDo(st, number, bytes)
	}
	moved, err := s.move(st, number, bytes)
	if err != nil { // what cannot be written is as what has no room
		return s.makeDo(st, number, bytes)
	}
	return moved > 0
}

// makeDo is what is done where nothing can go to disk: the oldest records of a shard go, also where the disk would not hold what
// is to be moved at once if it were empty; or, where it is false, puts are refused from now on.
func (s *Service) makeDo(st *stream, number int32, bytes int64) bool {
	trims := s.disk.cfg.WhenFull == Trim
	s.disk.short.Store(!trims)
	if trims {
		s.trim(st, number, bytes)
	}
	return trims
}

// move moves so many bytes of a shard from memory to disk, the oldest first, as far as they can be moved.
func (s *Service) move(st *stream, number int32, bytes int64) (moved int64, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for sh := st.shard(number); moved < bytes && sh.evictable(); {
		freed, err := sh.evict(st.owner, &st.free)
		if err != nil {
			s.disk.writing.Do(func() { s.disk.failed("records cannot be written to disk", err) })
			return moved, err
		}
		moved += freed
		s.memory.add(-freed)
	}
	return moved, nil
}
