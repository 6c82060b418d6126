package kinesis

// A request with DryRun is checked and then answered with an error that says that it would have succeeded (API reference;
// SDK release v1.52.0). That it does nothing else and uses up none of the limits is our reading; the text is ours.

func isTrue(b *bool) bool { return b != nil && *b }

func errDryRun() *Error {
	return errorf("DryRunOperationException", "The request would have succeeded, but DryRun was set.")
}

// dryRun is the answer to a dry run that needs a stream.
func (s *Service) dryRun(stream string) error {
	if _, err := s.find(stream); err != nil {
		return err
	}
	return errDryRun()
}
