package lambda

// UpdateEventSourceMapping is refused by name: a mapping that exists cannot be changed yet.
func (s *Service) UpdateEventSourceMapping(uuid string) (*EventSourceMappingConfiguration, error) {
	if _, err := s.mapping(uuid); err != nil {
		return nil, err
	}
	return nil, notEmulated("UpdateEventSourceMapping")
}
