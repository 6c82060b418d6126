package kinesis

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// consumer is the model of one stream consumer: its states, and what it may take from each shard. It is guarded by the
// stream's lock.
type consumer struct {
	name    string
	arn     string
	created time.Time
	active  time.Time       // from when on it is ACTIVE
	deleted bool            // it is DELETING
	gone    time.Time       // from when on it is no more; meaningful where deleted is set
	pipes   map[int32]*pipe // by shard, from its first subscription on
}

var consumerARNRule = rule{
	min: 1, max: 2048,
	pattern: whole(`^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+`),
}

// status is the consumer's state at an instant; ok is false where it is no more.
func (c *consumer) status(now time.Time) (status string, ok bool) {
	switch {
	case c.deleted && !now.Before(c.gone):
		return "", false
	case c.deleted:
		return statusDeleting, true
	case now.Before(c.active):
		return statusCreating, true
	}
	return statusActive, true
}

// consumersAt are the consumers that are there at an instant, in the order of their names. Those that are gone are
// forgotten.
func (st *stream) consumersAt(now time.Time) []*consumer {
	st.consumers = slices.DeleteFunc(st.consumers, func(c *consumer) bool {
		_, there := c.status(now)
		return !there
	})
	return st.consumers
}

// removeConsumer lets a consumer be DELETING until an instant. Its open subscriptions end.
func (st *stream) removeConsumer(c *consumer, gone time.Time) {
	if c.deleted {
		return
	}
	c.deleted, c.gone = true, gone
	st.lastRemoved = max(st.lastRemoved, c.created.Unix())
	st.touched.Store(true)
	c.wake()
}

// wake has the consumer's open subscriptions look again.
func (c *consumer) wake() {
	for _, p := range c.pipes {
		if p.open != nil {
			p.open.wake()
		}
	}
}

// wakeSubscribers has all open subscriptions look again, because the stream is another than it was.
func (st *stream) wakeSubscribers() {
	for _, c := range st.consumers {
		c.wake()
	}
}

// lockConsumer finds the consumer that a request selects by its ARN, or by its stream's ARN and its name, and locks the
// stream. All three may be given where they do not conflict (API reference, DescribeStreamConsumer). Which error AWS gives
// where they do, or where too few are given, was not seen; the texts are ours.
func (s *Service) lockConsumer(arn, name, streamARN *string, now time.Time) (*stream, *consumer, error) {
	shown := ""
	switch {
	case arn != nil:
		of, called := splitConsumerARN(*arn)
		if streamARN != nil && *streamARN != of || name != nil && *name != called {
			return nil, nil, errorf(codeInvalidArgument, "ConsumerARN %s conflicts with StreamARN or ConsumerName.", *arn)
		}
		streamARN, shown = &of, *arn
	case name == nil || streamARN == nil:
		return nil, nil, errorf(codeInvalidArgument, "Either ConsumerARN or both StreamARN and ConsumerName must be provided.")
	default:
		shown = *name
	}
	stream, err := s.streamOf(nil, streamARN)
	if err != nil {
		return nil, nil, err
	}
	st, err := s.lock(stream, now)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range st.consumersAt(now) {
		if arn != nil && c.arn == *arn || arn == nil && c.name == *name {
			return st, c, nil
		}
	}
	st.mu.Unlock()
	return nil, nil, s.noConsumer(shown)
}

// checkSelection checks the members by which operations select a consumer.
func checkSelection(arn, name, streamARN *string) error {
	var c checks
	c.text("consumerARN", arn, consumerARNRule)
	c.text("consumerName", name, nameRule)
	c.text("streamARN", streamARN, arnRule)
	return c.err()
}

// consumerARN is the ARN of a consumer. It ends with the second of the creation, so that one that is registered again has
// another (API reference, Consumer).
func (s *Service) consumerARN(stream, name string, created time.Time) string {
	return fmt.Sprintf("%s/consumer/%s:%d", s.StreamARN(stream), name, created.Unix())
}

// splitConsumerARN is the ARN of the stream and the name that a consumer's ARN holds.
func splitConsumerARN(arn string) (streamARN, name string) {
	streamARN, rest, _ := strings.Cut(arn, "/consumer/")
	name, _, _ = strings.Cut(rest, ":")
	return streamARN, name
}

// StreamOfConsumer is the stream that a request's ConsumerARN or StreamARN names, unchecked; "" where neither does.
func StreamOfConsumer(arn, streamARN *string) string {
	if arn != nil {
		of, _ := splitConsumerARN(*arn)
		return StreamOf(nil, &of)
	}
	return StreamOf(nil, streamARN)
}

// noConsumer has moto's words; AWS's were not seen.
func (s *Service) noConsumer(shown string) *Error {
	return errorf(codeNotFound, "Consumer %s, account %s not found.", shown, s.cfg.Account)
}

// notActive refuses a consumer that is CREATING or DELETING (the text was seen on AWS: kinesis-hot-shard-advisor issue 37).
func (s *Service) notActive(stream string, c *consumer) *Error {
	return errorf(codeInUse, "Consumer %s with creation timestamp %d under stream: %s , account %s is not in ACTIVE status.",
		c.name, c.created.Unix(), stream, s.cfg.Account)
}
