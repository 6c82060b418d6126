package tanktest

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// Sink is where the records of a stream come out: a handler that succeeded with them, the objects of a delivery stream, or a
// consumer of the test's own. Its methods fail the test where what came out is not what was put in, and tell what happened to
// the first records that this is about.
//
// They also fail where nothing can be said yet: while a load ([Stream.Put]) is not wholly put, and where the stream has taken no
// record that is to come out here. Let time pass first: [Sink.WaitAll], [Sink.Wait], or [Tank.Until] and [Tank.Advance].
//
// They count records of the stream. A delivery stream opens aggregates of the KPL's: there such a record has come out when all of its user
// records have, and more than once when more have.
type Sink struct {
	tank   *Tank
	stream *Stream
	name   string
	verb   string // what it has done with a record
	opens  bool   // it gets user records: aggregates are opened on their way here
	begins beginning

	// each visits what came out, in the order in which it did, from an event on, and returns the next. The history is locked.
	each  func(from int, visit func(at place, when int64)) (next int)
	own   func(at place) []line // what happened to a record that the history does not know; nil: nothing
	where func(at place) string // where a record is that has not come out; "" where nobody can tell

	mu      sync.Mutex
	counted counted
}

// beginning is where in a stream a sink begins.
type beginning struct {
	number int           // which of the streams of its name: in a later one it begins with the first record
	behind map[int32]int // by shard, how many records were there before those that it is to get
}

// of is how many records of each shard a sink does not get. The history is locked.
func (b *beginning) of(s *streamHistory) map[int32]int {
	if s.number != b.number {
		return nil
	}
	return b.behind
}

// counted is what has come out, as far as somebody has asked: to ask again costs what has come since.
type counted struct {
	tally    tally
	parts    map[place]int // of aggregates where they are opened, how many user records; nil: none has come
	distinct int
	next     int
	number   int // which of the streams of its name
}

// count counts what has come out since it was last called. The caller holds the sink's lock.
func (s *Sink) count() *counted {
	h, c := &s.tank.history, &s.counted
	h.mu.Lock()
	defer h.mu.Unlock()
	if number := h.number(s.stream.name); c.tally == nil || c.number != number {
		*c = counted{tally: tally{}, number: number}
	}
	var of map[place]bundle
	if s.opens {
		of = h.bundles(s.stream.name)
	}
	c.next = s.each(c.next, func(at place, _ int64) {
		if c.whole(of, at) && c.tally.add(at) == 1 {
			c.distinct++
		}
	})
	return c
}

// tally counts how often each record came out, the whole of it.
func (s *Sink) tally() tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := maps.Clone(s.count().tally)
	for shard, times := range c {
		c[shard] = slices.Clone(times)
	}
	return c
}

// times is how often one record came out.
func (s *Sink) times(at place) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count().tally.of(at)
}

// Distinct is how many different records have come out so far.
func (s *Sink) Distinct() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count().distinct
}

// wanted visits the records that are to come out: those of the stream, from where the sink began.
func (s *Sink) wanted(visit func(place)) {
	from, to := s.tank.history.span(s.stream.name, &s.begins)
	for shard, n := range to {
		for seq := from[shard]; seq < n; seq++ {
			visit(place{shard, uint64(seq)})
		}
	}
}

// Delivered fails the test where another number of different records has come out. None may be right for a stream that has taken
// none.
func (s *Sink) Delivered(t testing.TB, n int) {
	t.Helper()
	got := s.tally()
	have, early := got.distinct(), s.stillToCome()
	switch {
	case have == n && early == "":
	case have == n:
		s.errorf(t, "%s %s %d records, but %s", s.name, s.verb, have, early)
	case early != "":
		s.errorf(t, "%s %s %d records, not %d: %s", s.name, s.verb, have, n, early)
	case have < n && s.nothing() != "":
		s.errorf(t, "%s %s %d records, not %d: %s", s.name, s.verb, have, n, s.nothing())
	case have > n:
		s.errorf(t, "%s %s %d records, not %d%s%s", s.name, s.verb, have, n, s.badly(got), s.without(got))
	default:
		s.errorf(t, "%s %s %d records, not %d%s", s.name, s.verb, have, n, s.without(got))
	}
}

// AtLeastOnce fails the test where a record of the stream has not come out, whether it was given up or is still on its way.
func (s *Sink) AtLeastOnce(t testing.TB) {
	t.Helper()
	if text := s.early("AtLeastOnce"); text != "" {
		s.errorf(t, "%s", text)
		return
	}
	if text := s.without(s.tally()); text != "" {
		s.errorf(t, "not every record of %s has come out at %s%s", s.stream.name, s.name, text)
	}
}

// ExactlyOnce fails the test where a record of the stream has not come out, or more than once. Of a function its successes count as Lambda
// knows of them: one whose answer was lost ([Loses]) is none, though the handler has run.
func (s *Sink) ExactlyOnce(t testing.TB) {
	t.Helper()
	got := s.tally()
	var twice []place
	s.wanted(func(at place) {
		if got.of(at) > 1 {
			twice = append(twice, at)
		}
	})
	more := s.stories("more than once", twice, nil)
	if text := s.early("ExactlyOnce"); text != "" {
		s.errorf(t, "%s%s", text, more)
		return
	}
	if text := s.without(got) + more; text != "" {
		s.errorf(t, "not every record of %s has come out exactly once at %s%s", s.stream.name, s.name, text)
	}
}

