package kinesis

import (
	"maps"
	"slices"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Unread visits the stored records that registered readers have not passed yet: a stream's readers in the order in which
// they registered, each shard from the oldest record on. A slice is valid during its call only, and visit must not call
// the service.
func (s *Service) Unread(visit func(stream, reader string, shard int32, recs []record.Record)) {
	s.mu.RLock()
	streams := maps.Clone(s.streams)
	s.mu.RUnlock()
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		streams[name].unread(visit)
	}
}

func (st *stream) unread(visit func(stream, reader string, shard int32, recs []record.Record)) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, r := range st.readers {
		for _, sh := range st.shards {
			sh.unread(r.passed[sh.number], func(recs []record.Record) { visit(st.name, r.name, sh.number, recs) })
		}
	}
}
