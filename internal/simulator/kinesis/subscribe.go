package kinesis

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Subscribe is SubscribeToShard for a reader in this process, which knows places by their positions: it begins at one, and
// takes pages instead of events. Everything else (limits, five seconds, five minutes) is the same.
func (s *Service) Subscribe(consumerARN string, shard int32, from uint64, wake func()) (record.Subscription, error) {
	now := s.cfg.Clock.Now()
	st, c, err := s.lockActiveConsumer(consumerARN, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	sh := st.shard(shard)
	if sh == nil {
		return nil, s.noShardThere(st.name, shard)
	}
	s.freed(st, st.expire(sh, now.UnixNano()))
	sub, err := s.subscribe(st, c, sh, from, wake)
	if err != nil {
		return nil, err // not a nil *Subscription in an interface
	}
	return sub, nil
}

// FindConsumer tells whether a stream consumer is there, in whatever state: the error of one that is not matches
// record.ErrNotFound.
func (s *Service) FindConsumer(arn string) error {
	st, _, err := s.lockConsumer(&arn, nil, nil, s.cfg.Clock.Now())
	if err != nil {
		return err
	}
	st.mu.Unlock()
	return nil
}

// lockActiveConsumer finds a consumer that can read and locks its stream.
func (s *Service) lockActiveConsumer(arn string, now time.Time) (*stream, *consumer, error) {
	st, c, err := s.lockConsumer(&arn, nil, nil, now)
	if err != nil {
		return nil, nil, err
	}
	if status, _ := c.status(now); status != statusActive {
		st.mu.Unlock()
		return nil, nil, s.notActive(st.name, c)
	}
	return st, c, nil
}
