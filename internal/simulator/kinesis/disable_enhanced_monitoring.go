package kinesis

// DisableEnhancedMonitoring
//
// Emulated: which metrics are switched off, by name or ALL; one that is not on is passed over. As EnableEnhancedMonitoring
// otherwise.
// Source: API reference DisableEnhancedMonitoring.

// DisableEnhancedMonitoring switches shard-level metrics off.
func (s *Service) DisableEnhancedMonitoring(in EnhancedMonitoringInput) (*EnhancedMonitoringOutput, error) {
	return s.monitor(in, false)
}
