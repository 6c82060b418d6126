package kinesis

import "slices"

// SubscribeToShard
//
// Emulated: all members but StreamId; one subscription a consumer and shard, 1 call a second, 5 s until another call takes
// over, 5 minutes of life, 2 MiB a second that are the subscriber's own, all five starting positions, the end of a closed
// shard, DryRun. EncryptionType is left out of records that are not encrypted.
// Source: API reference SubscribeToShard, StartingPosition and SubscribeToShardEvent; the text of a refused or ended
// subscription was seen on AWS (amazon-kinesis-client issue 391). A starting position that is wrong is told in
// GetShardIterator's words, and the text of a throttled call is ours.
//
// AWS documents no cadence of events; here a record is pushed as soon as it is there (later by Model.Push), the first event
// comes at once, and without records an empty one every Model.KeepAlive. What an event holds at most is Model's, too.

// SubscribeToShardInput is SubscribeToShard's request.
type SubscribeToShardInput struct {
	ConsumerARN      *string
	ShardId          *string
	StartingPosition *StartingPosition
	DryRun           *bool
}

// StartingPosition is where a subscription begins.
type StartingPosition struct {
	Type           *string
	SequenceNumber *string
	Timestamp      *Timestamp
}

// SubscribeToShard opens a subscription. Whoever does asks it for its events with [Subscription.Next], and again at the
// instant that Next names or as soon as wake is called. wake is called with the stream's lock held: it must be quick and
// must not call the service. It may be called more often than there is something new.
func (s *Service) SubscribeToShard(in SubscribeToShardInput, wake func()) (*Subscription, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	st, c, err := s.lockActiveConsumer(*in.ConsumerARN, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	number, ok := ParseShardID(*in.ShardId)
	if !ok {
		return nil, s.noShard(st.name, *in.ShardId)
	}
	sh := st.shard(number)
	if sh == nil {
		return nil, s.noShardThere(st.name, number)
	}
	s.freed(st, st.expire(sh, now.UnixNano()))
	pos, err := s.start(in.iterator(), st.name, sh, now)
	if err != nil {
		return nil, err
	}
	if isTrue(in.DryRun) {
		return nil, errDryRun()
	}
	return s.subscribe(st, c, sh, pos, wake)
}

// subscribe opens a subscription at a position. The caller holds the stream's lock.
func (s *Service) subscribe(st *stream, c *consumer, sh *shard, pos uint64, wake func()) (*Subscription, error) {
	sub := &Subscription{service: s, stream: st, consumer: c, shard: sh, wake: wake, pos: pos}
	if err := sub.open(s.cfg.Clock.Now().UnixNano()); err != nil {
		return nil, err
	}
	return sub, nil
}

func (in *SubscribeToShardInput) check() error {
	var c checks
	r := consumerARNRule
	r.required = true
	c.text("consumerARN", in.ConsumerARN, r)
	c.text("shardId", in.ShardId, nameRule.needed())
	if p := in.StartingPosition; p == nil {
		c.notNull("startingPosition")
	} else {
		c.text("startingPosition.sequenceNumber", p.SequenceNumber, sequenceRule)
		c.text("startingPosition.type", p.Type, iteratorTypeRule)
	}
	if err := c.err(); err != nil {
		return err
	}
	return in.iterator().check()
}

// iterator is the starting position as that of a shard iterator.
func (in *SubscribeToShardInput) iterator() *GetShardIteratorInput {
	return &GetShardIteratorInput{
		ShardId: in.ShardId, ShardIteratorType: in.StartingPosition.Type,
		StartingSequenceNumber: in.StartingPosition.SequenceNumber, Timestamp: in.StartingPosition.Timestamp,
	}
}

// open admits a subscription to its consumer's pipe and takes over from the one before. The caller holds the stream's
// lock.
func (sub *Subscription) open(now int64) error {
	s, c, sh := sub.service, sub.consumer, sub.shard
	p := c.pipes[sh.number]
	if p == nil {
		p = newPipe(c, sh.number, &s.cfg.Limits, now)
		c.pipes[sh.number] = p
	}
	another := errorf(codeInUse, "Another active subscription exists for this consumer: %s:%s:%s:%s",
		s.cfg.Account, sub.stream.name, sh.id, c.name)
	admitted := p.calls.admit(now) // a call that is refused counts, too
	switch {
	case p.opened != 0 && now-p.opened < int64(s.cfg.Limits.Takeover):
		return another
	case !admitted:
		return errorf(codeLimitExceeded, "Rate exceeded for consumer %s and shard %s in stream %s under account %s.",
			c.name, sh.id, sub.stream.name, s.cfg.Account)
	case p.open != nil:
		p.open.end(another)
	}
	p.opened, p.open = now, sub
	sub.pipe, sub.ends, sub.quiet, sub.delay = p, now+int64(s.cfg.Limits.SubscriptionAge), now, -1
	sh.subscriptions = append(slices.Clip(sh.subscriptions), sub)
	return nil
}
