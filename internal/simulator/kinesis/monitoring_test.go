package kinesis

import (
	"slices"
	"testing"
)

// TestEnhancedMonitoring: each answer says what was switched on before and what is now, in the order of the enumeration.
func TestEnhancedMonitoring(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	all := shardMetrics
	tests := []struct {
		name    string
		do      func(EnhancedMonitoringInput) (*EnhancedMonitoringOutput, error)
		metrics []string
		after   []string
	}{
		{"two, in another order", s.EnableEnhancedMonitoring, []string{"OutgoingBytes", "IncomingBytes"}, []string{"IncomingBytes", "OutgoingBytes"}},
		{"one between them, one again", s.EnableEnhancedMonitoring, []string{"IncomingRecords", "IncomingBytes"}, []string{"IncomingBytes", "IncomingRecords", "OutgoingBytes"}},
		{"one that is not on", s.DisableEnhancedMonitoring, []string{"IteratorAgeMilliseconds"}, []string{"IncomingBytes", "IncomingRecords", "OutgoingBytes"}},
		{"one off", s.DisableEnhancedMonitoring, []string{"IncomingBytes"}, []string{"IncomingRecords", "OutgoingBytes"}},
		{"all", s.EnableEnhancedMonitoring, []string{"ALL"}, all},
		{"one off again", s.DisableEnhancedMonitoring, []string{"IteratorAgeMilliseconds"}, all[:6]},
		{"none", s.DisableEnhancedMonitoring, []string{"ALL"}, []string{}},
	}
	before := []string{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := tt.do(EnhancedMonitoringInput{StreamName: new("s"), ShardLevelMetrics: tt.metrics})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(out.CurrentShardLevelMetrics, before) || !slices.Equal(out.DesiredShardLevelMetrics, tt.after) {
				t.Errorf("%v became %v, want %v and %v", out.CurrentShardLevelMetrics, out.DesiredShardLevelMetrics, before, tt.after)
			}
			d, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
			if err != nil || !slices.Equal(d.StreamDescriptionSummary.EnhancedMonitoring[0].ShardLevelMetrics, tt.after) {
				t.Errorf("the stream shows %+v, %v", d, err)
			}
			before = tt.after
		})
	}
}

func TestEnhancedMonitoringRefusals(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	tests := []struct {
		name    string
		metrics []string
		message string
	}{
		{"absent", nil, "1 validation error detected: Value null at 'shardLevelMetrics' failed to satisfy constraint: Member must not be null"},
		{"empty", []string{}, "1 validation error detected: Value '[]' at 'shardLevelMetrics' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{
			"eight", append(slices.Clone(shardMetrics), "ALL"),
			"1 validation error detected: Value '[IncomingBytes, IncomingRecords, OutgoingBytes, OutgoingRecords, WriteProvisionedThroughputExceeded, " +
				"ReadProvisionedThroughputExceeded, IteratorAgeMilliseconds, ALL]' at 'shardLevelMetrics' failed to satisfy constraint: Member must have length less than or equal to 7",
		},
		{
			"unknown", []string{"ALL", "Bytes"}, "1 validation error detected: Value 'Bytes' at 'shardLevelMetrics.2.member' failed to satisfy constraint: " +
				"Member must satisfy enum value set: [IncomingBytes, IncomingRecords, OutgoingBytes, OutgoingRecords, WriteProvisionedThroughputExceeded, " +
				"ReadProvisionedThroughputExceeded, IteratorAgeMilliseconds, ALL]",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.EnableEnhancedMonitoring(EnhancedMonitoringInput{StreamName: new("s"), ShardLevelMetrics: tt.metrics})
			want(t, err, codeValidation, tt.message)
		})
	}
}
