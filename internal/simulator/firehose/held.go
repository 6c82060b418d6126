package firehose

import (
	"maps"
	"slices"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Held visits the records that delivery streams have accepted, or read from their source, and not delivered yet: what
// waits for delivery, then what is buffered, then likewise what waits for its transformation or is with the function; delivery streams by name. source is the stream that one reads; "" is Direct
// PUT. What it has not read is still in that stream. Copies for a backup are not visited. A slice is valid during its call only, and visit must not call the
// service.
func (s *Service) Held(visit func(deliveryStream, source string, recs []record.Record)) {
	s.mu.RLock()
	streams := maps.Clone(s.streams)
	s.mu.RUnlock()
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		d := streams[name]
		for _, l := range d.lanes() {
			l.visit(func(recs []record.Record) { visit(name, d.config.Source, recs) })
		}
	}
}

// visit calls each for what the lane holds, where that is anything.
func (l *lane) visit(each func([]record.Record)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.into != nil {
		l.into.visit(each)
	}
	for _, f := range l.flights {
		if recs := f.held(); len(recs) > 0 {
			each(recs)
		}
	}
	for _, o := range l.pending {
		each(o.records)
	}
	if len(l.buffer.records) > 0 {
		each(l.buffer.records)
	}
}
