package kinesis

import "time"

// UpdateStreamMode
//
// Emulated: all members but StreamId. The stream is UPDATING for Model.Updating, keeps its shards, and is in the new mode at
// the end, with as many shards more as its warm throughput needs. A call for the mode that it is in does nothing and is no
// switch: AWS documents neither.
// Source: API reference UpdateStreamMode; developer guide "Choose the right mode to stream in" (two switches in 24 hours, the
// shards are kept). The texts of the refusals are ours.

// UpdateStreamModeInput is UpdateStreamMode's request.
type UpdateStreamModeInput struct {
	StreamARN           *string
	StreamModeDetails   *StreamModeDetails
	WarmThroughputMiBps *int32
}

// modeSwitch is a stream's new mode, on its way, and its warm throughput.
type modeSwitch struct {
	mode string
	warm int32
}

func (c modeSwitch) apply(s *Service, st *stream, at time.Time) {
	st.becomes, st.peaks = "", nil
	st.set(func(set *settings) {
		set.mode, set.warm, set.warmed = c.mode, c.warm, 0
	})
	if c.mode == ModeOnDemand {
		s.watch(st, at)
		warmUp{c.warm}.apply(s, st, at)
	}
}

// mode is the mode that the stream is in or on its way to. The caller holds its lock.
func (st *stream) mode() string {
	if st.becomes != "" {
		return st.becomes
	}
	return st.settings.Load().mode
}

// UpdateStreamMode changes a stream's capacity mode. Its answer is empty.
func (s *Service) UpdateStreamMode(in UpdateStreamModeInput) error {
	name, err := s.checkMode(&in)
	if err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	s.quota.Lock()
	defer s.quota.Unlock()
	u := s.used(now)
	st, err := s.lockActive(name, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	mode, warm := *in.StreamModeDetails.StreamMode, int32(0)
	if in.WarmThroughputMiBps != nil {
		warm = *in.WarmThroughputMiBps
		if err := s.checkWarm(mode, warm, now); err != nil {
			return err
		}
	}
	if mode == st.mode() {
		return nil
	}
	if err := s.maySwitch(st, u, mode, now); err != nil {
		return err
	}
	st.switches.add(now)
	st.becomes = mode
	s.after(st, now, s.cfg.Model.Updating, true, modeSwitch{mode, warm})
	return nil
}

func (s *Service) checkMode(in *UpdateStreamModeInput) (name string, err error) {
	var c checks
	c.text("streamARN", in.StreamARN, arnRule.needed())
	if in.StreamModeDetails == nil {
		c.notNull("streamModeDetails")
	} else {
		c.text("streamModeDetails.streamMode", in.StreamModeDetails.StreamMode, modeRule)
	}
	c.number("warmThroughputMiBps", in.WarmThroughputMiBps, 0, 0)
	if err := c.err(); err != nil {
		return "", err
	}
	return s.streamOf(nil, in.StreamARN)
}

// maySwitch refuses a switch that AWS would, or that would exceed the account's quota of what the stream becomes. The caller
// holds the stream's lock.
func (s *Service) maySwitch(st *stream, u use, mode string, now time.Time) error {
	if most := s.cfg.Limits.ModeSwitches; st.switches.full(now, most) {
		return errorf(codeLimitExceeded, "The capacity mode of stream %s under account %s cannot be switched more than %d times "+
			"within 24 hours.", st.name, s.cfg.Account, most)
	}
	if mode == ModeOnDemand {
		return s.oneOnDemand(u)
	}
	if strategy := st.settings.Load().strategy; strategy != userPartitionKey {
		return errorf(codeInvalidArgument, "Stream %s under account %s has the record distribution strategy %s, which only on-demand "+
			"streams have.", st.name, s.cfg.Account, strategy)
	}
	return s.moreShards(u, len(st.open))
}
