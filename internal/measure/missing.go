package measure

import (
	"cmp"
	"slices"
)

// Missed is a record that was offered and did not come out of a sink.
type Missed struct {
	Lane   uint32
	Number uint64
	Due    int64 // nanoseconds since the start of the load
	Acked  bool
}

// Missing lists up to limit records that were offered, may still arrive and did not come out of a sink, by lane and
// number. Records that were given up are not listed, though they count as missing.
func (l *Ledger) Missing(sink, limit int) []Missed {
	l.mu.Lock()
	defer l.mu.Unlock()
	var missed []Missed
	for i := range l.lanes {
		missed = append(missed, l.missingOf(uint32(i), &l.sinks[sink], limit-len(missed))...)
	}
	return missed
}

func (l *Ledger) missingOf(laneNumber uint32, s *sink, limit int) []Missed {
	n := &l.lanes[laneNumber]
	var missed []Missed
	take := func(number uint64, e *entry) {
		state := e.state()
		if state != absent && state != givenUp && e.meta&(s.deliveredBit|s.atPlaceBit) == 0 {
			missed = append(missed, Missed{laneNumber, number, e.due, state == acked})
		}
	}
	for number, e := range n.rest {
		take(number, e)
	}
	enough := len(missed) + limit // of those in chunks, which come in order
	for at, c := range n.chunks {
		if c == nil {
			continue
		}
		for i := 0; i < chunkSize && len(missed) < enough; i++ {
			take(n.base+uint64(at)<<chunkBits+uint64(i), &c.entries[i])
		}
	}
	slices.SortFunc(missed, func(a, b Missed) int { return cmp.Compare(a.Number, b.Number) })
	return missed[:max(min(limit, len(missed)), 0)]
}
