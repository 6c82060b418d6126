package lambda

import (
	"slices"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Held visits the records that were received from streams and are in no successful invocation yet, those in flight
// included, mapping by mapping in the order of their creation. What a mapping has not read is still in its stream. A slice
// is valid during its call only, and visit must not call the service.
func (s *Service) Held(visit func(function, stream string, shard int32, recs []record.Record)) {
	s.mu.Lock()
	mappings := slices.Clone(s.mappings)
	s.mu.Unlock()
	for _, m := range mappings {
		m.mu.Lock()
		shards := slices.Clone(m.shards)
		m.mu.Unlock()
		for _, sh := range shards {
			sh.queue.visit(func(recs []record.Record) { visit(m.function, m.stream, sh.number, recs) })
		}
	}
}

// visit calls each for what every lane holds, where that is anything.
func (q *queue) visit(each func([]record.Record)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.lanes {
		b := &q.lanes[i]
		if recs := b.queue[b.head:]; len(recs) > 0 {
			each(recs)
		}
	}
}
