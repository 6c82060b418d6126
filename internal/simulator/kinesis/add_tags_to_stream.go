package kinesis

// AddTagsToStream
//
// Emulated: all members but StreamId; 50 tags a stream, keys and values by length and characters, the reserved prefix aws:.
// The stream must be ACTIVE (its ResourceInUseException).
// Source: API reference AddTagsToStream; error texts as observed by kinesalite.

// AddTagsToStreamInput is AddTagsToStream's request.
type AddTagsToStreamInput struct {
	StreamName, StreamARN *string
	Tags                  map[string]string
}

// AddTagsToStream adds tags to a stream, or replaces them. Its answer is empty.
func (s *Service) AddTagsToStream(in AddTagsToStreamInput) error {
	var c checks
	if in.Tags == nil {
		c.notNull("tags")
	} else {
		c.tags("tags", in.Tags)
	}
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if err := c.err(); err != nil {
		return err
	}
	arn, err := s.taggedStream(in.StreamName, in.StreamARN, true)
	if err != nil {
		return err
	}
	return s.addTags(arn, in.Tags)
}

// taggedStream is the ARN of the stream that a request selects. Where changed, it must be ACTIVE.
func (s *Service) taggedStream(name, arn *string, changed bool) (string, error) {
	of, err := s.streamOf(name, arn)
	if err != nil {
		return "", err
	}
	stream := s.StreamARN(of)
	return stream, s.resourceThere(stream, s.cfg.Clock.Now(), changed)
}
