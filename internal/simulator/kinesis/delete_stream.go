package kinesis

import (
	"slices"
	"time"
)

// DeleteStream
//
// Emulated: the stream, its records and its consumers are gone after Model.Deleting. A stream with consumers is only deleted
// with EnforceConsumerDeletion, and one with channels never; that consumers and channels which are DELETING do not count is our
// reading.
// Source: API reference DeleteStream and DeleteChannel; the text of the refusal was seen on AWS (terraform-provider-aws issue 8420).

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
	if n := s.channelsOf(st, true, now); n > 0 && st.deleted.IsZero() {
		st.mu.Unlock()
		return errorf(codeInUse, "Stream %s under account %s cannot be deleted while it has active channels: %d.", name, s.cfg.Account, n)
	}
	if err := s.checkConsumed(st, in.EnforceConsumerDeletion, now); err != nil {
		st.mu.Unlock()
		return err
	}
	if st.deleted.IsZero() {
		st.deleted, st.gone = now, now.Add(s.cfg.Model.Deleting)
		st.touched.Store(true)
		for _, c := range st.consumersAt(now) {
			st.removeConsumer(c, st.gone)
		}
	}
	st.mu.Unlock()
	s.mu.Lock()
	s.forgetGone(now)
	s.mu.Unlock()
	return nil
}

// checkConsumed refuses to delete a stream that has consumers, unless their deletion is enforced.
func (s *Service) checkConsumed(st *stream, enforce *bool, now time.Time) error {
	if isTrue(enforce) || !slices.ContainsFunc(st.consumersAt(now), func(c *consumer) bool { return !c.deleted }) {
		return nil
	}
	return errorf(codeInUse, "DeleteStream can't delete %s:%s because there are consumers associated with this data stream. To "+
		"delete %s anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that "+
		"are associated with it.", s.cfg.Account, st.name, st.name)
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
				s.freed(st, sh.drop(sh.next, &st.free))
			}
			s.bury(st)
			s.resources.forget(s.StreamARN(name))
			st.dropped = true
			delete(s.streams, name)
		}
		st.mu.Unlock()
	}
}
