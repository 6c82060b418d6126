package simulated_test

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// A stream keeps its records for as long as the scenario says, also where it takes a while until it is ACTIVE.
func TestMadeStreamsKeepTheirRecords(t *testing.T) {
	for _, model := range []string{scenarios.ModelLocal, scenarios.ModelAWS} {
		t.Run(model, func(t *testing.T) {
			s, err := scenarios.Parse("test.yaml", []byte(`
version: 1
model: `+model+`
pipeline: {streams: {day: {}, week: {retentionPeriod: 168h}, year: {streamMode: ON_DEMAND, retentionPeriod: 8760h}}}
`), nil)
			if err != nil {
				t.Fatal(err)
			}
			v := clock.NewVirtual()
			defer v.Stop()
			made := simulated.New(simulated.Config{Clock: v})
			if err := made.Deploy(t.Context(), s, &observer{}); err != nil {
				t.Fatal(err)
			}
			v.RunUntil(v.Now().Add(time.Second))
			for name, hours := range map[string]int{"day": 24, "week": 168, "year": 8760} {
				out, err := made.World().Kinesis.DescribeStreamSummary(kinesis.DescribeStreamSummaryInput{StreamName: &name})
				if err != nil {
					t.Fatal(err)
				}
				if got := out.StreamDescriptionSummary.RetentionPeriodHours; got != hours {
					t.Errorf("%s keeps its records for %d hours, want %d", name, got, hours)
				}
			}
		})
	}
}
