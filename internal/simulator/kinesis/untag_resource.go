package kinesis

// UntagResource
//
// Emulated: as RemoveTagsFromStream, of what has an ARN.
// Source: API reference UntagResource; error texts as observed by kinesalite of RemoveTagsFromStream.

// UntagResourceInput is UntagResource's request.
type UntagResourceInput struct {
	ResourceARN *string
	TagKeys     []string
}

// UntagResource removes tags from a resource. Its answer is empty.
func (s *Service) UntagResource(in UntagResourceInput) error {
	var c checks
	c.text("resourceARN", in.ResourceARN, resourceRule)
	c.tagKeys(in.TagKeys)
	if err := c.err(); err != nil {
		return err
	}
	if err := s.resourceThere(*in.ResourceARN, s.cfg.Clock.Now(), true); err != nil {
		return err
	}
	return s.removeTags(*in.ResourceARN, in.TagKeys)
}
