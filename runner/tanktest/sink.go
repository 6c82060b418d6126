package tanktest

import (
	"sync"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// Sink is where the records of a stream come out: a handler that succeeded with them, the objects of a delivery stream, or a
// consumer of the test's own. Its methods fail the test where what came out is not what was put in, and tell what happened to
// the first records that this is about.
type Sink struct {
	tank   *Tank
	stream *Stream
	name   string
	verb   string                     // what it has done with a record
	begins map[int32]int              // by shard, how many records were there before those that it is to get
	each   func(visit func(at place)) // what came out, in the order in which it did; the history is locked
}

// tally counts how often each record came out.
func (s *Sink) tally() tally {
	h, c := &s.tank.history, tally{}
	h.mu.Lock()
	defer h.mu.Unlock()
	s.each(c.add)
	return c
}

// wanted visits the records that are to come out: those of the stream, from where the sink began.
func (s *Sink) wanted(visit func(place)) {
	for shard, n := range s.tank.history.stored(s.stream.name) {
		for seq := s.begins[shard]; seq < n; seq++ {
			visit(place{shard, uint64(seq)})
		}
	}
}

// Distinct is how many different records have come out so far: what a test waits for.
func (s *Sink) Distinct() int { return s.tally().distinct() }

// Delivered fails the test where another number of different records has come out.
func (s *Sink) Delivered(t testing.TB, n int) {
	t.Helper()
	got := s.tally()
	if have := got.distinct(); have != n {
		t.Errorf("%s %s %d records, not %d%s", s.name, s.verb, have, n, s.without(got))
	}
}

// AtLeastOnce fails the test where a record of the stream has not come out, whether it was given up or is still on its way.
func (s *Sink) AtLeastOnce(t testing.TB) {
	t.Helper()
	if text := s.without(s.tally()); text != "" {
		t.Errorf("not every record of %s has come out at %s%s", s.stream.name, s.name, text)
	}
}

// ExactlyOnce fails the test where a record of the stream has not come out, or more than once.
func (s *Sink) ExactlyOnce(t testing.TB) {
	t.Helper()
	got := s.tally()
	var twice []place
	s.wanted(func(at place) {
		if got.of(at) > 1 {
			twice = append(twice, at)
		}
	})
	text := s.without(got) + s.tank.stories(s.stream.name, "more than once", twice)
	if text != "" {
		t.Errorf("not every record of %s has come out exactly once at %s%s", s.stream.name, s.name, text)
	}
}

// without tells the history of records that have not come out.
func (s *Sink) without(got tally) string {
	var missing []place
	s.wanted(func(at place) {
		if got.of(at) == 0 {
			missing = append(missing, at)
		}
	})
	return s.tank.stories(s.stream.name, "not at all", missing)
}

// InOrder fails the test where a record has come out behind one that has the same key and was put after it. A record that
// comes again does not count.
func (s *Sink) InOrder(t testing.TB) {
	t.Helper()
	if late := s.late(); len(late) > 0 {
		t.Errorf("records of %s have come out at %s out of their keys' order%s",
			s.stream.name, s.name, s.tank.stories(s.stream.name, "behind a later one of its key", late))
	}
}

// late are the records that came out behind a later one of their key. Within a shard positions tell which is later, across
// a reshard the arrivals.
func (s *Sink) late() (late []place) {
	h := &s.tank.history
	h.mu.Lock()
	defer h.mu.Unlock()
	type last struct {
		arrival int64
		at      place
	}
	keys, seen := map[string]last{}, tally{}
	s.each(func(at place) {
		r := h.record(s.stream.name, at)
		if seen.add(at); seen.of(at) > 1 || r == nil {
			return
		}
		before, ok := keys[r.key]
		if ok && (before.at.shard == at.shard && before.at.seq > at.seq || before.at.shard != at.shard && before.arrival > r.arrival) {
			late = append(late, at)
			return
		}
		keys[r.key] = last{r.arrival, at}
	})
	return late
}

// Consumer is a reader of the test's own, as far as a tank knows it: it is told what has come.
type Consumer struct {
	*Sink
	mu  sync.Mutex
	got []place
}

// Consumer makes the sink of a consumer of the test's own, a program with GetRecords or SubscribeToShard. It is to get every
// record of the stream that is put from now on, and those that are there.
func (s *Stream) Consumer(name string) *Consumer {
	c := &Consumer{}
	c.Sink = &Sink{tank: s.tank, stream: s, name: name, verb: "has got", each: func(visit func(place)) {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, at := range c.got {
			visit(at)
		}
	}}
	return c
}

// Got tells that a record has come, by its sequence number. One that is none of the stream's ends the test.
func (c *Consumer) Got(sequenceNumber string) {
	k := c.tank
	k.t.Helper()
	n, ok := kinesis.ParseSequenceNumber(sequenceNumber)
	at := place{n.Shard(), n.Index() - 1}
	if !ok || n.Index() == 0 || !k.history.has(c.stream.name, at) {
		k.t.Errorf("tanktest: %s got %q, which is no record of %s", c.name, sequenceNumber, c.stream.name)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, at)
}
