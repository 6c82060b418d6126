package lambda

// ListEventSourceMappingsInput pages through the mappings.
type ListEventSourceMappingsInput struct {
	EventSourceArn string // only those of this stream
	FunctionName   string // only those of this function: name, partial ARN or ARN
	Marker         string // NextMarker of the page before
	MaxItems       *int   // 1 to 10,000; nil is 100, and no page holds more (SDK ListEventSourceMappings)
}

// ListEventSourceMappingsOutput is one page, in the order of creation.
type ListEventSourceMappingsOutput struct {
	EventSourceMappings []*EventSourceMappingConfiguration
	NextMarker          string `json:",omitempty"`
}

// ListEventSourceMappings lists the mappings in the order of their creation.
func (s *Service) ListEventSourceMappings(in ListEventSourceMappingsInput) (*ListEventSourceMappingsOutput, error) {
	most, err := pageSize(in.MaxItems, 100)
	if err != nil {
		return nil, err
	}
	name, here := "", true
	if in.FunctionName != "" {
		if name, here, err = s.resolve(in.FunctionName); err != nil {
			return nil, err
		}
	}
	out := &ListEventSourceMappingsOutput{EventSourceMappings: []*EventSourceMappingConfiguration{}}
	after := in.Marker == ""
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mappings {
		match := here && (name == "" || m.function == name) && (in.EventSourceArn == "" || m.sourceARN == in.EventSourceArn)
		if after && match {
			if len(out.EventSourceMappings) == most {
				out.NextMarker = out.EventSourceMappings[most-1].UUID
				break
			}
			out.EventSourceMappings = append(out.EventSourceMappings, m.describe())
		}
		after = after || m.uuid == in.Marker
	}
	return out, nil
}
