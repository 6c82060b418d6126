package lambda

import (
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Step is what records that a mapping holds wait for.
type Step int

// The steps.
const (
	Gathered Step = iota // to be in a batch
	Invoked              // for an invocation to end
	Retried              // to be sent again
	Behind               // for those of their batch that are tried before them
	Held                 // for a fault that holds their invocation: the function has not seen it
)

// Stage is records that a mapping has received and that are in no successful invocation yet.
type Stage struct {
	Function string
	Stream   string
	Shard    int32
	Records  []record.Record // in the shard's order; valid during the call only
	Step     Step
	// At is since when they are Invoked or Held, when they are Retried, and when the window of what is Gathered ends. It is zero where there
	// is no window, or another batch of the lane's is in flight, and of what is Behind.
	At time.Time
}

// Stages visits what mappings hold, as [Service.Held] does, and tells what it waits for.
func (s *Service) Stages(visit func(Stage)) {
	s.mu.Lock()
	mappings := slices.Clone(s.mappings)
	s.mu.Unlock()
	for _, m := range mappings {
		m.mu.Lock()
		shards := slices.Clone(m.shards)
		m.mu.Unlock()
		for _, sh := range shards {
			sh.queue.stages(func(recs []record.Record, step Step, at time.Time) {
				if len(recs) > 0 {
					visit(Stage{m.function, m.stream, sh.number, recs, step, at})
				}
			})
		}
	}
}

func (q *queue) stages(each func(recs []record.Record, step Step, at time.Time)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.lanes {
		b, try := &q.lanes[i], &q.tries[i]
		flight, waiting := b.queue[b.head:b.head+b.flight], b.queue[b.head+b.flight:]
		tried := min(try.size, len(flight))
		step, at := Invoked, try.sent
		switch {
		case !try.again.IsZero():
			step, at = Retried, try.again
		case try.held:
			step = Held
		}
		each(flight[:tried], step, at)
		each(flight[tried:], Behind, time.Time{})
		at = time.Time{}
		if len(flight) == 0 && b.window > 0 {
			at = b.closes()
		}
		each(waiting, Gathered, at)
	}
}
