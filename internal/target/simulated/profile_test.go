package simulated

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/scenarios"
)

// What a scenario calls a limit is a limit of the service, and each limit of Kinesis has a name there but for the bounds of a
// channel's freshness, which are what a request may ask for; so has each of Firehose that is no duration.
func TestScenariosNameTheServicesLimits(t *testing.T) {
	for _, tt := range []struct {
		limits any
		named  []string
	}{
		{kinesis.Limits{}, scenarios.KinesisLimits},
		{firehose.Limits{}, scenarios.FirehoseLimits},
	} {
		var names []string
		for i := range reflect.TypeOf(tt.limits).NumField() {
			f := reflect.TypeOf(tt.limits).Field(i)
			_, ofKinesis := tt.limits.(kinesis.Limits)
			if f.Type != reflect.TypeFor[time.Duration]() || ofKinesis && !strings.HasSuffix(f.Name, "Freshness") {
				names = append(names, strings.ToLower(f.Name[:1])+f.Name[1:])
			}
		}
		slices.Sort(names)
		if !slices.Equal(names, tt.named) {
			t.Errorf("%T has %q, scenarios name %q", tt.limits, names, tt.named)
		}
	}
}

func TestABurstFollowsItsRate(t *testing.T) {
	for _, tt := range []struct {
		each map[string]scenarios.Factor
		want scenarios.Factor
	}{
		{nil, 3},
		{map[string]scenarios.Factor{"writeRecords": 2}, 2},
		{map[string]scenarios.Factor{"writeRecords": 2, "writeRecordsBurst": 5}, 5},
	} {
		if got := factorOf(&scenarios.ServiceLimits{All: 3, Each: tt.each}, "writeRecordsBurst"); got != tt.want {
			t.Errorf("%v: the burst is %v, want %v", tt.each, got, tt.want)
		}
	}
}
