package aggregate

import "github.com/wavetank/wavetank/internal/simulator/record"

// groupKey is what the user records of a group have in common: by shard its number, by key the hash key.
type groupKey struct {
	shard int32
	hash  record.Hash
}

// group is what a router gathers for one record of the stream.
type group[T any] struct {
	key            groupKey
	writer         *Writer
	batch          Batch[T]
	previous, next *group[T] // in the list
}

// list is groups in the order in which they were opened, so that what waits leaves in the same order in every run.
type list[T any] struct{ first, last *group[T] }

func (l *list[T]) push(g *group[T]) {
	g.previous, g.next = l.last, nil
	if l.last == nil {
		l.first = g
	} else {
		l.last.next = g
	}
	l.last = g
}

func (l *list[T]) remove(g *group[T]) {
	if g.previous == nil {
		l.first = g.next
	} else {
		g.previous.next = g.next
	}
	if g.next == nil {
		l.last = g.previous
	} else {
		g.next.previous = g.previous
	}
	g.previous, g.next = nil, nil
}
