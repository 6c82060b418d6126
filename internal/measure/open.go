package measure

// Open is how many records something is still expected of: those whose put is not settled, and of those that were acked
// the ones that did not come out of the sink that is furthest behind. A record whose fate is unknown is not waited for.
func (l *Ledger) Open() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var behind int64
	for i := range l.sinks {
		if s := &l.sinks[i]; !s.config.Unobserved {
			behind = max(behind, l.acked-s.deliveredAcked-s.droppedAcked)
		}
	}
	return l.offered - l.acked - l.givenUp - l.unknown + behind
}

// Due tells since when a record is due. It is not ok where the ledger has no such record, or no longer.
func (b *Batch) Due(lane uint32, number uint64) (due int64, ok bool) {
	e, _, _ := b.l.find(lane, number)
	if e == nil {
		return 0, false
	}
	return e.due, true
}
