package tanktest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// told says what a queue was told of. Where that is too much, it tells the history of the first record of each batch; where it is too
// little, that of the records which could have been given up and were not.
func (q *Queue) told(few bool) string {
	text := q.tank.history.droppedTo(q.arn, !few)
	if !few {
		return text
	}
	s := q.of
	given, got := q.tank.history.givenUp(s.name, s.stream.name), s.tally()
	if at := s.poisonedIn(func(p place) bool { return given.of(p) == 0 }); len(at) > 0 {
		return text + s.storiesOf(fmt.Sprintf("%d of the records of %s poisoned and not given up", len(at), s.stream.name), at, nil)
	}
	var tried []place
	s.wanted(func(p place) {
		if got.of(p) == 0 && given.of(p) == 0 {
			tried = append(tried, p)
		}
	})
	return text + s.storiesOf(fmt.Sprintf("%d of the records of %s neither out nor told of", len(tried), s.stream.name), tried, nil)
}

// givenUp counts the records that a function has given up.
func (h *history) givenUp(function, stream string) tally {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := tally{}
	for i := range h.drops {
		if d := &h.drops[i]; d.function == function && d.stream == stream && d.destination != "" {
			d.places.each(func(at place) { n.add(at) })
		}
	}
	return n
}

// droppedTo tells of the first batches that were given up and told to a destination, and, where that is asked for, what happened to the
// first record of each; "" where there are none.
func (h *history) droppedTo(arn string, stories bool) string {
	h.mu.Lock()
	var drops []drop
	var told []string
	for i := range h.drops {
		d := &h.drops[i]
		if d.destination != arn {
			continue
		}
		if drops = append(drops, *d); len(drops) <= shown {
			told = append(told, h.batchText(d))
		}
	}
	h.mu.Unlock()
	var b strings.Builder
	switch n := len(drops); {
	case n == 0:
		return ""
	case n > shown:
		fmt.Fprintf(&b, "\nit was told, here the first %d:\n", shown)
	default:
		b.WriteString("\nit was told:\n")
	}
	for i, text := range told {
		fmt.Fprintf(&b, " %s  %s\n", clockTime(drops[i].at.UnixNano()), text)
		if stories {
			first := drops[i].places.first()
			lines, _ := h.lines(drops[i].stream, first, drops[i].function, false)
			slices.SortStableFunc(lines, func(a, b line) int { return int(a.at - b.at) })
			tell(&b, first, lines)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// batchText is how a drop is told as a batch. The history is locked.
func (h *history) batchText(d *drop) string {
	first, last := d.places.first(), d.places.last()
	text := fmt.Sprintf("%s, %s: %d records of %s, from %d to %d of %s", d.condition, h.attempts(d, first), d.places.count(), d.stream,
		first.seq, last.seq, kinesis.ShardID(first.shard))
	s := h.streams[d.stream]
	if s == nil || len(s.poisoned) == 0 {
		return text
	}
	var ill []uint64
	d.places.each(func(at place) {
		if s.poisoned[at] {
			ill = append(ill, at.seq)
		}
	})
	switch len(ill) {
	case 0:
		return text
	case 1:
		return text + fmt.Sprintf(", of which record %d is poisoned", ill[0])
	}
	return text + fmt.Sprintf(", of which %d are poisoned, record %d first", len(ill), ill[0])
}

// tell writes the story of a record.
func tell(b *strings.Builder, at place, lines []line) {
	fmt.Fprintf(b, " record %d of %s\n", at.seq, kinesis.ShardID(at.shard))
	for _, l := range lines {
		fmt.Fprintf(b, "  %s  %s\n", clockTime(l.at), l.text)
	}
}
