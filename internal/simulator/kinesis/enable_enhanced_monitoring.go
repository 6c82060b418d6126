package kinesis

// EnableEnhancedMonitoring
//
// Emulated: which metrics are switched on, by name or ALL; DescribeStream shows them. The metrics themselves are not
// offered: there is no CloudWatch. It takes effect at once, and the stream must be ACTIVE (its ResourceInUseException).
// Source: API reference EnableEnhancedMonitoring.

// EnableEnhancedMonitoring switches shard-level metrics on.
func (s *Service) EnableEnhancedMonitoring(in EnhancedMonitoringInput) (*EnhancedMonitoringOutput, error) {
	return s.monitor(in, true)
}
