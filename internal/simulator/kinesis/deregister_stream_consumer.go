package kinesis

// DeregisterStreamConsumer
//
// Emulated: all members but StreamId; the consumer is DELETING for Model.Deregistering and then gone, and its name is taken
// until then. Its open subscriptions end at once with the error that a new one would be answered with, since a consumer
// that is DELETING cannot read (API reference, Consumer). A consumer that is DELETING already stays so: nothing happens.
// Source: API reference DeregisterStreamConsumer.

// DeregisterStreamConsumerInput is DeregisterStreamConsumer's request.
type DeregisterStreamConsumerInput struct{ ConsumerARN, ConsumerName, StreamARN *string }

// DeregisterStreamConsumer removes a consumer. Its answer is empty.
func (s *Service) DeregisterStreamConsumer(in DeregisterStreamConsumerInput) error {
	if err := checkSelection(in.ConsumerARN, in.ConsumerName, in.StreamARN); err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	st, c, err := s.lockConsumer(in.ConsumerARN, in.ConsumerName, in.StreamARN, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	st.removeConsumer(c, now.Add(s.cfg.Model.Deregistering))
	s.resources.forget(c.arn)
	return nil
}
