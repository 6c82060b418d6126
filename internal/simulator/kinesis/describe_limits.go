package kinesis

// DescribeLimits
//
// Emulated: shards and on-demand streams, as they count against the quotas: shards of on-demand streams count against none.
// ChannelCount counts channels of every state. ChannelCountLimit is twice the quota of on-demand streams.
// Source: API reference DescribeLimits; developer guide "Delivery quotas and limits".

// DescribeLimitsInput is DescribeLimits's request: it has no members.
type DescribeLimitsInput struct{}

// DescribeLimitsOutput is DescribeLimits's answer.
type DescribeLimitsOutput struct {
	ShardLimit               int
	OpenShardCount           int
	OnDemandStreamCount      int
	OnDemandStreamCountLimit int
	ChannelCount             int
	ChannelCountLimit        int
}

// DescribeLimits describes the quotas of the account and what is used of them.
func (s *Service) DescribeLimits(DescribeLimitsInput) (*DescribeLimitsOutput, error) {
	now := s.cfg.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetGone(now)
	used := s.use(now)
	return &DescribeLimitsOutput{
		ShardLimit: s.cfg.Limits.Shards, OpenShardCount: used.shards,
		OnDemandStreamCount: used.onDemand, OnDemandStreamCountLimit: s.cfg.Limits.OnDemandStreams,
		ChannelCount: s.channelsOf(nil, false, now), ChannelCountLimit: s.mostChannels(),
	}, nil
}
