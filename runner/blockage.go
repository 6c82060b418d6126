package runner

import "sort"

// blockage is when a loader was kept waiting for a sender by its target. The time that a request was late is the target's
// fault as far as it lies in there, and the harness's own for the rest.
type blockage struct {
	spans []span // one after another
	total int64  // of all that there ever were
}

// span is a stretch of waiting, and all that came before it.
type span struct{ from, to, before int64 }

// add adds a stretch after all others. What ended before since is forgotten: nobody asks about it any more.
func (b *blockage) add(from, to, since int64) {
	if to <= from {
		return
	}
	old := 0
	for old < len(b.spans) && b.spans[old].to <= since {
		old++
	}
	b.spans = append(b.spans[:0], b.spans[old:]...)
	b.spans = append(b.spans, span{from, to, b.total})
	b.total += to - from
}

// since is how much there was from an instant on.
func (b *blockage) since(t int64) int64 {
	i := sort.Search(len(b.spans), func(i int) bool { return b.spans[i].to > t })
	if i == len(b.spans) {
		return 0
	}
	s := b.spans[i]
	return b.total - s.before - max(t-s.from, 0)
}
