package kinesis

import "time"

// UpdateShardCount
//
// Emulated: all members but StreamId. The open shards become as many of equal ranges, by splits and then merges, which are
// spread evenly over Model.Scaling: readers see each generation, and the stream is UPDATING until the last. Short-lived shards
// count against the account's quota from the start.
// Source: API reference UpdateShardCount. The texts of the refusals by the open shard count were seen on AWS by users of its
// CDK and, with the code LimitExceededException, by kinesalite's pull request 48; the others are ours. That a call for the
// count that is there does nothing but count as one of the day's ten is ours, too.

// UpdateShardCountInput is UpdateShardCount's request.
type UpdateShardCountInput struct {
	StreamName, StreamARN *string
	TargetShardCount      *int32
	ScalingType           *string
}

// UpdateShardCountOutput is UpdateShardCount's answer.
type UpdateShardCountOutput struct {
	StreamName        string
	StreamARN         string
	CurrentShardCount int
	TargetShardCount  int
}

var scalingRule = rule{required: true, enum: []string{"UNIFORM_SCALING"}}

// UpdateShardCount changes how many shards a stream has.
func (s *Service) UpdateShardCount(in UpdateShardCountInput) (*UpdateShardCountOutput, error) {
	name, err := s.checkScaling(&in)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	s.quota.Lock()
	defer s.quota.Unlock()
	u := s.used(now)
	st, err := s.lockActive(name, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	if err := s.provisioned(st, "UpdateShardCount"); err != nil {
		return nil, err
	}
	open, target := len(st.open), int(*in.TargetShardCount)
	if err := s.mayScale(st, target, now); err != nil {
		return nil, err
	}
	if target != open {
		if err := s.scale(st, u, target, now); err != nil {
			return nil, err
		}
	}
	st.scalings.add(now)
	st.touched.Store(true)
	return &UpdateShardCountOutput{
		StreamName: name, StreamARN: s.StreamARN(name), CurrentShardCount: open, TargetShardCount: target,
	}, nil
}

func (s *Service) checkScaling(in *UpdateShardCountInput) (name string, err error) {
	var c checks
	c.text("scalingType", in.ScalingType, scalingRule)
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if in.TargetShardCount == nil {
		c.notNull("targetShardCount")
	}
	c.number("targetShardCount", in.TargetShardCount, 1, 0)
	if err := c.err(); err != nil {
		return "", err
	}
	return s.streamOf(in.StreamName, in.StreamARN)
}

// mayScale refuses what AWS does not do by default. The caller holds the stream's lock.
func (s *Service) mayScale(st *stream, target int, now time.Time) error {
	l, open := &s.cfg.Limits, len(st.open)
	refuse := func(format string, args ...any) error {
		args = append(args, open, target)
		return errorf(codeLimitExceeded, format+" Current open shard count: %d Target shard count: %d", args...)
	}
	switch {
	case target > l.StreamShards, open > l.StreamShards && target == l.StreamShards:
		return refuse("Target shard count or number of open shards cannot be greater than %d.", l.StreamShards)
	case target > 2*open:
		return refuse("UpdateShardCount cannot scale up over double your current open shard count.")
	case 2*target < open:
		return refuse("UpdateShardCount cannot scale down below half your current open shard count.")
	case st.scalings.full(now, l.Scalings):
		return errorf(codeLimitExceeded, "UpdateShardCount cannot be called more than %d times per rolling 24-hour period for stream "+
			"%s under account %s.", l.Scalings, st.name, s.cfg.Account)
	}
	return nil
}

// scale sets the splits and merges off. The caller holds the stream's lock.
func (s *Service) scale(st *stream, u use, target int, now time.Time) error {
	from := st.ranges()
	steps := from.steps(from.even(target))
	most := len(st.open)
	for _, to := range steps {
		most = max(most, len(to))
	}
	if err := s.moreShards(u, most-len(st.open)); err != nil {
		return err
	}
	st.reserved = most
	for i, to := range steps {
		wait := s.cfg.Model.Scaling * time.Duration(i+1) / time.Duration(len(steps))
		s.after(st, now, wait, true, reshape{to: to, last: i == len(steps)-1})
	}
	return nil
}
