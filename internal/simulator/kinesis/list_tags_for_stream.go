package kinesis

import "sort"

// ListTagsForStream
//
// Emulated: all members but StreamId; pages by ExclusiveStartTagKey, in the order of the keys.
// Source: API reference ListTagsForStream.

// ListTagsForStreamInput is ListTagsForStream's request.
type ListTagsForStreamInput struct {
	StreamName, StreamARN *string
	ExclusiveStartTagKey  *string
	Limit                 *int32
}

// ListTagsForStreamOutput is ListTagsForStream's answer.
type ListTagsForStreamOutput struct {
	Tags        []Tag
	HasMoreTags bool
}

// ListTagsForStream lists a stream's tags. Without a Limit they are all on one page.
func (s *Service) ListTagsForStream(in ListTagsForStreamInput) (*ListTagsForStreamOutput, error) {
	var c checks
	c.text("exclusiveStartTagKey", in.ExclusiveStartTagKey, rule{min: 1, max: tagKey})
	c.number("limit", in.Limit, 1, tagsOfPage)
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if err := c.err(); err != nil {
		return nil, err
	}
	arn, err := s.taggedStream(in.StreamName, in.StreamARN, false)
	if err != nil {
		return nil, err
	}
	tags := sortedTags(s.resources.tags(arn))
	if from := in.ExclusiveStartTagKey; from != nil {
		tags = tags[sort.Search(len(tags), func(i int) bool { return tags[i].Key > *from }):]
	}
	out := &ListTagsForStreamOutput{Tags: tags}
	if in.Limit != nil && len(tags) > int(*in.Limit) {
		out.Tags, out.HasMoreTags = tags[:*in.Limit], true
	}
	return out, nil
}
