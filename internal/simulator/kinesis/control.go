package kinesis

import "sync"

// control counts the calls of operations that AWS limits by the account. It is safe for concurrent use; the zero value
// has counted nothing.
type control struct {
	mu    sync.Mutex
	calls map[string]*bucket // by operation
}

// Admit counts one call of a control-plane operation, or refuses it with LimitExceededException where the account or the
// stream is over AWS's rate for it (Limits; the text was seen on AWS with a stream's name). The wire's server asks it for
// each request; the operations themselves do not, so that a set-up in the process is never throttled. stream is the one
// that the request names, if any. Other operations are always admitted.
func (s *Service) Admit(operation, stream string) error {
	l, now := &s.cfg.Limits, s.cfg.Clock.Now().UnixNano()
	rate := map[string]int64{
		"CreateStream":          l.CreateStreamCalls,
		"DeleteStream":          l.DeleteStreamCalls,
		"DescribeStream":        l.DescribeStreamCalls,
		"DescribeStreamSummary": l.DescribeStreamSummaryCalls,
		"ListStreams":           l.ListStreamsCalls,
	}[operation]
	ok := true
	switch {
	case rate != 0:
		ok = s.control.admit(operation, rate, now)
	case operation == "ListShards":
		st, err := s.lock(stream, s.cfg.Clock.Now())
		if err != nil {
			return nil // the operation itself says what is wrong
		}
		ok = st.lists.admit(now)
		st.mu.Unlock()
	}
	if ok {
		return nil
	}
	if stream == "" {
		return errorf(codeLimitExceeded, "Rate exceeded for account %s.", s.cfg.Account)
	}
	return errorf(codeLimitExceeded, "Rate exceeded for stream %s under account %s.", stream, s.cfg.Account)
}

func (c *control) admit(operation string, rate, now int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.calls[operation]
	if b == nil {
		if c.calls == nil {
			c.calls = make(map[string]*bucket)
		}
		b = new(newBucket(rate, rate, now))
		c.calls[operation] = b
	}
	return b.admit(now)
}
