package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// TestControlPlaneRates: each operation is admitted as often a second as AWS allows, and a second's worth at once.
func TestControlPlaneRates(t *testing.T) {
	tests := []struct {
		operation, stream string
		rate              int
		message           string
	}{
		{"CreateStream", "new", 5, "Rate exceeded for stream new under account 123456789012."},
		{"DeleteStream", "s", 5, "Rate exceeded for stream s under account 123456789012."},
		{"DescribeStream", "s", 10, "Rate exceeded for stream s under account 123456789012."},
		{"DescribeStreamSummary", "s", 20, "Rate exceeded for stream s under account 123456789012."},
		{"ListStreams", "", 5, "Rate exceeded for account 123456789012."},
		{"ListShards", "s", 1000, "Rate exceeded for stream s under account 123456789012."},
	}
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	for i, tt := range tests {
		t.Run(tt.operation, func(t *testing.T) {
			for range tt.rate {
				if err := s.Admit(tt.operation, tt.stream); err != nil {
					t.Fatal(err)
				}
			}
			want(t, s.Admit(tt.operation, tt.stream), codeLimitExceeded, tt.message)
			c.RunUntil(clock.Epoch.Add(time.Duration(i+1) * time.Second))
			admitted := 0
			for s.Admit(tt.operation, tt.stream) == nil {
				admitted++
			}
			if admitted != tt.rate {
				t.Errorf("%d are admitted a second later, want %d", admitted, tt.rate)
			}
		})
	}
	for range 10_000 {
		if s.Admit("GetShardIterator", "s") != nil || s.Admit("ListShards", "missing") != nil {
			t.Fatal("what has no rate here was refused")
		}
	}
}
