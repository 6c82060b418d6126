package kinesis

// DescribeStreamConsumer
//
// Emulated: all members but StreamId; a consumer is selected by its ARN, or by its stream's ARN and its name.
// Source: API reference DescribeStreamConsumer.

// DescribeStreamConsumerInput is DescribeStreamConsumer's request.
type DescribeStreamConsumerInput struct{ ConsumerARN, ConsumerName, StreamARN *string }

// DescribeStreamConsumerOutput is DescribeStreamConsumer's answer.
type DescribeStreamConsumerOutput struct{ ConsumerDescription ConsumerDescription }

// ConsumerDescription is a consumer and the stream that it belongs to.
type ConsumerDescription struct {
	ConsumerName              string
	ConsumerARN               string
	ConsumerStatus            string
	ConsumerCreationTimestamp Timestamp
	StreamARN                 string
}

// DescribeStreamConsumer describes a consumer.
func (s *Service) DescribeStreamConsumer(in DescribeStreamConsumerInput) (*DescribeStreamConsumerOutput, error) {
	if err := checkSelection(in.ConsumerARN, in.ConsumerName, in.StreamARN); err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	st, c, err := s.lockConsumer(in.ConsumerARN, in.ConsumerName, in.StreamARN, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	d := c.show(now)
	return &DescribeStreamConsumerOutput{ConsumerDescription{
		d.ConsumerName, d.ConsumerARN, d.ConsumerStatus, d.ConsumerCreationTimestamp, s.StreamARN(st.name),
	}}, nil
}
