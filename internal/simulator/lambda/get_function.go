package lambda

// GetFunctionOutput is a function's description and tags.
type GetFunctionOutput struct {
	Configuration *FunctionConfiguration
	Code          FunctionCodeLocation
	Tags          map[string]string `json:",omitempty"`
}

// FunctionCodeLocation says where a function's code is: a modelled one has none.
type FunctionCodeLocation struct{ RepositoryType string }

// GetFunction finds a function by name, partial ARN or ARN.
func (s *Service) GetFunction(name string) (*GetFunctionOutput, error) {
	f, err := s.find(name)
	if err != nil {
		return nil, err
	}
	return &GetFunctionOutput{Configuration: f.config, Code: FunctionCodeLocation{RepositoryType: "S3"}, Tags: f.Tags}, nil
}

// GetFunctionConfiguration finds a function by name, partial ARN or ARN.
func (s *Service) GetFunctionConfiguration(name string) (*FunctionConfiguration, error) {
	f, err := s.find(name)
	if err != nil {
		return nil, err
	}
	return f.config, nil
}

// find resolves a name to its function.
func (s *Service) find(name string) (*function, error) {
	bare, here, err := s.resolve(name)
	if err != nil {
		return nil, err
	}
	if f := s.function(bare); here && f != nil {
		return f, nil
	}
	return nil, errorf(CodeNotFound, "Function not found: %s", s.functionARN(bare))
}
