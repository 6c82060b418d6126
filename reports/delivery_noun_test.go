package reports

import (
	"testing"

	"github.com/wavetank/wavetank/scenarios"
)

// What a delivery stream's values come in is called by where it delivers to.
func TestDeliveryNoun(t *testing.T) {
	r := &Report{Scenario: &scenarios.Scenario{Pipeline: scenarios.Pipeline{DeliveryStreams: map[string]scenarios.DeliveryStream{
		"archive": {}, "hook": {HTTP: &scenarios.HTTPDestination{}},
	}}}}
	for name, want := range map[string]string{
		"archive.end_to_end": "object", "hook.end_to_end": "request", "firehose.lag": "unit", "firehose.freshness": "sample",
	} {
		if got := r.unitNoun(name); got != want {
			t.Errorf("%s comes in %q, want %q", name, got, want)
		}
	}
	delete(r.Scenario.Pipeline.DeliveryStreams, "archive")
	if got := r.unitNoun("firehose.lag"); got != "request" {
		t.Errorf("without objects it comes in %q", got)
	}
}
