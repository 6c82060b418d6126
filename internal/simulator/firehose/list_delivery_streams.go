package firehose

import (
	"maps"
	"slices"
)

// ListDeliveryStreams
//
// Emulated: all members.
// Source: API reference ListDeliveryStreams.

// ListDeliveryStreamsInput is the input of ListDeliveryStreams.
type ListDeliveryStreamsInput struct {
	DeliveryStreamType               string // only of this type; "" is all
	ExclusiveStartDeliveryStreamName string // only names after this one
	Limit                            *int   // 1 to 10,000; 10 by default
}

// ListDeliveryStreamsOutput is the answer of ListDeliveryStreams.
type ListDeliveryStreamsOutput struct {
	DeliveryStreamNames    []string
	HasMoreDeliveryStreams bool
}

// ListDeliveryStreams lists names in alphabetical order.
func (s *Service) ListDeliveryStreams(in ListDeliveryStreamsInput) (*ListDeliveryStreamsOutput, error) {
	if err := s.admit("ListDeliveryStreams"); err != nil {
		return nil, err
	}
	limit := 10
	if in.Limit != nil {
		limit = *in.Limit
	}
	if limit < 1 {
		return nil, constraint(limit, "limit", "Member must have value greater than or equal to 1")
	}
	if limit > 10_000 {
		return nil, constraint(limit, "limit", "Member must have value less than or equal to 10000")
	}
	s.mu.RLock()
	names := slices.Sorted(maps.Keys(s.streams))
	names = slices.DeleteFunc(names, func(n string) bool {
		return n <= in.ExclusiveStartDeliveryStreamName ||
			in.DeliveryStreamType != "" && in.DeliveryStreamType != s.streams[n].kind()
	})
	s.mu.RUnlock()
	out := &ListDeliveryStreamsOutput{DeliveryStreamNames: names}
	if len(names) > limit {
		out.DeliveryStreamNames, out.HasMoreDeliveryStreams = names[:limit], true
	}
	return out, nil
}
