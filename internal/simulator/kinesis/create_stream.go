package kinesis

import "time"

// CreateStream
//
// Emulated: provisioned streams, on-demand streams (4 shards at first), the quotas on shards and on-demand streams.
// MaxRecordSizeInKiB other than 1024, warm throughput and AUTO distribution answer that they are not there; tags are checked
// and forgotten.
// Source: API reference CreateStream; developer guide "Quotas and limits"; error texts as observed by kinesalite.

// CreateStreamInput is CreateStream's request.
type CreateStreamInput struct {
	StreamName                 *string
	ShardCount                 *int32
	StreamModeDetails          *StreamModeDetails
	MaxRecordSizeInKiB         *int32
	WarmThroughputMiBps        *int32
	RecordDistributionStrategy *string
	Tags                       map[string]string
}

// StreamModeDetails is a stream's capacity mode.
type StreamModeDetails struct{ StreamMode *string }

const (
	onDemandShards     = 4    // of a new on-demand stream (AWS Big Data blog, 2025-10-28)
	streamsInCreation  = 5    // at once (API reference, CreateStream)
	maxRecordSizeInKiB = 1024 // of every stream, for now
)

// CreateStream makes a stream. Its answer is empty.
func (s *Service) CreateStream(in CreateStreamInput) error {
	if err := in.check(); err != nil {
		return err
	}
	mode := ModeProvisioned
	if in.StreamModeDetails != nil {
		mode = *in.StreamModeDetails.StreamMode
	}
	count := onDemandShards
	if mode == ModeProvisioned {
		count = int(*in.ShardCount)
	}
	now := s.cfg.Clock.Now()
	s.quota.Lock()
	defer s.quota.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetGone(now)
	name := *in.StreamName
	if s.streams[name] != nil {
		return errorf(codeInUse, "Stream %s under account %s already exists.", name, s.cfg.Account)
	}
	if err := s.checkQuota(mode, count, now); err != nil {
		return err
	}
	st := &stream{name: name, created: now, active: now.Add(s.cfg.Model.Creating)}
	st.settings.Store(&settings{
		mode: mode, retention: minRetention, recordSize: s.cfg.Limits.RecordBytes, strategy: userPartitionKey, encryption: encryptionNone,
	})
	st.addShards(count, &s.cfg.Limits, now.UnixNano())
	s.streams[name] = st
	return nil
}

func (in *CreateStreamInput) check() error {
	var c checks
	if in.StreamModeDetails != nil {
		c.text("streamModeDetails.streamMode", in.StreamModeDetails.StreamMode, modeRule)
	}
	onDemand := in.StreamModeDetails != nil && in.StreamModeDetails.StreamMode != nil &&
		*in.StreamModeDetails.StreamMode == ModeOnDemand
	if in.ShardCount == nil && !onDemand {
		c.notNull("shardCount")
	}
	c.number("shardCount", in.ShardCount, 1, 0)
	c.number("maxRecordSizeInKiB", in.MaxRecordSizeInKiB, 1024, 10240)
	c.text("streamName", in.StreamName, nameRule.needed())
	if err := c.err(); err != nil {
		return err
	}
	switch {
	case in.MaxRecordSizeInKiB != nil && *in.MaxRecordSizeInKiB != maxRecordSizeInKiB:
		return notYet("MaxRecordSizeInKiB other than 1024")
	case in.WarmThroughputMiBps != nil:
		return notYet("WarmThroughputMiBps")
	case in.RecordDistributionStrategy != nil && *in.RecordDistributionStrategy != "USER_PARTITION_KEY":
		return notYet("RecordDistributionStrategy other than USER_PARTITION_KEY")
	case len(in.Tags) > 50:
		return errorf(codeInvalidArgument, "A stream can have up to 50 tags; %d were given.", len(in.Tags))
	}
	return nil
}

// notYet is the answer to a member that AWS has and wavetank does not yet.
func notYet(what string) error {
	return errorf(codeInvalidArgument, "%s is not emulated by wavetank yet.", what)
}

// checkQuota refuses a stream that would exceed a quota of the account. The caller holds the service's lock.
func (s *Service) checkQuota(mode string, count int, now time.Time) error {
	u := s.use(now)
	switch {
	case u.creating >= streamsInCreation:
		return errorf(codeLimitExceeded, "Rate exceeded for account %s: %d streams are in the state CREATING.", s.cfg.Account, u.creating)
	case mode == ModeOnDemand:
		return s.oneOnDemand(u)
	}
	return s.moreShards(u, count)
}
