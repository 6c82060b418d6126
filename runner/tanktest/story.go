package tanktest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// shown is how many records a failed assertion tells the history of.
const shown = 3

// line is one of a story's.
type line struct {
	at   int64 // unix nanoseconds
	text string
}

func lineOf(at int64, format string, args ...any) line { return line{at, fmt.Sprintf(format, args...)} }

// clockTime is an instant as stories have it, for dated: its date is told where a text has several.
func clockTime(nano int64) string {
	return time.Unix(0, nano).UTC().Format("\x002006-01-02 15:04:05.000")
}

var dates = regexp.MustCompile(`\x00(\d+-\d\d-\d\d )`)

// dated is a text with instants as it is told. Their dates, in UTC, are left out where all have the same.
func dated(text string) string {
	first := dates.FindString(text)
	for _, d := range dates.FindAllString(text, -1) {
		if d != first {
			return dates.ReplaceAllString(text, "$1")
		}
	}
	return strings.ReplaceAll(text, first, "")
}

// errorf fails the test with stories, which are dated together.
func (s *Sink) errorf(t testing.TB, format string, args ...any) {
	t.Helper()
	t.Error(dated(fmt.Sprintf(format, args...)))
}

// stories tells the history of some records, the first of them in the order of their places, and beside it what notes says of
// them; "" where there are none.
func (s *Sink) stories(what string, at []place, notes map[place]line) string {
	return s.storiesOf(fmt.Sprintf("%d of them %s", len(at), what), at, notes)
}

