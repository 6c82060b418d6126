package kinesis

// DeleteChannel
//
// Emulated: delivery stops at once, what is not delivered by then never is, and the channel is DELETING for
// Model.ChannelDeleting. Every state may be deleted: the reference lists no ResourceInUseException. One that is DELETING stays so.
// Source: API reference DeleteChannel; developer guide "Delete a streaming table delivery" (undelivered records are not delivered).

// DeleteChannel deletes a channel. Its answer is empty.
func (s *Service) DeleteChannel(in ChannelInput) error {
	if err := checkChannelARN(in.ChannelARN); err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	ch, err := s.channelOf(*in.ChannelARN, now)
	if err != nil {
		return err
	}
	if !ch.deleted {
		ch.deleted, ch.gone = true, now.Add(s.cfg.Model.ChannelDeleting)
		s.resources.touched.Store(true)
		ch.wake.Notify()
		s.channelsAt(now)
	}
	return nil
}
