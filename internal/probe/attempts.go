package probe

import "container/list"

// remembered is how many beginnings of batches an environment remembers.
const remembered = 1024

// beginning is where a batch begins.
type beginning struct{ stream, shard, sequence string }

// attempts counts how often batches that begin at the same record came. It forgets the one that came longest ago. The zero
// value has seen nothing.
type attempts struct {
	seen  map[beginning]*list.Element
	order list.List // of *attempt, the latest first
}

type attempt struct {
	beginning
	count int
}

// see counts one more and says how many there were, this one included.
func (a *attempts) see(b beginning) int {
	if a.seen == nil {
		a.seen = map[beginning]*list.Element{}
	}
	if e, ok := a.seen[b]; ok {
		a.order.MoveToFront(e)
		e.Value.(*attempt).count++
		return e.Value.(*attempt).count
	}
	if len(a.seen) == remembered {
		oldest := a.order.Back()
		delete(a.seen, oldest.Value.(*attempt).beginning)
		a.order.Remove(oldest)
	}
	a.seen[b] = a.order.PushFront(&attempt{b, 1})
	return 1
}
