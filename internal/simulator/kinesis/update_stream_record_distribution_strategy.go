package kinesis

// UpdateStreamRecordDistributionStrategy
//
// Emulated: AUTO and USER_PARTITION_KEY of on-demand streams, at once. With AUTO each record goes to the next open shard
// in turn, whatever its keys say, and needs no PartitionKey; AWS says "evenly" and does not document the algorithm. A
// record without a key is read without one. The stream must be ACTIVE (its ResourceInUseException).
// Source: API reference UpdateStreamRecordDistributionStrategy; developer guide "Service-managed record distribution".

// UpdateStreamRecordDistributionStrategyInput is UpdateStreamRecordDistributionStrategy's request.
type UpdateStreamRecordDistributionStrategyInput struct{ StreamARN, RecordDistributionStrategy *string }

var strategyRule = rule{enum: []string{autoDistribution, userPartitionKey}}

// UpdateStreamRecordDistributionStrategy changes how a stream chooses its records' shards. Its answer is empty.
func (s *Service) UpdateStreamRecordDistributionStrategy(in UpdateStreamRecordDistributionStrategyInput) error {
	var c checks
	c.text("recordDistributionStrategy", in.RecordDistributionStrategy, strategyRule.needed())
	c.text("streamARN", in.StreamARN, arnRule.needed())
	if err := c.err(); err != nil {
		return err
	}
	name, err := s.streamOf(nil, in.StreamARN)
	if err != nil {
		return err
	}
	st, err := s.lockActive(name, s.cfg.Clock.Now())
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	if st.settings.Load().mode != ModeOnDemand {
		return errNoStrategy()
	}
	st.set(func(set *settings) { set.strategy = *in.RecordDistributionStrategy })
	return nil
}

// errNoStrategy refuses a strategy for a provisioned stream. The code is the API reference's, the text is ours.
func errNoStrategy() *Error {
	return errorf(codeInvalidArgument, "A record distribution strategy is only supported for data streams with the on-demand capacity mode.")
}
