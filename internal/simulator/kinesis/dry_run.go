package kinesis

import "time"

// A request with DryRun is checked and then answered with an error that says that it would have succeeded (API reference;
// SDK release v1.52.0). That it does nothing else and uses up none of the limits is our reading; the text is ours.

func isTrue(b *bool) bool { return b != nil && *b }

func errDryRun() *Error {
	return errorf("DryRunOperationException", "The request would have succeeded, but DryRun was set.")
}

// dryPut is the answer to the dry run of a put.
func (s *Service) dryPut(stream string, now time.Time) error {
	st, err := s.lockTaking(stream, now)
	if err != nil {
		return err
	}
	st.mu.Unlock()
	return errDryRun()
}

// dryRead is the answer to the dry run of a read of a stream that was found.
func (s *Service) dryRead(it iterator, now time.Time) error {
	st, err := s.lock(it.stream, now)
	if err != nil {
		return s.noShardThere(it.stream, it.shard)
	}
	st.mu.Unlock()
	return errDryRun()
}
