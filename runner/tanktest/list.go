package tanktest

// list is one that only grows, to millions. All but its latest part stays where it is: a slice would be copied again and again.
type list[T any] struct {
	full [][]T // each of listRun
	last []T
}

const listRun = 1024 // entries that lie one behind the other

func (l *list[T]) len() int { return len(l.full)*listRun + len(l.last) }

// at is the i-th, from 0.
func (l *list[T]) at(i int) *T {
	if run := i / listRun; run < len(l.full) {
		return &l.full[run][i%listRun]
	}
	return &l.last[i%listRun]
}

// add appends one. The first of many make room as a slice does: most tanks keep a few.
func (l *list[T]) add(v T) {
	if len(l.last) == listRun {
		l.full = append(l.full, l.last)
		l.last = make([]T, 0, listRun)
	}
	l.last = append(l.last, v)
}
