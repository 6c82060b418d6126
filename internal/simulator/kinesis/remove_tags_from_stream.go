package kinesis

// RemoveTagsFromStream
//
// Emulated: all members but StreamId; keys that the stream does not have are ignored. The stream must be ACTIVE (its
// ResourceInUseException).
// Source: API reference RemoveTagsFromStream; error texts as observed by kinesalite.

// RemoveTagsFromStreamInput is RemoveTagsFromStream's request.
type RemoveTagsFromStreamInput struct {
	StreamName, StreamARN *string
	TagKeys               []string
}

// RemoveTagsFromStream removes tags from a stream. Its answer is empty.
func (s *Service) RemoveTagsFromStream(in RemoveTagsFromStreamInput) error {
	var c checks
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	c.tagKeys(in.TagKeys)
	if err := c.err(); err != nil {
		return err
	}
	arn, err := s.taggedStream(in.StreamName, in.StreamARN, true)
	if err != nil {
		return err
	}
	return s.removeTags(arn, in.TagKeys)
}
