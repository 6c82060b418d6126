package tanktest

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Created begins a new stream. What is known of a deleted one of its name goes to another name, which no stream can have.
func (h *history) Created(now time.Time, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.streams[name]
	if old == nil {
		return
	}
	delete(h.streams, name)
	gone := deleted(name, old.number+1)
	h.streams[gone] = old
	s := h.stream(name)
	s.number, s.made = old.number+1, now.UnixNano()
	for i := range h.invocations.len() {
		renamed(&h.invocations.at(i).stream, name, gone)
	}
	for i := range h.untaken {
		renamed(&h.untaken[i].stream, name, gone)
	}
	for i := range h.drops {
		renamed(&h.drops[i].stream, name, gone)
	}
	for i := range h.deliveries {
		renamed(&h.deliveries[i].stream, name, gone)
	}
	clear(h.lanes)
}

// deleted is what the n-th deleted stream of a name is known by, from 1.
func deleted(name string, n int) string { return fmt.Sprintf("%s (deleted %d)", name, n) }

func renamed(name *string, old, now string) {
	if *name == old {
		*name = now
	}
}

// number tells which of the streams of a name there is.
func (h *history) number(stream string) int {
	if s := h.streams[stream]; s != nil {
		return s.number
	}
	return 0
}

// made is when the stream of a name was made, in unix nanoseconds; 0 where it is the first. What arrived before is of a deleted one.
func (h *history) made(stream string) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.streams[stream]; s != nil {
		return s.made
	}
	return 0
}

// took is what the stream is known by that took a record of a name's: the stream of that name, or one that was deleted before it was
// made. A mapping goes on with what it has read of one. The history is locked.
func (h *history) took(name string, arrival int64) string {
	of := name
	for s := h.streams[name]; s != nil && arrival < s.made; s = h.streams[of] {
		of = deleted(name, s.number)
	}
	return of
}

// byStream keeps what happened to records, which were read of a stream by its name, for each stream that took some of them: mostly all
// are of one. The history is locked.
func (h *history) byStream(name string, recs []record.Record, keep func(stream string, recs []record.Record)) {
	if s := h.streams[name]; s == nil || s.made == 0 {
		keep(name, recs)
		return
	}
	for len(recs) > 0 {
		stream, n := h.took(name, recs[0].Arrival), 1
		for n < len(recs) && h.took(name, recs[n].Arrival) == stream {
			n++
		}
		keep(stream, recs[:n])
		recs = recs[n:]
	}
}
