package cloudwatch

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/wavetank/wavetank/internal/measure"
)

// runStart is when the load of the tests' runs begins: 20 s into a minute. It lasts for two minutes.
func runStart() time.Time { return time.Date(2026, 11, 24, 10, 15, 20, 0, time.UTC) }

// askedOf is a run of some resources.
func askedOf(resources ...measure.CloudWatchResource) measure.CloudWatchAsked {
	at := runStart()
	return measure.CloudWatchAsked{
		Start: at, End: at.Add(2 * time.Minute), Drained: at.Add(2*time.Minute + 10*time.Second), Resources: resources,
	}
}

var (
	clicks   = measure.CloudWatchResource{Kind: measure.StreamResource, Name: "wavetank-x-clicks", As: "clicks"}
	process  = measure.CloudWatchResource{Kind: measure.FunctionResource, Name: "wavetank-x-process", As: "process", LogGroup: "/aws/lambda/wavetank-x-process"}
	toS3     = measure.CloudWatchResource{Kind: measure.DeliveryStreamResource, Name: "wavetank-x-to-s3", As: "to-s3"}
	fromTank = measure.CloudWatchResource{Kind: measure.DeliveryStreamResource, Name: "wavetank-x-archive", As: "archive", Source: "clicks"}
)

// published is what a fake CloudWatch has of each metric: by name, then by minute.
type published map[string]map[int]measure.CloudWatchPoint

// answer is GetMetricData over what is published, pageSize results a page.
func (p published) answer(in *cloudwatch.GetMetricDataInput, pageSize int) *cloudwatch.GetMetricDataOutput {
	out := &cloudwatch.GetMetricDataOutput{}
	for _, q := range in.MetricDataQueries {
		r := types.MetricDataResult{Id: q.Id, StatusCode: types.StatusCodeComplete}
		points := p[aws.ToString(q.MetricStat.Metric.MetricName)]
		for minute := range 60 {
			point, ok := points[minute]
			if !ok {
				continue
			}
			r.Timestamps = append(r.Timestamps, in.StartTime.Add(time.Duration(minute)*time.Minute))
			r.Values = append(r.Values, *fieldOf(slices.Index(statistics, *q.MetricStat.Stat))(&point))
		}
		out.MetricDataResults = append(out.MetricDataResults, r)
	}
	first := 0
	if in.NextToken != nil {
		first, _ = strconv.Atoi(*in.NextToken)
	}
	if first+pageSize < len(out.MetricDataResults) {
		out.NextToken = aws.String(strconv.Itoa(first + pageSize))
	}
	out.MetricDataResults = out.MetricDataResults[first:min(first+pageSize, len(out.MetricDataResults))]
	return out
}

// counted is a point of n samples of 1.
func counted(minute int, n float64) measure.CloudWatchPoint {
	return measure.CloudWatchPoint{Minute: minute, SampleCount: n, Sum: n, Maximum: 1}
}

// asking is a reader whose nth read of the metrics, from 1, is answered by a function.
func asking(wait time.Duration, answer func(n int, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error)) (r *Reader, reads *int) {
	reads = new(int)
	return &Reader{
		wait: wait, every: 15 * time.Second,
		metrics: func(_ context.Context, in *cloudwatch.GetMetricDataInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error) {
			if in.NextToken == nil {
				*reads++
			}
			return answer(*reads, in)
		},
	}, reads
}

// listener keeps what is told.
type listener struct{ phases, notes []string }

func (l *listener) phase(text string) { l.phases = append(l.phases, text) }
func (l *listener) note(text string)  { l.notes = append(l.notes, text) }

// pointsOf are those of a metric.
func pointsOf(t *testing.T, c *measure.CloudWatch, name string) []measure.CloudWatchPoint {
	t.Helper()
	for i := range c.Metrics {
		if c.Metrics[i].MetricName == name {
			return c.Metrics[i].Points
		}
	}
	t.Fatalf("%s was not asked for", name)
	return nil
}
