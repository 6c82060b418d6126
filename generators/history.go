package generators

import "math"

// replayable is a lane whose state is the sum of all its records so far.
type replayable[S any] interface {
	at() uint64     // the number of the record that comes next
	step()          // draws it
	reset()         // goes to record 0
	save(spare S) S // copies the state, into the spare one where that has room
	load(state S)   // from a copy, which stays as it is
}

// history is copies of a lane's state at some of its records, so that seeking back need not replay from the beginning. It
// is filled only while a lane seeks: a lane that only goes forward keeps none.
//
// The further back, the sparser: a new mark pushes out the one whose neighbours are closest for their distance from the
// present. Going back by d records so replays a number of records that is proportional to d, however many there are.
type history[S any] struct {
	every uint64 // records from mark to mark
	most  int    // marks
	marks []mark[S]
	spare S // pushed out, for its memory
}

// mark is the state before record number was drawn.
type mark[S any] struct {
	number uint64
	state  S
}

// newHistory bounds the marks of states of that many bytes to about 16 MiB.
func newHistory[S any](bytes int) history[S] {
	return history[S]{every: uint64(max(1024, bytes/16)), most: min(max((16<<20)/max(bytes, 1), 4), 32)}
}

// seek makes record n the lane's next.
func (h *history[S]) seek(l replayable[S], n uint64) {
	if n < l.at() {
		h.rewind(l, n)
	}
	for l.at() < n {
		if at := l.at(); at%h.every == 0 && at > 0 && (len(h.marks) == 0 || h.marks[len(h.marks)-1].number < at) {
			h.add(at, l.save(h.spare))
		}
		l.step()
	}
}

// rewind goes to the last mark at or before record n. It forgets the later ones: they are made again on the way.
func (h *history[S]) rewind(l replayable[S], n uint64) {
	last := len(h.marks)
	for last > 0 && h.marks[last-1].number > n {
		last--
	}
	h.marks = h.marks[:last]
	if last == 0 {
		l.reset()
		return
	}
	l.load(h.marks[last-1].state)
}

func (h *history[S]) add(number uint64, state S) {
	var none S
	h.spare = none
	h.marks = append(h.marks, mark[S]{number, state})
	if len(h.marks) <= h.most {
		return
	}
	drop, least := 1, math.Inf(1)
	for i := 1; i < len(h.marks)-1; i++ {
		from := h.marks[i-1].number
		if gap := float64(h.marks[i+1].number-from) / float64(number-from); gap < least {
			drop, least = i, gap
		}
	}
	h.spare = h.marks[drop].state
	h.marks = append(h.marks[:drop], h.marks[drop+1:]...)
}
