package kinesis

import "time"

// lockForRetention checks a request for another retention period and locks its stream. That the stream must be ACTIVE is
// read off the operations' ResourceInUseException; the texts are kinesalite's, with today's longest period.
func (s *Service) lockForRetention(name, arn *string, hours *int32, now time.Time) (*stream, time.Duration, error) {
	var c checks
	if hours == nil {
		c.notNull("retentionPeriodHours")
	}
	c.text("streamARN", arn, arnRule)
	c.text("streamName", name, nameRule)
	if err := c.err(); err != nil {
		return nil, 0, err
	}
	of, err := s.streamOf(name, arn)
	if err != nil {
		return nil, 0, err
	}
	st, err := s.lockActive(of, now)
	if err != nil {
		return nil, 0, err
	}
	period := time.Duration(*hours) * time.Hour
	switch {
	case period < minRetention:
		err = errorf(codeInvalidArgument, "Minimum allowed retention period is %d hours. Requested retention period (%d hours) "+
			"is too short.", inHours(minRetention), *hours)
	case period > maxRetention:
		err = errorf(codeInvalidArgument, "Maximum allowed retention period is %d hours. Requested retention period (%d hours) "+
			"is too long.", inHours(maxRetention), *hours)
	}
	if err != nil {
		st.mu.Unlock()
		return nil, 0, err
	}
	return st, period, nil
}

func inHours(d time.Duration) int64 { return int64(d / time.Hour) }

// retain is a longer retention period that comes into force, unless a shorter one has been asked for since. What the old
// one has trimmed does not come back (API reference, IncreaseStreamRetentionPeriod).
type retain struct{ period time.Duration }

func (r retain) apply(_ *Service, st *stream, at time.Time) {
	gone := st.horizon(at.UnixNano())
	st.set(func(set *settings) { set.retention, set.floor = min(r.period, set.asked), gone })
}
