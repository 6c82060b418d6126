package kinesis

import "time"

// UpdateChannel
//
// Emulated: the data freshness and the log. The channel is UPDATING for Model.ChannelUpdating, delivers as before meanwhile, and
// keeps the new freshness from then on, for what is buffered, too. The answer shows it at once.
// Source: API reference UpdateChannel; developer guide "Delivery quotas and limits". The texts of the refusals are ours.
//
// AWS does not say whether a request may ask for nothing; here it is refused. Of the log what is left out stays as it is.

// UpdateChannelInput is UpdateChannel's request.
type UpdateChannelInput struct {
	ChannelARN                       *string
	LoggingConfiguration             *ChannelLoggingConfiguration
	S3DestinationConfiguration       *S3DestinationUpdateInput
	S3TablesDestinationConfiguration *S3TablesDestination
}

// S3DestinationUpdateInput is what can be changed of a destination.
type S3DestinationUpdateInput struct{ DataFreshnessInSeconds *int32 }

// UpdateChannel changes a channel.
func (s *Service) UpdateChannel(in UpdateChannelInput) (*ChannelOutput, error) {
	if err := s.checkUpdate(&in); err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	ch, err := s.channelOf(*in.ChannelARN, now)
	if err != nil {
		return nil, err
	}
	if status, _ := ch.status(now); status != statusActive {
		return nil, s.notReady(ch, status)
	}
	ch.before, ch.updated = ch.freshness, now.Add(s.cfg.Model.ChannelUpdating)
	if d := in.S3DestinationConfiguration; d != nil {
		ch.freshness = time.Duration(*d.DataFreshnessInSeconds) * time.Second
	}
	if l := in.LoggingConfiguration; l != nil {
		ch.log(l.CloudWatchLogs)
	}
	s.resources.touched.Store(true)
	ch.wake.Notify()
	return &ChannelOutput{ch.describe(now)}, nil
}

// log changes where a channel logs.
func (ch *channel) log(to *CloudWatchLogs) {
	ch.logs.Enabled = to.Enabled
	if to.LogGroupName != nil {
		ch.logs.LogGroupName = to.LogGroupName
	}
	if to.LogStreamName != nil {
		ch.logs.LogStreamName = to.LogStreamName
	}
}

func (s *Service) checkUpdate(in *UpdateChannelInput) error {
	var c checks
	c.text("channelARN", in.ChannelARN, channelARNRule)
	d := in.S3DestinationConfiguration
	if d != nil && d.DataFreshnessInSeconds == nil {
		c.notNull("s3DestinationConfiguration.dataFreshnessInSeconds")
	}
	c.logging(in.LoggingConfiguration)
	if err := c.err(); err != nil {
		return err
	}
	switch {
	case in.S3TablesDestinationConfiguration != nil:
		return errorf(codeInvalidArgument, "Channel %s does not deliver to S3 Tables.", *in.ChannelARN)
	case d == nil && in.LoggingConfiguration == nil:
		return errorf(codeInvalidArgument, "UpdateChannel must be given S3DestinationConfiguration or LoggingConfiguration.")
	case d == nil:
		return nil
	}
	return s.checkFreshness(time.Duration(*d.DataFreshnessInSeconds) * time.Second)
}
