package kinesis

import "time"

// UpdateStreamWarmThroughput
//
// Emulated: on-demand streams of accounts with a commitment, up to 10 GiB/s, or to what the region takes; the stream is UPDATING for Model.Updating
// ("a few minutes"), after which CurrentMiBps is TargetMiBps and there is a shard at least for each MiB/s. 0 removes it; what
// it has made stays.
// Source: API reference UpdateStreamWarmThroughput; AWS Big Data blog, 2025-11-03. Codes and texts of refusals are ours:
// AWS says InvalidArgumentException of AUTO distribution on a provisioned stream, and of this nothing.

// UpdateStreamWarmThroughputInput is UpdateStreamWarmThroughput's request.
type UpdateStreamWarmThroughputInput struct {
	StreamName, StreamARN *string
	WarmThroughputMiBps   *int32
}

// UpdateStreamWarmThroughputOutput is UpdateStreamWarmThroughput's answer.
type UpdateStreamWarmThroughputOutput struct {
	StreamName, StreamARN string
	WarmThroughput        WarmThroughput
}

// WarmThroughput is the write throughput that a stream is scaled for, now and after its update.
type WarmThroughput struct{ CurrentMiBps, TargetMiBps int32 }

// UpdateStreamWarmThroughput changes the throughput that a stream is scaled for.
func (s *Service) UpdateStreamWarmThroughput(in UpdateStreamWarmThroughputInput) (*UpdateStreamWarmThroughputOutput, error) {
	var c checks
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if in.WarmThroughputMiBps == nil {
		c.notNull("warmThroughputMiBps")
	}
	c.number("warmThroughputMiBps", in.WarmThroughputMiBps, 0, 0)
	if err := c.err(); err != nil {
		return nil, err
	}
	name, err := s.streamOf(in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lockActive(name, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	warm := *in.WarmThroughputMiBps
	if err := s.checkWarm(st.settings.Load().mode, warm, now); err != nil {
		return nil, err
	}
	st.set(func(set *settings) { set.warm = warm })
	s.after(st, now, s.cfg.Model.Updating, true, warmUp{warm})
	set := st.settings.Load()
	return &UpdateStreamWarmThroughputOutput{name, s.StreamARN(name), WarmThroughput{set.warmed, set.warm}}, nil
}

// checkWarm refuses a warm throughput that a stream cannot have: more than the documented most, or than on-demand streams take
// in the region, which is our reading. To have none needs no commitment.
func (s *Service) checkWarm(mode string, warm int32, now time.Time) error {
	most := min(s.cfg.Limits.WarmMiBps, s.cfg.Limits.OnDemandShards) // a shard takes 1 MiB/s
	switch {
	case mode != ModeOnDemand:
		return errorf(codeInvalidArgument, "Warm throughput is only supported for data streams with the on-demand capacity mode.")
	case int(warm) > most:
		return errorf(codeLimitExceeded, "The warm throughput of a stream can be up to %d MiB/s; %d MiB/s was given.", most, warm)
	case warm == 0:
		return nil
	}
	return s.committed(now)
}

// warmUp is a warm throughput that is reached.
type warmUp struct{ warm int32 }

func (w warmUp) apply(s *Service, st *stream, at time.Time) {
	st.set(func(set *settings) { set.warmed = w.warm })
	if n := min(int(w.warm), s.cfg.Limits.OnDemandShards); n > len(st.open) {
		for _, to := range st.ranges().steps(st.ranges().even(n)) {
			reshape{to: to}.apply(s, st, at)
		}
	}
}

// warmth is the warm throughput of the stream; nil is none.
func (set *settings) warmth() *WarmThroughput {
	if set.warm == 0 && set.warmed == 0 {
		return nil
	}
	return &WarmThroughput{set.warmed, set.warm}
}
