package aws

import (
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

func parsed(t *testing.T, text string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("plan.yaml", []byte("version: 1\n"+text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A target takes what all streams and Direct PUTs together are offered in their busiest second.
func TestPeaks(t *testing.T) {
	s := parsed(t, `
duration: 4s
pipeline:
  streams: {clicks: {}, orders: {}}
  deliveryStreams: {direct: {s3: {bucket: lake}}}
load:
  - {stream: clicks, generator: {clickstream: {users: 5}}, rate: 20/s}
  - {stream: clicks, generator: {clickstream: {users: 5}}, rate: 5/s}
  - {stream: orders, generator: {clickstream: {users: 5}}, rate: 10/s, batch: {records: 500, linger: 1s}}
  - {deliveryStream: direct, generator: {sensor: {sensors: 5}}, rate: 40/s}
`)
	each, together := peaks(s)
	for d, want := range map[target.Destination]float64{
		{Stream: "clicks"}: 25, {Stream: "orders"}: 10, {DeliveryStream: "direct"}: 40,
	} {
		if got := each[d]; got < want-0.01 || got > want+0.01 {
			t.Errorf("%v: %v records/s, want %v", d, got, want)
		}
	}
	if together < 74.99 || together > 75.01 {
		t.Errorf("together %v records/s, want 75", together)
	}
	if got := usualBatch(s); got != 11 {
		t.Errorf("requests of %d records, want 11", got)
	}
	if got := below(s, 30.2); !strings.HasPrefix(got, "30/s of all loads together") {
		t.Error(got)
	}
	s.Load = s.Load[:1]
	if got := below(s, 30.2); got != "--rate 30/s stays below" {
		t.Error(got)
	}
}