// without tells the history of records that have not come out, or not wholly.
func (s *Sink) without(got tally) string {
	var missing, partial []place
	s.wanted(func(at place) {
		switch {
		case got.of(at) > 0:
		case s.begun(at):
			partial = append(partial, at)
		default:
			missing = append(missing, at)
		}
	})
	return s.stories("not at all", missing, nil) + s.stories("only in part", partial, nil)
}

// InOrder fails the test where a record has come out behind one that has the same key and was put after it, and where none has come
// out. A record that comes again does not count.
func (s *Sink) InOrder(t testing.TB) {
	t.Helper()
	late, notes := s.late()
	more := s.stories("behind a later one of its key", late, notes)
	switch early := s.early("InOrder"); {
	case early != "":
		s.errorf(t, "%s%s", early, more)
	case more != "":
		s.errorf(t, "records of %s have come out at %s out of their keys' order%s", s.stream.name, s.name, more)
	case s.Distinct() == 0:
		s.errorf(t, "no record of %s has come out at %s: InOrder has shown nothing%s", s.stream.name, s.name, s.without(tally{}))
	}
}

// late are the records that came out behind a later one of their key, and notes which one that was. Within a shard positions
// tell which is later, across a reshard which shard became which. A key that is in two shards of which none became the other (explicit hash
// keys, aggregates) has no order there.
func (s *Sink) late() (late []place, notes map[place]line) {
	h, shards := &s.tank.history, s.stream.lineage()
	type last struct {
		arrival, when int64
		at            place
	}
	type in struct {
		key   string
		shard int32
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	keys, seen, rivals := map[in]last{}, tally{}, map[int32][]int32{}
	notes = map[place]line{}
	s.each(0, func(at place, when int64) {
		r := h.record(s.stream.name, at)
		if seen.add(at) > 1 || r == nil {
			return
		}
		others, ok := rivals[at.shard]
		if !ok {
			others = shards.rivals(at.shard, maps.Keys(h.streams[s.stream.name].shards))
			rivals[at.shard] = others
		}
		for _, shard := range others {
			before, ok := keys[in{r.key, shard}]
			if !ok || shard == at.shard && before.at.seq < at.seq || shard != at.shard && !shards.later(shard, at.shard, before.arrival > r.arrival) {
				continue
			}
			late = append(late, at)
			notes[at] = lineOf(when, "comes out at %s behind record %d of %s, a later one of its key, which came out at %s",
				s.name, before.at.seq, kinesis.ShardID(before.at.shard), clockTime(before.when))
			return
		}
		keys[in{r.key, at.shard}] = last{r.arrival, when, at}
	})
	return late, notes
}

// Consumer is a reader of the test's own, as far as a tank knows it: it is told what has come.
type Consumer struct {
	*Sink
	mu  sync.Mutex
	got []got
}

// got is a record that has come.
type got struct {
	place
	when   int64
	number int // which of the streams of its name it is of
}

// Consumer makes the sink of a consumer of the test's own, a program with GetRecords or SubscribeToShard. It is to get every
// record of the stream that is put from now on, and those that are there.
func (s *Stream) Consumer(name string) *Consumer {
	s.tank.t.Helper()
	c := &Consumer{}
	c.Sink = &Sink{tank: s.tank, stream: s, name: name, verb: "has got", each: c.each, own: c.story, where: func(at place) string {
		text := "not got by " + name + " yet"
		if expired := s.tank.history.expiry(s.name, at); expired != "" {
			text = expired + ", and was never got by " + name
		}
		return text + s.tank.history.failingReads(s.name, at)
	}}
	c.begins = s.tank.beginsAtHorizon(s.name)
	return c
}

func (c *Consumer) each(from int, visit func(at place, when int64)) (next int) {
	return c.eachOf(c.tank.history.number(c.stream.name), from, visit)
}

// eachOf is each of one of the streams of the name.
func (c *Consumer) eachOf(number, from int, visit func(at place, when int64)) (next int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range c.got[from:] {
		if g.number == number {
			visit(g.place, g.when)
		}
	}
	return len(c.got)
}

// story tells when the consumer got a record.
func (c *Consumer) story(at place) (lines []line) {
	again := ""
	number, _ := c.tank.history.has(c.stream.name, at)
	c.eachOf(number, 0, func(o place, when int64) {
		if o == at {
			lines = append(lines, lineOf(when, "got by %s%s", c.name, again))
			again = " again"
		}
	})
	return lines
}

// sequenceNumber is that of a record of a stream; "" where the stream has no such shard any more.
func (k *Tank) sequenceNumber(stream string, at place) string {
	sequence := k.world.Kinesis.Sequence(stream, at.shard)
	if sequence == nil {
		return ""
	}
	k.history.mu.Lock()
	r := k.history.ofPlace(stream, at)
	k.history.mu.Unlock()
	return string(sequence(nil, &r))
}

// Got tells that a record has come, by its sequence number. One that is none of the stream's fails the test.
func (c *Consumer) Got(sequenceNumber string) {
	k := c.tank
	k.t.Helper()
	n, ok := kinesis.ParseSequenceNumber(sequenceNumber)
	at := place{n.Shard(), n.Index() - 1}
	number, has := k.history.has(c.stream.name, at)
	if !ok || n.Index() == 0 || !has || !slices.Contains([]string{"", sequenceNumber}, k.sequenceNumber(c.stream.name, at)) {
		k.t.Errorf("tanktest: %s got %q, which is no record of %s", c.name, sequenceNumber, c.stream.name)
		return
	}
	when := k.Now().UnixNano()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, got{at, when, number})
}
