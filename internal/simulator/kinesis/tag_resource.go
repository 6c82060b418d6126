package kinesis

// TagResource
//
// Emulated: as AddTagsToStream, of what has an ARN.
// Source: API reference TagResource; error texts as observed by kinesalite of AddTagsToStream.

// TagResourceInput is TagResource's request.
type TagResourceInput struct {
	ResourceARN *string
	Tags        map[string]string
}

// TagResource adds tags to a resource, or replaces them. Its answer is empty.
func (s *Service) TagResource(in TagResourceInput) error {
	var c checks
	c.text("resourceARN", in.ResourceARN, resourceRule)
	if in.Tags == nil {
		c.notNull("tags")
	} else {
		c.tags("tags", in.Tags)
	}
	if err := c.err(); err != nil {
		return err
	}
	if err := s.resourceThere(*in.ResourceARN, s.cfg.Clock.Now(), true); err != nil {
		return err
	}
	return s.addTags(*in.ResourceARN, in.Tags)
}
