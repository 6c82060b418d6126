package lambda

import "time"

// backoff is how long a batch waits after its failed attempts, counted from 1: base, doubling, at most the cap.
func (m *Model) backoff(failed int) time.Duration {
	d := m.RetryBase
	for ; failed > 1 && d < m.RetryCap; failed-- {
		d *= 2
	}
	return min(d, m.RetryCap)
}
