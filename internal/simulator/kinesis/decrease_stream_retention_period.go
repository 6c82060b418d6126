package kinesis

// DecreaseStreamRetentionPeriod
//
// Emulated: 24 to 8,760 hours. Older records are gone at once; the developer guide says "almost immediately". The stream
// stays ACTIVE (AWS documents nothing). A period that is in force already is accepted, though the reference says "must be
// less": kinesalite and users of AWS agree on it.
// Source: API reference DecreaseStreamRetentionPeriod; developer guide "Changing the data retention period"; error texts
// as observed by kinesalite.

// DecreaseStreamRetentionPeriodInput is DecreaseStreamRetentionPeriod's request.
type DecreaseStreamRetentionPeriodInput struct {
	StreamName, StreamARN *string
	RetentionPeriodHours  *int32
}

// DecreaseStreamRetentionPeriod keeps a stream's records for less long. Its answer is empty.
func (s *Service) DecreaseStreamRetentionPeriod(in DecreaseStreamRetentionPeriodInput) error {
	now := s.cfg.Clock.Now()
	st, period, err := s.lockForRetention(in.StreamName, in.StreamARN, in.RetentionPeriodHours, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	has := st.settings.Load().asked
	if period > has {
		return errorf(codeInvalidArgument, "Requested retention period (%d hours) for stream %s can not be longer than existing "+
			"retention period (%d hours). Use IncreaseRetentionPeriod API.", inHours(period), st.name, inHours(has))
	}
	// A longer period may have been asked for and not be in force yet.
	st.set(func(set *settings) { set.asked, set.retention = period, min(period, set.retention) })
	for _, sh := range st.shards {
		s.freed(st, st.expire(sh, now.UnixNano()))
	}
	return nil
}
