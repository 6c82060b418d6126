package main

import (
	"testing"

	"github.com/wavetank/wavetank/scenarios"
)

func TestObjectiveWords(t *testing.T) {
	tests := []struct{ objective, want string }{
		{"put.latency p99 < 100ms", "due → acknowledged, linger and retries included: less than 100ms for 99% of the records"},
		{"lambda.duration p99.9 <= 2s over 10s", "invocation begins → ends: at most 2s for 99.9% of the invocations, in every 10s"},
		{"put.response max < 1s", "should have left → acknowledged: less than 1s for every request"},
		{"put.response mean < 1s", "should have left → acknowledged: less than 1s on average"},
		{"billing.end_to_end p50 < 1m", "due → at the sink: less than 1m for 50% of the records"},
		{"put.hit < 0.1%", "records refused at least once: less than 0.1% of put.offered"},
		{"put.throttled == 0", "attempts refused by a limit: none"},
		{"put.acked >= 10000", "records acknowledged: at least 10,000"},
		{"put.unknown == 2", "records without an answer: they may or may not be stored: exactly 2"},
		{"goodput > 100/s", "distinct records per second at a sink within its objective's latency: more than 100/s"},
	}
	for _, tt := range tests {
		t.Run(tt.objective, func(t *testing.T) {
			o, err := scenarios.ParseObjective(tt.objective)
			if err != nil {
				t.Fatal(err)
			}
			if got := objectiveWords(o); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
