package lambda

import (
	"cmp"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// CreateEventSourceMappingInput is what AWS takes for a Kinesis stream. A nil pointer is AWS's default.
type CreateEventSourceMappingInput struct {
	FunctionName                   string // name, partial ARN or ARN
	EventSourceArn                 string // of the stream, or of a stream consumer: enhanced fan-out
	BatchSize                      *int   // 1 to 10,000; default 100
	MaximumBatchingWindowInSeconds *int   // 0 to 300; default 0: records are sent as soon as they are there
	ParallelizationFactor          *int   // 1 to 10; default 1
	StartingPosition               string // TRIM_HORIZON, LATEST or AT_TIMESTAMP
	StartingPositionTimestamp      *Timestamp
	BisectBatchOnFunctionError     *bool    // default false
	MaximumRetryAttempts           *int     // -1 to 10,000; default -1: without end
	MaximumRecordAgeInSeconds      *int     // -1, or 60 to 604,800; default -1: any
	FunctionResponseTypes          []string // none, or ReportBatchItemFailures
	DestinationConfig              *DestinationConfig

	// What follows is refused by name unless it is its own default.

	Enabled                             *bool
	TumblingWindowInSeconds             *int
	FilterCriteria                      any
	KMSKeyArn                           string
	MetricsConfig                       any
	LoggingConfig                       any
	ProvisionedPollerConfig             any
	ScalingConfig                       any
	SourceAccessConfigurations          any
	SelfManagedEventSource              any
	SelfManagedKafkaEventSourceConfig   any
	AmazonManagedKafkaEventSourceConfig any
	DocumentDBEventSourceConfig         any
	Queues                              []string
	Topics                              []string
	Tags                                map[string]string
}

// The starting positions.
const (
	positionTrimHorizon = "TRIM_HORIZON"
	positionLatest      = "LATEST"
	positionAtTimestamp = "AT_TIMESTAMP"
)

// CreateEventSourceMapping makes a mapping and starts to read: with no Model.StartDelay, its starting position is taken
// before this returns. The answer is AWS's: state Creating.
func (s *Service) CreateEventSourceMapping(in CreateEventSourceMappingInput) (*EventSourceMappingConfiguration, error) {
	m, err := s.newMapping(&in)
	if err != nil {
		return nil, err
	}
	if err := s.insert(m); err != nil {
		return nil, err
	}
	out := m.describe()
	if err := m.launch(); err != nil {
		s.remove(m)
		return nil, errorf(CodeInvalidParameter, "Stream not found: %s", m.sourceARN)
	}
	return out, nil
}

// newMapping checks what is asked for, in AWS's order as far as that is known.
func (s *Service) newMapping(in *CreateEventSourceMappingInput) (*mapping, error) {
	now := s.clock.Now()
	if err := in.check(s.limits, now); err != nil {
		return nil, err
	}
	if err := in.DestinationConfig.check(s); err != nil {
		return nil, err
	}
	stream, consumer, err := s.resolveSource(in.EventSourceArn)
	if err != nil {
		return nil, err
	}
	name, here, err := s.resolve(in.FunctionName)
	if err != nil {
		return nil, err
	}
	f := s.function(name)
	if !here || f == nil {
		return nil, errorf(CodeInvalidParameter, "Function does not exist")
	}
	if _, err := s.streams.Shards(stream); err != nil {
		return nil, errorf(CodeInvalidParameter, "Stream not found: %s", in.EventSourceArn)
	}
	if consumer != "" && s.streams.FindConsumer(consumer) != nil { // AWS's words were not seen
		return nil, errorf(CodeInvalidParameter, "Consumer not found: %s", consumer)
	}
	m := &mapping{
		service:     s,
		function:    name,
		functionARN: s.functionARN(name),
		role:        f.Role,
		stream:      stream,
		consumer:    consumer,
		sourceARN:   in.EventSourceArn,
		reader:      Reader(name),
		batchSize:   or(in.BatchSize, 100),
		window:      time.Duration(or(in.MaximumBatchingWindowInSeconds, 0)) * time.Second,
		factor:      or(in.ParallelizationFactor, 1),
		position:    record.Position{Type: in.StartingPosition},
		failure:     newFailure(in),
		state:       stateCreating,
		processed:   resultNone,
		modified:    now,
		quit:        s.clock.NewSignal(),
	}
	if in.StartingPositionTimestamp != nil {
		m.position.At = in.StartingPositionTimestamp.Time
	}
	return m, nil
}

// Reader is the name a function's mappings read streams under.
func Reader(function string) string { return "lambda/" + function }

// insert gives the mapping its UUID and puts it on the list, unless function and event source have one.
func (s *Service) insert(m *mapping) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.mappings {
		if o.function == m.function && o.sourceARN == m.sourceARN {
			return errorf(CodeConflict, `The event source arn (" %s ") and function (" %s ") provided mapping already exists. Please update or delete the existing mapping with UUID %s`,
				m.sourceARN, m.function, o.uuid)
		}
	}
	m.uuid = newUUID(s.ids)
	m.passed, m.unregister = s.streams.Register(m.stream, m.reader)
	s.mappings = append(s.mappings, m)
	return nil
}

// or is what p points to, or the default.
func or[T any](p *T, otherwise T) T { return *cmp.Or(p, &otherwise) }
