package lambda

import "slices"

// DeleteEventSourceMapping stops a mapping. Invocations in flight end as they would; what they leave unprocessed and what
// waits is not delivered. The mapping is Deleting until then.
func (s *Service) DeleteEventSourceMapping(uuid string) (*EventSourceMappingConfiguration, error) {
	m, err := s.mapping(uuid)
	if err != nil {
		return nil, err
	}
	m.end()
	return m.describe(), nil
}

// remove takes a mapping off the list. It may be called twice.
func (s *Service) remove(m *mapping) {
	s.mu.Lock()
	i := slices.Index(s.mappings, m)
	if i >= 0 {
		s.mappings = slices.Delete(s.mappings, i, i+1)
	}
	s.mu.Unlock()
	if i >= 0 {
		m.unregister()
	}
}