// storiesOf is stories under a heading of its own.
func (s *Sink) storiesOf(heading string, at []place, notes map[place]line) string {
	if len(at) == 0 {
		return ""
	}
	slices.SortFunc(at, func(a, b place) int {
		if a.shard != b.shard {
			return int(a.shard - b.shard)
		}
		return int(int64(a.seq) - int64(b.seq))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s", heading)
	at = slices.Compact(at) // user records of one aggregate
	if len(at) > shown {
		fmt.Fprintf(&b, ", here the first %d", shown)
	}
	b.WriteString(":\n")
	for _, p := range at[:min(len(at), shown)] {
		tell(&b, p, s.story(p, notes))
	}
	return b.String()
}

// story is what happened to one record, a line for each event in their order, and where it is now if it has not come out and was
// not given up.
func (s *Sink) story(at place, notes map[place]line) []line {
	lines, over := s.tank.history.lines(s.stream.name, at, s.name, s.opens)
	if s.own != nil {
		lines = append(lines, s.own(at)...)
	}
	if n, ok := notes[at]; ok {
		lines = append(lines, n)
	}
	slices.SortStableFunc(lines, func(a, b line) int { return int(a.at - b.at) })
	if s.where != nil && !over && s.times(at) == 0 {
		if text := s.where(at); text != "" {
			lines = append(lines, line{s.tank.Now().UnixNano(), text})
		}
	}
	return lines
}

// lines are what the services did with one record of a stream, for whom: a function, or a delivery stream. over tells that nothing of it is
// left to come there: it was given up, or all of it delivered.
func (h *history) lines(stream string, at place, by string, delivery bool) (lines []line, over bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.record(stream, at)
	if r == nil {
		return []line{{text: "no such record was put"}}, true
	}
	add := func(at int64, format string, args ...any) { lines = append(lines, lineOf(at, format, args...)) }
	b := h.bundle(stream, at)
	if r.due != 0 {
		add(r.due, "due")
	}
	lines = append(lines, h.streams[stream].refused(r)...)
	add(r.arrival, "stored in %s as record %d, key %q%v", kinesis.ShardID(at.shard), at.seq, r.key, b)
	if h.streams[stream].poisoned[at] {
		add(r.arrival, poisonText)
	}
	lines = append(lines, h.triesOf(stream, at)...)
	for i := range h.untaken {
		u := &h.untaken[i]
		switch {
		case u.stream != stream || !u.places.has(at):
		case u.times == 1:
			add(u.first, "in a batch of %d, not taken by %s: %s", u.places.count(), u.function, u.why)
		default:
			add(u.first, "in a batch of %d, not taken by %s %d times, until %s: %s", u.places.count(), u.function, u.times, clockTime(u.last), u.why)
		}
	}
	gone := 0
	for i := range h.drops {
		d := &h.drops[i]
		n := d.places.times(at)
		if d.stream != stream || n == 0 {
			continue
		}
		add(d.at.UnixNano(), "%s", h.dropText(d, at, b))
		switch {
		case delivery && (d.function == transformOf(by) || d.function == by && d.attempts == 0):
			gone += n
		case !delivery && d.function == by && d.attempts > 0:
			over = true
		}
	}
	for _, d := range h.deliveries {
		if n := d.places.times(at); d.stream == stream && n > 0 {
			add(d.at.UnixNano(), "%sdelivered to %s by %s", b.some(n), d.object, d.deliveryStream)
			if delivery && d.deliveryStream == by {
				gone += n
			}
		}
	}
	return lines, over || gone > 0 && gone >= int(b.opens)
}

// refused are the refusals of records of a record's key, since it was due or, where nobody said, since the one before it was stored:
// what was refused has no place. Many of one limit have one line.
func (s *streamHistory) refused(r *stored) (lines []line) {
	since := r.due
	if since == 0 {
		for _, shard := range s.shards {
			for i := range shard.stored.len() {
				if o := shard.stored.at(i); o.key == r.key && o.arrival < r.arrival {
					since = max(since, o.arrival)
				}
			}
		}
	}
	var of []refusal
	for _, f := range s.refusals {
		if f.key == r.key && f.at >= since && f.at < r.arrival {
			of = append(of, f)
		}
	}
	for len(of) > 0 {
		n := 1
		for n < len(of) && of[n].limit == of[0].limit {
			n++
		}
		if n <= 3 {
			n = 1
			lines = append(lines, lineOf(of[0].at, "a record of its key is refused: %s", of[0].limit))
		} else {
			lines = append(lines, lineOf(of[0].at, "records of its key are refused %d times, until %s: %s", n, clockTime(of[n-1].at), of[0].limit))
		}
		of = of[n:]
	}
	return lines
}

func to(destination string) string {
	if destination == "" {
		return ""
	}
	return ", and told to " + destination
}

// try is one invocation with a record.
type try struct {
	*invocation
	some    string // of the record's user records; "" where they are all
	size    int
	outcome string
}

// triesOf are the invocations with a record, function by function. The history is locked.
func (h *history) triesOf(stream string, at place) (lines []line) {
	of, b := map[string][]try{}, h.bundle(stream, at)
	var functions []string
	for i := range h.invocations.len() {
		v := h.invocations.at(i)
		n := 0
		if v.stream == stream {
			n = v.places.times(at)
		}
		if n == 0 {
			continue
		}
		if of[v.function] == nil {
			functions = append(functions, v.function)
		}
		of[v.function] = append(of[v.function], try{v, b.seenBy(v.function).some(n), v.places.count(), h.outcome(i, at)})
	}
	for _, f := range functions {
		lines = append(lines, fold(of[f])...)
	}
	return lines
}

// fold makes lines of a function's invocations with a record. Of retries that all end alike the first two have one, and the others
// one together.
func fold(tries []try) (lines []line) {
	for len(tries) > 0 {
		n := 1
		for n < len(tries) && tries[n].again(&tries[n-1]) {
			n++
		}
		each := n
		if n > 3 {
			each = 2
		}
		for _, t := range tries[:each] {
			lines = append(lines, lineOf(t.sent.UnixNano(), "%sin a batch of %d, attempt %d, to %s: %s", t.some, t.size, t.attempt, t.function, t.outcome))
		}
		if each < n {
			first, last := &tries[each], &tries[n-1]
			until := clockTime(last.sent.UnixNano())
			lines = append(lines, lineOf(first.sent.UnixNano(), "attempts %d to %d, until %s: the same", first.attempt, last.attempt, until))
		}
		tries = tries[n:]
	}
	return lines
}

// again tells whether a try repeats the one before it and ends as that did. Each timeout names a request of its own.
func (t *try) again(before *try) bool {
	reason := func(t *try) string {
		if head, tail, ok := strings.Cut(t.outcome, "RequestId: "); ok {
			_, tail, _ = strings.Cut(tail, " ")
			return head + tail
		}
		return t.outcome
	}
	return t.attempt == before.attempt+1 && t.size == before.size && t.some == before.some && reason(t) == reason(before)
}

// outcome is what became of one record in the i-th invocation. The history is locked.
func (h *history) outcome(i int, at place) string {
	v := h.invocations.at(i)
	switch {
	case v.err != "" && v.remaining > 0:
		return "all of it again: " + v.err
	case v.err != "":
		return "failed: " + v.err
	case v.remaining > 0 && !v.done(at):
		if first := v.places.nth(v.places.count() - v.remaining); first != at {
			return fmt.Sprintf("behind record %d, which was reported", first.seq)
		}
		return "reported as failed"
	}
	return h.answerTo(i, at)
}

// answerTo is what the i-th invocation, which has returned, says of one record: of user records of an aggregate it may say more than one
// thing. The history is locked.
func (h *history) answerTo(i int, at place) string {
	all := h.invocations.at(i).places.times(at)
	rest, text := all, ""
	for _, a := range h.answers {
		n := 0
		if a.invocation == i {
			n = a.places.times(at)
		}
		switch n {
		case 0:
			continue
		case all:
			return a.text
		}
		rest -= n
		text += fmt.Sprintf("%d of %d user records: %s; ", n, all, a.text)
	}
	switch {
	case text == "":
		return "succeeded"
	case rest == 0:
		return strings.TrimSuffix(text, "; ")
	}
	return fmt.Sprintf("%s%d of %d: succeeded", text, rest, all)
}

// held is how many of the records that a service holds are of one place of a stream: what arrived before that was made is another's.
func held(recs []record.Record, at place, made int64) (n int) {
	for i := range recs {
		if recs[i].Shard == at.shard && recs[i].Seq == at.seq && recs[i].Arrival >= made {
			n++
		}
	}
	return n
}

// inFunction tells where a record is that a function has not succeeded with and that was not given up. Nothing is locked.
func (k *Tank) inFunction(function, stream string) func(place) string {
	return func(at place) (text string) {
		made := k.history.made(stream)
		k.world.Lambda.Stages(func(s lambda.Stage) {
			if s.Function != function || s.Stream != stream || held(s.Records, at, made) == 0 {
				return
			}
			switch when := clockTime(s.At.UnixNano()); {
			case s.Step == lambda.Invoked:
				text = fmt.Sprintf("in an invocation of %s that was sent at %s and has not ended", function, when)
			case s.Step == lambda.Held:
				text = fmt.Sprintf("a fault holds its invocation of %s since %s", function, when)
			case s.Step == lambda.Retried:
				text = fmt.Sprintf("waits to be sent to %s again, at %s", function, when)
			case s.Step == lambda.Behind:
				text = fmt.Sprintf("in a batch of %s, behind records that are tried first", function)
			case s.At.IsZero():
				text = fmt.Sprintf("read by %s, behind the batch that is tried", function)
			default:
				text = fmt.Sprintf("read by %s, gathered for a batch until %s", function, when)
			}
		})
		if text == "" {
			text = k.history.unread(stream, at, function, lambda.Reader(function), function)
		}
		return text
	}
}

// inDelivery tells where a record is that a delivery stream has not delivered and that was not given up: where each of its user records is
// that it holds. Nothing is locked.
func (k *Tank) inDelivery(name, stream string) func(place) string {
	return func(at place) string {
		k.history.mu.Lock()
		b := k.history.bundle(stream, at)
		k.history.mu.Unlock()
		made := k.history.made(stream)
		var texts []string
		failing := k.history.failingPut(name, at.shard)
		k.world.Firehose.Stages(func(s firehose.Stage) {
			if s.DeliveryStream != name || s.Source != stream {
				return
			}
			if n := held(s.Records, at, made); n > 0 {
				texts = append(texts, b.some(n)+waits(name, &s, failing))
			}
		})
		if len(texts) == 0 {
			reader := firehose.ReaderName(name)
			return k.history.unread(stream, at, name, reader, reader)
		}
		return strings.Join(texts, "; ")
	}
}

// waits says what records that a delivery stream holds wait for; failing is what it says of failing deliveries.
func waits(name string, s *firehose.Stage, failing string) string {
	switch due := clockTime(s.Due.UnixNano()); s.Step {
	case firehose.Gathered:
		return fmt.Sprintf("in the buffer of %s, which is due at %s", name, due)
	case firehose.Cut:
		return fmt.Sprintf("in an object of %s that is not stored yet%s", name, failing)
	case firehose.Untouched:
		return fmt.Sprintf("in the buffer of %s, which is due at %s", transformOf(name), due)
	case firehose.Transforming:
		return "with " + transformOf(name) + failing
	case firehose.Held:
		return fmt.Sprintf("a fault holds its invocation of %s since %s", transformOf(name), due)
	case firehose.Ahead:
		return fmt.Sprintf("back from %s, behind records that are not", transformOf(name))
	}
	return ""
}
