package lambda

// GetEventSourceMapping describes a mapping.
func (s *Service) GetEventSourceMapping(uuid string) (*EventSourceMappingConfiguration, error) {
	m, err := s.mapping(uuid)
	if err != nil {
		return nil, err
	}
	return m.describe(), nil
}
