package kinesis

// ListTagsForResource
//
// Emulated: the tags of what has an ARN, in the order of their keys.
// Source: API reference ListTagsForResource.

// ResourceInput is the request of ListTagsForResource, GetResourcePolicy and DeleteResourcePolicy.
type ResourceInput struct{ ResourceARN *string }

// ListTagsForResourceOutput is ListTagsForResource's answer.
type ListTagsForResourceOutput struct{ Tags []Tag }

// ListTagsForResource lists a resource's tags.
func (s *Service) ListTagsForResource(in ResourceInput) (*ListTagsForResourceOutput, error) {
	if err := s.checkResource(&in, false); err != nil {
		return nil, err
	}
	return &ListTagsForResourceOutput{sortedTags(s.resources.tags(*in.ResourceARN))}, nil
}

func (s *Service) checkResource(in *ResourceInput, changed bool) error {
	var c checks
	c.text("resourceARN", in.ResourceARN, resourceRule)
	if err := c.err(); err != nil {
		return err
	}
	return s.resourceThere(*in.ResourceARN, s.cfg.Clock.Now(), changed)
}
