//go:build !bug_not_idempotent

package orders

// counted tells whether an order was counted before. The caller holds the lock.
func (l *Ledger) counted(id string) bool { return l.seen[id] }
