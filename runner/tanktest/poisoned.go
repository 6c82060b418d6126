package tanktest

import (
	"maps"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// poisonText is what the story of a poisoned record says of it.
const poisonText = "poisoned by the test: its data ends in the middle"

// poison keeps which records of a put, that the stream has taken, are poisoned.
func (p *Producer) poison() {
	if len(p.ill) == 0 {
		return
	}
	h := &p.stream.tank.history
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.stream(p.stream.name)
	for i := range p.recs {
		if r := &p.recs[i]; p.ill[r.Due] && p.res[i].Limit == kinesis.LimitNone {
			if s.poisoned == nil {
				s.poisoned = map[place]bool{}
			}
			s.poisoned[place{r.Shard, r.Seq}] = true
		}
	}
}

// poisonedIn are the sink's records that are poisoned and of which something holds.
func (s *Sink) poisonedIn(is func(place) bool) (at []place) {
	h := &s.tank.history
	h.mu.Lock()
	var ill map[place]bool
	if of := h.streams[s.stream.name]; of != nil {
		ill = maps.Clone(of.poisoned)
	}
	h.mu.Unlock()
	if len(ill) == 0 {
		return nil
	}
	s.wanted(func(p place) {
		if ill[p] && is(p) {
			at = append(at, p)
		}
	})
	return at
}

// badly tells the history of poisoned records that have come out.
func (s *Sink) badly(got tally) string {
	at := s.poisonedIn(func(p place) bool { return got.of(p) > 0 })
	if len(at) == 1 {
		return s.stories("was poisoned and has come out", at, nil)
	}
	return s.stories("were poisoned and have come out", at, nil)
}
