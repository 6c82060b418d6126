package lambda

// DeleteFunction removes a function. Its mappings stay, as on AWS: their batches wait until a function of the name is
// there again.
func (s *Service) DeleteFunction(name string) error {
	f, err := s.find(name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.functions, f.Name)
	return nil
}
