package lambda

import (
	"strings"
	"time"
)

// check finds what AWS would refuse and what is not emulated yet. The service's own state is not looked at.
func (in *CreateEventSourceMappingInput) check(l Limits, now time.Time) error {
	if in.EventSourceArn == "" {
		return errorf(CodeInvalidParameter, "Unrecognized event source.")
	}
	if err := within(or(in.BatchSize, 100), "batchSize", 1, l.BatchSize); err != nil {
		return err
	}
	if err := within(or(in.MaximumBatchingWindowInSeconds, 0), "maximumBatchingWindowInSeconds", 0, int(l.Window/time.Second)); err != nil {
		return err
	}
	if err := within(or(in.ParallelizationFactor, 1), "parallelizationFactor", 1, l.Factor); err != nil {
		return err
	}
	if err := in.checkFailure(l); err != nil {
		return err
	}
	if err := in.checkPosition(now); err != nil {
		return err
	}
	if what := in.later(); what != "" {
		return notEmulated(what)
	}
	return nil
}

// checkFailure checks what is to become of batches that fail, but for where they go.
func (in *CreateEventSourceMappingInput) checkFailure(l Limits) error {
	if err := within(or(in.MaximumRetryAttempts, -1), "maximumRetryAttempts", -1, l.RetryAttempts); err != nil {
		return err
	}
	age, most := or(in.MaximumRecordAgeInSeconds, -1), int(l.RecordAge/time.Second)
	if err := within(age, "maximumRecordAgeInSeconds", -1, most); err != nil {
		return err
	}
	if least := int(l.LeastRecordAge / time.Second); age > -1 && age < least { // the rule is the API reference's, its words were not seen
		return errorf(CodeInvalidParameter, "MaximumRecordAgeInSeconds must be -1 or between %d and %d, and is %d.", least, most, age)
	}
	const member = "functionResponseTypes"
	types := in.FunctionResponseTypes
	if len(types) > 1 {
		return constraint("["+strings.Join(types, ", ")+"]", member, "Member must have length less than or equal to 1")
	}
	if len(types) == 1 && types[0] != reportBatchItemFailures {
		return constraint("["+types[0]+"]", member, "Member must satisfy constraint: [Member must satisfy enum value set: ["+reportBatchItemFailures+"]]")
	}
	return nil
}

func (in *CreateEventSourceMappingInput) checkPosition(now time.Time) error {
	at := in.StartingPositionTimestamp
	switch in.StartingPosition {
	case "":
		return errorf(CodeInvalidParameter, "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.")
	case positionTrimHorizon, positionLatest:
		if at != nil {
			return errorf(CodeInvalidParameter, "StartingPositionTimestamp is valid only with StartingPosition AT_TIMESTAMP.")
		}
	case positionAtTimestamp:
		if at == nil {
			return errorf(CodeInvalidParameter, "StartingPosition AT_TIMESTAMP needs a StartingPositionTimestamp.")
		}
		if at.After(now) {
			return errorf(CodeInvalidParameter, "StartingPositionTimestamp must not be in the future.")
		}
	default:
		return constraint(in.StartingPosition, "startingPosition", "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]")
	}
	return nil
}

// later names the first setting that is not emulated yet and is not at its default.
func (in *CreateEventSourceMappingInput) later() string {
	for _, s := range []struct {
		name string
		used bool
	}{
		{"Enabled=false", !or(in.Enabled, true)},
		{"TumblingWindowInSeconds", or(in.TumblingWindowInSeconds, 0) != 0},
		{"FilterCriteria", !empty(in.FilterCriteria)},
		{"KMSKeyArn", in.KMSKeyArn != ""},
		{"MetricsConfig", !empty(in.MetricsConfig)},
		{"LoggingConfig", !empty(in.LoggingConfig)},
		{"ProvisionedPollerConfig", !empty(in.ProvisionedPollerConfig)},
		{"ScalingConfig", !empty(in.ScalingConfig)},
		{"SourceAccessConfigurations", !empty(in.SourceAccessConfigurations)},
		{"SelfManagedEventSource", !empty(in.SelfManagedEventSource)},
		{"SelfManagedKafkaEventSourceConfig", !empty(in.SelfManagedKafkaEventSourceConfig)},
		{"AmazonManagedKafkaEventSourceConfig", !empty(in.AmazonManagedKafkaEventSourceConfig)},
		{"DocumentDBEventSourceConfig", !empty(in.DocumentDBEventSourceConfig)},
		{"Queues", len(in.Queues) > 0},
		{"Topics", len(in.Topics) > 0},
		{"Tags of an event source mapping", len(in.Tags) > 0},
	} {
		if s.used {
			return s.name
		}
	}
	return ""
}

// empty tells whether a JSON value says nothing: null, "", [], {} or an object of such.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, member := range v {
			if !empty(member) {
				return false
			}
		}
		return true
	}
	return false
}
