package kinesis

import "time"

// DeleteStream
//
// Emulated: the stream and its records are gone after Model.Deleting. EnforceConsumerDeletion is accepted: there are no
// registered consumers yet.
// Source: API reference DeleteStream.

// DeleteStreamInput is DeleteStream's request.
type DeleteStreamInput struct {
	StreamName, StreamARN   *string
	EnforceConsumerDeletion *bool
}

// DeleteStream deletes a stream with all its records. Its answer is empty.
func (s *Service) DeleteStream(in DeleteStreamInput) error {
	name, err := s.named(in.StreamName, in.StreamARN)
	if err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lock(name, now)
	if err != nil {
		return err
	}
	if st.deleted.IsZero() {
		st.deleted, st.gone = now, now.Add(s.cfg.Model.Deleting)
	}
	st.mu.Unlock()
	s.mu.Lock()
	s.forgetGone(now)
	s.mu.Unlock()
	return nil
}

// named checks and resolves the members by which most operations select a stream.
func (s *Service) named(name, arn *string) (string, error) {
	var c checks
	c.text("streamARN", arn, arnRule)
	c.text("streamName", name, nameRule)
	if err := c.err(); err != nil {
		return "", err
	}
	return s.streamOf(name, arn)
}

// forgetGone removes the streams whose deletion is over. The caller holds the service's lock.
func (s *Service) forgetGone(now time.Time) {
	for name, st := range s.streams {
		st.mu.Lock()
		_, there := st.status(now)
		if !there {
			for _, sh := range st.shards {
				s.memory.add(-sh.drop(sh.next, &st.free))
			}
			s.resources.forget(s.StreamARN(name))
			st.dropped = true
			delete(s.streams, name)
		}
		st.mu.Unlock()
	}
}
