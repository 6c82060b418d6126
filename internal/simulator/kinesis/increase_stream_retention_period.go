package kinesis

// IncreaseStreamRetentionPeriod
//
// Emulated: 24 to 8,760 hours. The stream stays ACTIVE and shows the new period at once (AWS documents neither); until
// Model.Retaining is over records are trimmed at the old one. A period that is in force already is accepted, though the
// reference says "must be more": kinesalite and users of AWS agree on it.
// Source: API reference IncreaseStreamRetentionPeriod; developer guide "Changing the data retention period"; error texts
// as observed by kinesalite.

// IncreaseStreamRetentionPeriodInput is IncreaseStreamRetentionPeriod's request.
type IncreaseStreamRetentionPeriodInput struct {
	StreamName, StreamARN *string
	RetentionPeriodHours  *int32
}

// IncreaseStreamRetentionPeriod keeps a stream's records for longer. Its answer is empty.
func (s *Service) IncreaseStreamRetentionPeriod(in IncreaseStreamRetentionPeriodInput) error {
	now := s.cfg.Clock.Now()
	st, period, err := s.lockForRetention(in.StreamName, in.StreamARN, in.RetentionPeriodHours, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	has := st.settings.Load().asked
	if period < has {
		return errorf(codeInvalidArgument, "Requested retention period (%d hours) for stream %s can not be shorter than existing "+
			"retention period (%d hours). Use DecreaseRetentionPeriod API.", inHours(period), st.name, inHours(has))
	}
	if period == has {
		return nil
	}
	st.set(func(set *settings) { set.asked = period })
	s.after(st, now, s.cfg.Model.Retaining, false, retain{period})
	return nil
}
