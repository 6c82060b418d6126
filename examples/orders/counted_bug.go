//go:build bug_not_idempotent

package orders

// counted has a bug: it believes that a record comes once. Kinesis and Lambda promise that it comes at least once.
func (l *Ledger) counted(string) bool { return false }
