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
	off := scaled(kinesis.Limits{}.Complete("us-east-1"), of(nil, math.Inf(1)), "iteratorAge")
	if off.WriteRecords != unlimited || off.RequestRecords != math.MaxInt32 || off.Calls["DescribeLimits"] != unlimited || off.IteratorAge <= 24*time.Hour {
		t.Errorf("without limits there are %+v", off)
	}
	if diff := cmp.Diff(aws, kinesis.Limits{}.Complete("us-east-1")); diff != "" {
		t.Errorf("AWS's own limits have changed:\n%s", diff)
	}
}
