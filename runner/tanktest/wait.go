package tanktest

import (
	"fmt"
	"testing"
)

// Wait lets time pass until n different records have come out, or more, as [Tank.Until] does and for as long. Where that does not
// come it ends the test with the history of the first records that are missing.
func (s *Sink) Wait(t testing.TB, n int) {
	t.Helper()
	if waited, ok := s.tank.wait(func() bool { return s.Distinct() >= n }); !ok {
		t.Fatal(dated(fmt.Sprintf("%s %s %d records, not %d%s (%s)%s", s.name, s.verb, s.Distinct(), n, s.reason(), waited, s.without(s.tally()))))
	}
}

// WaitAll lets time pass until every load is wholly put to the stream ([Stream.Put]) and every record of it that is to come out here
// has come out, at least one; then AtLeastOnce holds. Where that does not come it ends the test with the history of the first records
// that are missing. A record that is given up never comes: of a stream with such records Wait waits for the others.
func (s *Sink) WaitAll(t testing.TB) {
	t.Helper()
	if waited, ok := s.tank.wait(s.all); !ok {
		t.Fatal(dated(fmt.Sprintf("not every record of %s has come out at %s%s (%s)%s", s.stream.name, s.name, s.reason(), waited, s.without(s.tally()))))
	}
}

// all tells whether all has come out that is to.
func (s *Sink) all() bool {
	if _, left := s.tank.history.loads(s.stream.name); left > 0 {
		return false
	}
	n := s.tank.history.count(s.stream.name, &s.begins)
	return n > 0 && s.Distinct() >= n
}

// early says why an assertion, of that name, can show nothing yet; "" where it can.
func (s *Sink) early(assertion string) string {
	if text := s.stillToCome(); text != "" {
		return text
	}
	if text := s.nothing(); text != "" {
		return text + ": " + assertion + " has shown nothing"
	}
	return ""
}

// reason is early for whoever has waited.
func (s *Sink) reason() string {
	h := &s.tank.history
	switch all, left := h.loads(s.stream.name); {
	case left > 0:
		return fmt.Sprintf(": of the %d records that were put to %s %d are still to come", all, s.stream.name, left)
	case s.nothing() != "":
		return ": " + s.nothing()
	}
	return ""
}

// stillToCome says that a load is not wholly put, and what to do; "" where all are.
func (s *Sink) stillToCome() string {
	k := s.tank
	all, left := k.history.loads(s.stream.name)
	if left == 0 {
		return ""
	}
	return fmt.Sprintf("of the %d records that were put to %s %d are still to come at %s: %s", all, s.stream.name, left, clockTime(k.Now().UnixNano()),
		`let time pass first (WaitAll, tank.Until("all are put", p.Done), or Advance)`)
}

// nothing says that the stream has taken no record that is to come out here; "" where it has.
func (s *Sink) nothing() string {
	h := &s.tank.history
	if h.count(s.stream.name, &s.begins) > 0 {
		return ""
	}
	if n := h.count(s.stream.name, nil); n > 0 {
		return fmt.Sprintf("%s has taken %d records, all of them before %s began", s.stream.name, n, s.name)
	}
	return s.stream.name + " has taken no record"
}

// loads are how many records the loads of a stream have, and how many of these it has not taken yet.
func (h *history) loads(stream string) (all, left int) {
	h.mu.Lock()
	var producers []*Producer
	if s := h.streams[stream]; s != nil {
		producers = s.producers
	}
	h.mu.Unlock()
	for _, p := range producers {
		all += p.load.count
		left += p.left()
	}
	return all, left
}

// count is how many records a stream has taken behind where a sink begins; nil is all.
func (h *history) count(stream string, begins *beginning) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.streams[stream]
	if s == nil {
		return 0
	}
	var behind map[int32]int
	if begins != nil {
		behind = begins.of(s)
	}
	for number, shard := range s.shards {
		n += shard.stored.len() - behind[number]
	}
	return n
}
