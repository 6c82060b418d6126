package simulator

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

func TestScaledLimits(t *testing.T) {
	aws := kinesis.Limits{}.Complete("us-east-1")
	of := func(factors map[string]float64, rest float64) Scale {
		return func(name string) float64 {
			if f, named := factors[name]; named {
				return f
			}
			return rest
		}
	}
	tests := []struct {
		name  string
		scale Scale
		want  func(*kinesis.Limits)
	}{
		{"AWS's own", nil, func(*kinesis.Limits) {}},
		{"one limit", of(map[string]float64{"writeRecords": 2.5}, 1), func(l *kinesis.Limits) { l.WriteRecords = 2500 }},
		{"one at least", of(map[string]float64{"readCalls": 0.001}, 1), func(l *kinesis.Limits) { l.ReadCalls = 1 }},
		{"calls", of(map[string]float64{"calls": 10}, 1), func(l *kinesis.Limits) {
			for operation := range l.Calls {
				l.Calls[operation] *= 10
			}
		}},
		{"a duration by its name", of(map[string]float64{"iteratorAge": 2}, 1), func(l *kinesis.Limits) { l.IteratorAge = 10 * time.Minute }},
		{"what lasts is longer", of(map[string]float64{"subscriptionAge": 3}, 1), func(l *kinesis.Limits) { l.SubscriptionAge = 15 * time.Minute }},
		{"what must pass is shorter", of(map[string]float64{"takeover": 5, "commitment": 24, "scaleUp": 0.5}, 1), func(l *kinesis.Limits) {
			l.Takeover, l.Commitment, l.ScaleUp = time.Second, time.Hour, 30*time.Minute
		}},
		{"the tank follows its rate", of(map[string]float64{"writeBytes": 2, "writeBytesBurst": 2}, 1), func(l *kinesis.Limits) { l.WriteBytes = 2 << 20 }},
		{"the tank alone", of(map[string]float64{"writeBytesBurst": 2.5}, 1), func(l *kinesis.Limits) { l.WriteBytesBurst = 5 << 19 }},
		{"the tank as AWS has it", of(map[string]float64{"writeBytes": 3}, 1), func(l *kinesis.Limits) { l.WriteBytes, l.WriteBytesBurst = 3<<20, 1<<20 }},
		{"a tank without end", of(map[string]float64{"writeBytesBurst": math.Inf(1)}, 1), func(l *kinesis.Limits) { l.WriteBytesBurst = unlimited }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := kinesis.Limits{}.Complete("us-east-1")
			tt.want(&want)
			if diff := cmp.Diff(want, scaled(kinesis.Limits{}.Complete("us-east-1"), tt.scale, "iteratorAge")); diff != "" {
				t.Errorf("limits (-want +got):\n%s", diff)
			}
		})
	}
	own := scaled(kinesis.Limits{WriteBytesBurst: 8 << 20}.Complete("us-east-1"), of(map[string]float64{"writeBytesBurst": 0.5}, 1))
	if own.WriteBytesBurst != 4<<20 {
		t.Errorf("half of a tank of 8 MiB holds %d bytes", own.WriteBytesBurst)
	}
	off := scaled(kinesis.Limits{}.Complete("us-east-1"), of(nil, math.Inf(1)), "iteratorAge")
	if off.WriteRecords != unlimited || off.RequestRecords != math.MaxInt32 || off.Calls["DescribeLimits"] != unlimited || off.IteratorAge != longest ||
		off.SubscriptionAge != longest || off.Takeover != 1 || off.Commitment != 1 || off.ScaleUp != 1 {
		t.Errorf("without limits there are %+v", off)
	}
	if off.LeastFreshness != aws.LeastFreshness || off.MostFreshness != aws.MostFreshness {
		t.Errorf("bounds of a request's member are no limits: %v to %v", off.LeastFreshness, off.MostFreshness)
	}
	if diff := cmp.Diff(aws, kinesis.Limits{}.Complete("us-east-1")); diff != "" {
		t.Errorf("AWS's own limits have changed:\n%s", diff)
	}
}
