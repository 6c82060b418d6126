package kinesis

import "time"

// CreateStream
//
// Emulated: provisioned streams, on-demand streams (4 shards at first, or as many as their warm throughput in MiB/s needs),
// the quotas on shards and on-demand streams, record size, distribution strategy and tags.
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

const onDemandShards = 4 // of a new on-demand stream (AWS Big Data blog, 2025-10-28)

// CreateStream makes a stream. Its answer is empty.
func (s *Service) CreateStream(in CreateStreamInput) error {
	now := s.cfg.Clock.Now()
	if err := in.check(); err != nil {
		return err
	}
	if err := s.checkNew(&in, now); err != nil {
		return err
	}
	set := s.settingsOf(&in)
	count := max(onDemandShards, int(set.warm)) // a shard takes 1 MiB/s
	if set.mode == ModeProvisioned {
		count = int(*in.ShardCount)
	}
	s.quota.Lock()
	defer s.quota.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetGone(now)
	name := *in.StreamName
	if s.streams[name] != nil {
		return errorf(codeInUse, "Stream %s under account %s already exists.", name, s.cfg.Account)
	}
	if err := s.checkQuota(set.mode, count, now); err != nil {
		return err
	}
	s.resources.forget(s.StreamARN(name)) // what came while a stream of that name was going
	if len(in.Tags) > 0 {
		if err := s.addTags(s.StreamARN(name), in.Tags); err != nil {
			return err
		}
	}
	st := s.newStream(name)
	st.created, st.active = now, now.Add(s.cfg.Model.Creating)
	st.settings.Store(set)
	st.addShards(count, s.limitsOf(set.recordSize), now.UnixNano())
	s.streams[name] = st
	if s.cfg.Observer != nil {
		s.cfg.Observer.Created(now, name)
	}
	return nil
}

// newStream is a stream whose records will be where the service's are.
func (s *Service) newStream(name string) *stream {
	st := &stream{name: name, disk: s.disk, awaits: s.disk.durable()}
	st.touched.Store(true)
	if s.disk != nil {
		st.owner = s.disk.journal.NewOwner()
	}
	return st
}

// settingsOf are the settings of a new stream.
func (s *Service) settingsOf(in *CreateStreamInput) *settings {
	set := &settings{
		mode: in.mode(), retention: minRetention, asked: minRetention, recordSize: s.cfg.Limits.RecordBytes,
		strategy: userPartitionKey, encryption: encryptionNone,
	}
	if in.MaxRecordSizeInKiB != nil {
		set.recordSize = int64(*in.MaxRecordSizeInKiB) * kib
	}
	if in.RecordDistributionStrategy != nil {
		set.strategy = *in.RecordDistributionStrategy
	}
	if in.WarmThroughputMiBps != nil {
		set.warm, set.warmed = *in.WarmThroughputMiBps, *in.WarmThroughputMiBps
	}
	return set
}

// mode is the capacity mode of the stream to make: provisioned, where the request says nothing.
func (in *CreateStreamInput) mode() string {
	if in.StreamModeDetails == nil || in.StreamModeDetails.StreamMode == nil {
		return ModeProvisioned
	}
	return *in.StreamModeDetails.StreamMode
}

func (in *CreateStreamInput) check() error {
	var c checks
	if in.StreamModeDetails != nil {
		c.text("streamModeDetails.streamMode", in.StreamModeDetails.StreamMode, modeRule)
	}
	if in.ShardCount == nil && in.mode() != ModeOnDemand {
		c.notNull("shardCount")
	}
	c.number("shardCount", in.ShardCount, 1, 0)
	c.number("maxRecordSizeInKiB", in.MaxRecordSizeInKiB, leastRecordSizeInKiB, mostRecordSizeInKiB)
	c.number("warmThroughputMiBps", in.WarmThroughputMiBps, 0, 0)
	c.text("recordDistributionStrategy", in.RecordDistributionStrategy, strategyRule)
	c.text("streamName", in.StreamName, nameRule.needed())
	if in.Tags != nil {
		c.tags("tags", in.Tags)
	}
	return c.err()
}

// checkNew refuses settings that do not go together, and tags that no stream can have.
func (s *Service) checkNew(in *CreateStreamInput, now time.Time) error {
	mode := in.mode()
	if in.RecordDistributionStrategy != nil && *in.RecordDistributionStrategy == autoDistribution && mode != ModeOnDemand {
		return errNoStrategy()
	}
	if in.WarmThroughputMiBps != nil {
		if err := s.checkWarm(mode, *in.WarmThroughputMiBps, now); err != nil {
			return err
		}
	}
	return checkTags("Failed to add tags to stream "+*in.StreamName+" under account "+s.cfg.Account, nil, in.Tags, s.cfg.Limits.Tags)
}

// checkQuota refuses a stream that would exceed a quota of the account. The caller holds the service's lock.
func (s *Service) checkQuota(mode string, count int, now time.Time) error {
	u := s.use(now)
	switch {
	case u.creating >= s.cfg.Limits.CreatingStreams:
		return errorf(codeLimitExceeded, "Rate exceeded for account %s: %d streams are in the state CREATING.", s.cfg.Account, u.creating)
	case mode == ModeOnDemand:
		return s.oneOnDemand(u)
	}
	return s.moreShards(u, count)
}
