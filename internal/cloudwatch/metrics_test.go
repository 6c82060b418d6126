package cloudwatch

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"github.com/wavetank/wavetank/internal/measure"
)

// TestCatalogue holds what is asked of each kind of resource, its pulse first.
func TestCatalogue(t *testing.T) {
	for _, test := range []struct {
		name      string
		of        measure.CloudWatchResource
		namespace string
		want      []string
	}{
		{"a stream", clicks, "AWS/Kinesis", []string{
			"IncomingRecords", "IncomingBytes", "WriteProvisionedThroughputExceeded", "PutRecords.ThrottledRecords", "PutRecords.Latency",
			"ReadProvisionedThroughputExceeded", "GetRecords.Records", "GetRecords.IteratorAgeMilliseconds",
		}},
		{"a function", process, "AWS/Lambda", []string{"Invocations", "Errors", "Throttles", "Duration", "IteratorAge"}},
		{"Direct PUT", toS3, "AWS/Firehose", []string{"IncomingRecords", "ThrottledRecords", "DeliveryToS3.Records", "DeliveryToS3.DataFreshness"}},
		{"of a stream", fromTank, "AWS/Firehose", []string{"DataReadFromKinesisStream.Records", "DeliveryToS3.Records", "DeliveryToS3.DataFreshness"}},
		{"of another kind", measure.CloudWatchResource{Kind: "bucket"}, "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, pulses := catalogue([]measure.CloudWatchResource{clicks, test.of})
			all = all[len(streamMetrics.metrics):]
			var got []string
			for i := range all {
				got = append(got, all[i].MetricName)
				if all[i].Namespace != test.namespace || all[i].Name != test.of.Name || all[i].Unit == "" {
					t.Errorf("%+v", all[i])
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
			if want := 1 + min(len(test.want), 1); len(pulses) != want || pulses[0] != 0 {
				t.Errorf("pulses %v, want %d", pulses, want)
			}
		})
	}
}

// TestManyMetrics holds that more metrics than one request takes are asked for in several, and that each gets its own.
func TestManyMetrics(t *testing.T) {
	var many []measure.CloudWatchResource
	for i := range 60 {
		many = append(many, measure.CloudWatchResource{Kind: measure.FunctionResource, Name: fmt.Sprint("f", i), As: fmt.Sprint("f", i)})
	}
	r, reads := asking(0, func(_ int, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
		if len(in.MetricDataQueries) > mostQueries {
			t.Errorf("%d queries in one request", len(in.MetricDataQueries))
		}
		return published{"Invocations": {1: counted(1, 5)}}.answer(in, 60), nil
	})
	got := r.Read(t.Context(), askedOf(many...), nil, nil)
	if got == nil || len(got.Metrics) != 300 || *reads != 2 {
		t.Fatalf("told %+v after %d requests", got, *reads)
	}
	for i := range got.Metrics {
		m := &got.Metrics[i]
		if want := m.MetricName == "Invocations"; want != (len(m.Points) == 1) || m.As != fmt.Sprint("f", i/5) {
			t.Errorf("metric %d: %+v", i, m)
		}
	}
}

// TestLastMinute holds which minute ends the wait.
func TestLastMinute(t *testing.T) {
	for _, test := range []struct {
		lasts time.Duration
		want  int
	}{{time.Second, 0}, {40 * time.Second, 0}, {41 * time.Second, 1}, {2 * time.Minute, 2}, {0, 0}} {
		a := askedOf()
		a.End = a.Start.Add(test.lasts)
		if got := lastMinute(&a); got != test.want {
			t.Errorf("a load of %v that begins at :20 ends in minute %d, want %d", test.lasts, got, test.want)
		}
	}
}
