package lambda

import "time"

// EventSourceMappingConfiguration describes a mapping as AWS does, with its defaults for what is not emulated yet.
type EventSourceMappingConfiguration struct {
	UUID                           string
	BatchSize                      int
	BisectBatchOnFunctionError     bool
	DestinationConfig              DestinationConfig
	EventSourceArn                 string
	EventSourceMappingArn          string
	FunctionArn                    string
	FunctionResponseTypes          []string
	LastModified                   Timestamp
	LastProcessingResult           string
	MaximumBatchingWindowInSeconds int
	MaximumRecordAgeInSeconds      int
	MaximumRetryAttempts           int
	ParallelizationFactor          int
	StartingPosition               string
	StartingPositionTimestamp      *Timestamp `json:",omitempty"`
	State                          string
	StateTransitionReason          string
	TumblingWindowInSeconds        int
}

// describe is the mapping as it stands.
func (m *mapping) describe() *EventSourceMappingConfiguration {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &EventSourceMappingConfiguration{
		UUID:                           m.uuid,
		BatchSize:                      m.batchSize,
		BisectBatchOnFunctionError:     m.failure.bisect,
		DestinationConfig:              DestinationConfig{OnFailure: OnFailure{m.failure.destination}},
		EventSourceArn:                 m.sourceARN,
		EventSourceMappingArn:          m.service.mappingARN(m.uuid),
		FunctionArn:                    m.functionARN,
		FunctionResponseTypes:          []string{},
		LastModified:                   Timestamp{m.modified},
		LastProcessingResult:           m.processed,
		MaximumBatchingWindowInSeconds: int(m.window / time.Second),
		MaximumRecordAgeInSeconds:      -1,
		MaximumRetryAttempts:           m.failure.retries,
		ParallelizationFactor:          m.factor,
		StartingPosition:               m.position.Type,
		State:                          m.state,
		StateTransitionReason:          "User action",
	}
	if m.failure.age > 0 {
		c.MaximumRecordAgeInSeconds = int(m.failure.age / time.Second)
	}
	if m.failure.report {
		c.FunctionResponseTypes = append(c.FunctionResponseTypes, reportBatchItemFailures)
	}
	if m.position.Type == positionAtTimestamp {
		c.StartingPositionTimestamp = &Timestamp{m.position.At}
	}
	return c
}

// mapping finds a mapping by its UUID.
func (s *Service) mapping(uuid string) (*mapping, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mappings {
		if m.uuid == uuid {
			return m, nil
		}
	}
	return nil, errorf(CodeNotFound, "The resource you requested does not exist.")
}

// Pending is how many records a mapping has received that are in no successful invocation yet; zero where there is no
// such mapping.
func (s *Service) Pending(uuid string) int {
	m, err := s.mapping(uuid)
	if err != nil {
		return 0
	}
	return m.pending()
}
