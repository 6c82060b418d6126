package firehose

import (
	"maps"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Step is what records that a delivery stream holds wait for.
type Step int

// The steps.
const (
	Gathered     Step = iota // for their buffer to end
	Cut                      // to be delivered: their object is cut
	Untouched                // for the buffer of the transformation to end
	Transforming             // for the function, or to be sent to it
	Ahead                    // for records before them that are with the function: they have come back
	Held                     // for a fault that holds their invocation of the function, which has not seen it
)

// Stage is records that a delivery stream holds.
type Stage struct {
	DeliveryStream string
	Source         string // the stream that it reads; "" is Direct PUT
	Shard          int32  // of the source; -1 is Direct PUT
	Records        []record.Record
	Step           Step
	Due            time.Time // when the interval of the buffer ends, where they are in one; its size may end it before. Of what is Held: since when it is
}

// Stages visits what delivery streams hold, as [Service.Held] does, and tells what it waits for. A slice is valid during its call
// only, and visit must not call the service.
func (s *Service) Stages(visit func(Stage)) {
	s.mu.RLock()
	streams := maps.Clone(s.streams)
	s.mu.RUnlock()
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		d := streams[name]
		for _, l := range d.lanes() {
			l.stages(func(recs []record.Record, step Step, due time.Time) {
				if len(recs) > 0 {
					visit(Stage{name, d.config.Source, l.shard, recs, step, due})
				}
			})
		}
	}
}

func (l *lane) stages(each func(recs []record.Record, step Step, due time.Time)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	buffered, cut := Gathered, Cut
	if l.into != nil {
		l.into.stages(each)
		buffered, cut = Untouched, Transforming
	}
	for _, f := range l.flights {
		step := Transforming
		switch {
		case f.landed:
			step = Ahead
		case !f.stopped.IsZero():
			step = Held
		}
		each(f.held(), step, f.stopped)
	}
	for _, o := range l.pending {
		each(o.records, cut, time.Time{})
	}
	due, _ := l.buffer.Due()
	each(l.buffer.records, buffered, time.Unix(0, due))
}
