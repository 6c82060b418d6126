package kinesis

import (
	"slices"
	"time"
)

// change is something that comes to a stream some time after it was asked for: the shards of a split, an encryption. It is
// plain data. Whoever looks at the stream first after its instant makes it come true, as of that instant.
type change interface {
	// apply makes it so, as of an instant. The caller holds the stream's lock.
	apply(s *Service, st *stream, at time.Time)
}

// pending is a change on its way.
type pending struct {
	at       time.Time
	updating bool // the stream is UPDATING until then
	change   change
}

// after lets a change come some time after now, and at once where that is 0. Where updating, the stream is UPDATING until
// then. The caller holds the stream's lock.
func (s *Service) after(st *stream, now time.Time, wait time.Duration, updating bool, c change) {
	st.touched.Store(true)
	defer st.wakeSubscribers() // a subscriber waits until the change's instant, as its shard may be closed then
	if wait <= 0 {
		c.apply(s, st, now)
		return
	}
	p := pending{now.Add(wait), updating, c}
	i, _ := slices.BinarySearchFunc(st.changes, p, func(a, b pending) int {
		if a.at.After(b.at) {
			return 1
		}
		return -1 // of two at one instant the one that was asked for first comes first
	})
	st.changes = slices.Insert(st.changes, i, p)
	st.due = st.changes[0].at.UnixNano()
}

// settle applies the changes that are due and forgets what has expired with its shard. The caller holds the stream's lock.
func (s *Service) settle(st *stream, now time.Time) {
	for st.due != 0 && now.UnixNano() >= st.due {
		st.touched.Store(true)
		p := st.changes[0]
		st.changes = st.changes[1:]
		st.due = 0
		if len(st.changes) > 0 {
			st.due = st.changes[0].at.UnixNano()
		}
		p.change.apply(s, st, p.at)
	}
	if len(st.closed) > 0 {
		s.freed(st, st.forget(st.horizon(now.UnixNano())))
	}
}

// lockActive finds a stream, locks it and demands that it is ACTIVE.
func (s *Service) lockActive(name string, now time.Time) (*stream, error) {
	st, err := s.lock(name, now)
	if err != nil {
		return nil, err
	}
	if err := s.active(st, now); err != nil {
		st.mu.Unlock()
		return nil, err
	}
	return st, nil
}
