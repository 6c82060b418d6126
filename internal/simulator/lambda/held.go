package lambda

import "github.com/wavetank/wavetank/internal/simulator/record"

// Held visits the records that were received from streams and are in no successful invocation yet, those in flight
// included, mapping by mapping in the order of their creation. What a mapping has not read is still in its stream. A slice
// is valid during its call only, and visit must not call the service.
func (s *Service) Held(visit func(function, stream string, shard int32, recs []record.Record)) {
	s.Stages(func(st Stage) { visit(st.Function, st.Stream, st.Shard, st.Records) })
}
