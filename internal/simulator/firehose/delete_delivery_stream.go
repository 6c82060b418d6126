package firehose

// DeleteDeliveryStream
//
// Emulated: the delivery stream is gone at once, and what it has buffered with it; DELETING does not exist.
// Source: API reference DeleteDeliveryStream; that buffers are discarded was measured on AWS by others.

// DeleteDeliveryStreamInput is the input of DeleteDeliveryStream.
type DeleteDeliveryStreamInput struct {
	DeliveryStreamName string
	AllowForceDelete   bool // about keys of an encryption that is not emulated: it changes nothing
}

// DeleteDeliveryStreamOutput is empty.
type DeleteDeliveryStreamOutput struct{}

// DeleteDeliveryStream deletes a delivery stream at once. What it has buffered is discarded, not delivered (measured on
// AWS). One that is CREATING is in use.
func (s *Service) DeleteDeliveryStream(in DeleteDeliveryStreamInput) (*DeleteDeliveryStreamOutput, error) {
	if err := s.admit("DeleteDeliveryStream"); err != nil {
		return nil, err
	}
	if err := validName(in.DeliveryStreamName); err != nil {
		return nil, err
	}
	d, err := s.find(in.DeliveryStreamName)
	if err != nil {
		return nil, err
	}
	if d.creating(s.config.Clock.Now()) {
		return nil, errorf(codeInUse, "Firehose %s is CREATING", in.DeliveryStreamName)
	}
	d.close()
	return &DeleteDeliveryStreamOutput{}, nil
}
