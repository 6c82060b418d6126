package receiver

import "container/list"

// request is what names one: ids of different delivery streams are apart.
type request struct{ source, id string }

// attempts counts how often requests came. It remembers so many, and forgets the one that came longest ago.
type attempts struct {
	most  int
	seen  map[request]*list.Element
	order list.List // of *attempt, the latest first
}

type attempt struct {
	request
	count int
}

// see counts one more and says how many there were, this one included.
func (a *attempts) see(r request) int {
	if a.seen == nil {
		a.seen = map[request]*list.Element{}
	}
	if e, ok := a.seen[r]; ok {
		a.order.MoveToFront(e)
		e.Value.(*attempt).count++
		return e.Value.(*attempt).count
	}
	if len(a.seen) == a.most {
		oldest := a.order.Back()
		delete(a.seen, oldest.Value.(*attempt).request)
		a.order.Remove(oldest)
	}
	a.seen[r] = a.order.PushFront(&attempt{r, 1})
	return 1
}
