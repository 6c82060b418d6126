package kinesis

// DescribeStreamSummary
//
// Emulated: all members but StreamId. ConsumerCount and ChannelCount count consumers and channels of every state.
// Source: API reference DescribeStreamSummary.

// DescribeStreamSummaryInput is DescribeStreamSummary's request.
type DescribeStreamSummaryInput struct{ StreamName, StreamARN *string }

// DescribeStreamSummaryOutput is DescribeStreamSummary's answer.
type DescribeStreamSummaryOutput struct{ StreamDescriptionSummary StreamDescriptionSummary }

// StreamDescriptionSummary is a stream without its shards.
type StreamDescriptionSummary struct {
	StreamName                 string
	StreamARN                  string
	StreamStatus               string
	StreamModeDetails          StreamModeDetails
	RetentionPeriodHours       int
	StreamCreationTimestamp    Timestamp
	EnhancedMonitoring         []EnhancedMetrics
	EncryptionType             string
	KeyId                      string `json:",omitzero"`
	OpenShardCount             int
	ConsumerCount              int
	ChannelCount               int
	MaxRecordSizeInKiB         int
	RecordDistributionStrategy string          `json:",omitzero"` // of on-demand streams only
	WarmThroughput             *WarmThroughput `json:",omitzero"` // of streams that have some
}

// DescribeStreamSummary describes a stream without its shards.
func (s *Service) DescribeStreamSummary(in DescribeStreamSummaryInput) (*DescribeStreamSummaryOutput, error) {
	name, err := s.named(in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lock(name, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	status, _ := st.status(now)
	set := st.settings.Load()
	d := StreamDescriptionSummary{
		StreamName: name, StreamARN: s.StreamARN(name), StreamStatus: status, StreamModeDetails: st.modeDetails(),
		RetentionPeriodHours: set.hours(), StreamCreationTimestamp: Timestamp{st.created},
		EnhancedMonitoring: set.metrics(), EncryptionType: set.encryption, KeyId: set.keyID,
		ConsumerCount: len(st.consumersAt(now)), ChannelCount: s.channelsOf(st, false, now), MaxRecordSizeInKiB: int(set.recordSize / kib), WarmThroughput: set.warmth(),
	}
	if status != statusCreating {
		d.OpenShardCount = len(st.open)
	}
	if set.mode == ModeOnDemand {
		d.RecordDistributionStrategy = set.strategy
	}
	return &DescribeStreamSummaryOutput{d}, nil
}
