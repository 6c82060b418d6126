package kinesis

import (
	"slices"
	"sort"
	"time"
)

// RegisterStreamConsumer
//
// Emulated: all members but StreamId; 20 consumers a stream, 5 of them CREATING at once. The answer shows the state that
// the consumer is in, which is ACTIVE where Model.Registering is 0. With On-demand Advantage a stream has 50 consumers.
// Source: API reference RegisterStreamConsumer.
//
// AWS documents no scope of the five that are CREATING; here it is the stream. Nor does it say which states of the stream
// refuse; here they are CREATING and DELETING. The texts of the refusals are ours.

// RegisterStreamConsumerInput is RegisterStreamConsumer's request.
type RegisterStreamConsumerInput struct {
	StreamARN    *string
	ConsumerName *string
	Tags         map[string]string
}

// RegisterStreamConsumerOutput is RegisterStreamConsumer's answer.
type RegisterStreamConsumerOutput struct{ Consumer Consumer }

// Consumer is a consumer as RegisterStreamConsumer and ListStreamConsumers show it.
type Consumer struct {
	ConsumerName              string
	ConsumerARN               string
	ConsumerStatus            string
	ConsumerCreationTimestamp Timestamp
}

// RegisterStreamConsumer makes a consumer of a stream.
func (s *Service) RegisterStreamConsumer(in RegisterStreamConsumerInput) (*RegisterStreamConsumerOutput, error) {
	if err := in.check(s.cfg.Limits.Tags); err != nil {
		return nil, err
	}
	stream, err := s.streamOf(nil, in.StreamARN)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lock(stream, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	if status, _ := st.status(now); status == statusCreating || status == statusDeleting {
		return nil, errorf(codeInUse, "Stream %s under account %s not ACTIVE, instead in state %s", stream, s.cfg.Account, status)
	}
	name := *in.ConsumerName
	if err := s.admitConsumer(st, name, now); err != nil {
		return nil, err
	}
	// ARNs differ by the second: one that follows a deleted consumer within its second is of the next.
	created := now
	if created.Unix() <= st.lastRemoved {
		created = time.Unix(st.lastRemoved+1, 0).UTC()
	}
	c := &consumer{
		name: name, arn: s.consumerARN(stream, name, created), created: created,
		active: now.Add(s.cfg.Model.Registering), pipes: make(map[int32]*pipe),
	}
	i := sort.Search(len(st.consumers), func(i int) bool { return st.consumers[i].name > name })
	st.consumers = slices.Insert(st.consumers, i, c)
	st.touched.Store(true)
	if len(in.Tags) > 0 {
		if err := s.addTags(c.arn, in.Tags); err != nil {
			return nil, err // they were checked
		}
	}
	return &RegisterStreamConsumerOutput{c.show(now)}, nil
}

func (in *RegisterStreamConsumerInput) check(mostTags int) error {
	var c checks
	c.text("consumerName", in.ConsumerName, nameRule.needed())
	c.text("streamARN", in.StreamARN, arnRule.needed())
	if in.Tags != nil {
		c.tags("tags", in.Tags)
	}
	if err := c.err(); err != nil {
		return err
	}
	return checkTags("Failed to register consumer", nil, in.Tags, mostTags)
}

// admitConsumer refuses a consumer whose name is taken or that would be one too many.
func (s *Service) admitConsumer(st *stream, name string, now time.Time) error {
	all, creating := st.consumersAt(now), 0
	for _, c := range all {
		if c.name == name {
			return errorf(codeInUse, "Consumer %s under stream %s already exists for account %s.", name, st.name, s.cfg.Account)
		}
		if status, _ := c.status(now); status == statusCreating {
			creating++
		}
	}
	switch {
	case creating >= s.cfg.Limits.CreatingConsumers:
		return errorf(codeLimitExceeded, "Rate exceeded for stream %s under account %s: %d consumers are in the state CREATING.",
			st.name, s.cfg.Account, creating)
	case len(all) >= s.consumers(now):
		return errorf(codeLimitExceeded, "This request would exceed the limit of %d consumers for stream %s under account %s.",
			s.consumers(now), st.name, s.cfg.Account)
	}
	return nil
}

// consumers is how many consumers a stream may have.
func (s *Service) consumers(now time.Time) int {
	if s.committed(now) == nil {
		return s.cfg.Limits.AdvantageConsumers
	}
	return s.cfg.Limits.Consumers
}

func (c *consumer) show(now time.Time) Consumer {
	status, _ := c.status(now)
	return Consumer{c.name, c.arn, status, Timestamp{c.created}}
}
