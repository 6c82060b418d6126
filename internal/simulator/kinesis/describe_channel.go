package kinesis

// DescribeChannel
//
// Emulated: all members but ChannelStatusReason, as no channel is FAILED.
// Source: API reference DescribeChannel. The text of the refusal is ours.

// ChannelInput is the request of DescribeChannel and DeleteChannel.
type ChannelInput struct{ ChannelARN *string }

// DescribeChannel describes a channel.
func (s *Service) DescribeChannel(in ChannelInput) (*ChannelOutput, error) {
	if err := checkChannelARN(in.ChannelARN); err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	ch, err := s.channelOf(*in.ChannelARN, now)
	if err != nil {
		return nil, err
	}
	return &ChannelOutput{ch.describe(now)}, nil
}
