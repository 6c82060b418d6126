package cloudwatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/wavetank/wavetank/internal/measure"
)

// The statistics that minutes can be added up by. An average is the sum by the count: averages of minutes have no average
// of their own.
var statistics = []string{"SampleCount", "Sum", "Maximum"}

const (
	period      = 60  // seconds; AWS publishes no finer of these metrics
	mostQueries = 500 // of one GetMetricData; AWS, CloudWatch, API reference "GetMetricData"
	mostPages   = 100 // of one read; a page has up to 100,800 points
)

// read asks for every metric over the span once, and gives them with their points.
func (r *Reader) read(ctx context.Context, wanted []measure.CloudWatchMetric, a *measure.CloudWatchAsked) ([]measure.CloudWatchMetric, error) {
	out := slices.Clone(wanted)
	each := mostQueries / len(statistics)
	for first := 0; first < len(out); first += each {
		part := out[first:min(first+each, len(out))]
		if err := r.readPart(ctx, part, a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readPart reads metrics that fit one request, however many pages the answer has.
func (r *Reader) readPart(ctx context.Context, part []measure.CloudWatchMetric, a *measure.CloudWatchAsked) error {
	from, to := a.From(), a.To()
	points := make([]map[int]*measure.CloudWatchPoint, len(part))
	in := &cloudwatch.GetMetricDataInput{StartTime: &from, EndTime: &to, ScanBy: types.ScanByTimestampAscending}
	for i := range part {
		points[i] = map[int]*measure.CloudWatchPoint{}
		for n, stat := range statistics {
			in.MetricDataQueries = append(in.MetricDataQueries, query(queryID(i, n), &part[i], stat))
		}
	}
	for range mostPages {
		page, err := call(ctx, r.metrics, in)
		if err != nil {
			return err
		}
		for i := range page.MetricDataResults {
			result := &page.MetricDataResults[i]
			switch result.StatusCode {
			case types.StatusCodeForbidden:
				return errForbidden
			case types.StatusCodeInternalError:
				return errors.New("AWS had an internal error")
			}
			m, stat, ok := ofQuery(aws.ToString(result.Id), len(part))
			if !ok {
				continue // nobody asked
			}
			take(points[m], result, from, fieldOf(stat))
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			for i := range part {
				part[i].Points = inOrder(points[i])
			}
			return nil
		}
	}
	return fmt.Errorf("the answer has more than %d pages", mostPages)
}

// query asks for one statistic of one metric.
func query(id string, m *measure.CloudWatchMetric, stat string) types.MetricDataQuery {
	return types.MetricDataQuery{Id: &id, MetricStat: &types.MetricStat{
		Metric: &types.Metric{
			Namespace: aws.String(m.Namespace), MetricName: aws.String(m.MetricName),
			Dimensions: []types.Dimension{{Name: aws.String(m.Dimension), Value: aws.String(m.Name)}},
		},
		Period: aws.Int32(period), Stat: &stat,
	}}
}

// queryID names a query as AWS wants it: it begins with a small letter.
func queryID(metric, stat int) string { return fmt.Sprintf("m%d_%d", metric, stat) }

// ofQuery is the metric and the statistic of a query; not ok where it is none of ours.
func ofQuery(id string, metrics int) (metric, stat int, ok bool) {
	_, err := fmt.Sscanf(id, "m%d_%d", &metric, &stat)
	return metric, stat, err == nil && metric >= 0 && metric < metrics && stat >= 0 && stat < len(statistics)
}

// fieldOf is where a statistic goes.
func fieldOf(stat int) func(*measure.CloudWatchPoint) *float64 {
	return func(p *measure.CloudWatchPoint) *float64 {
		return []*float64{&p.SampleCount, &p.Sum, &p.Maximum}[stat]
	}
}

// take puts the values of a result at their minutes. What is no number, or of another time than was asked for, is left out.
func take(points map[int]*measure.CloudWatchPoint, result *types.MetricDataResult, from time.Time, field func(*measure.CloudWatchPoint) *float64) {
	for i := range min(len(result.Timestamps), len(result.Values)) {
		since, v := result.Timestamps[i].Sub(from), result.Values[i]
		if since < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		minute := int(since / time.Minute)
		if points[minute] == nil {
			points[minute] = &measure.CloudWatchPoint{Minute: minute}
		}
		*field(points[minute]) = v
	}
}

// inOrder is the points by their minutes. A minute of no samples says nothing: AWS means by it that nothing was published.
func inOrder(points map[int]*measure.CloudWatchPoint) []measure.CloudWatchPoint {
	list := make([]measure.CloudWatchPoint, 0, len(points))
	for p := range maps.Values(points) {
		if p.SampleCount > 0 {
			list = append(list, *p)
		}
	}
	slices.SortFunc(list, func(a, b measure.CloudWatchPoint) int { return cmp.Compare(a.Minute, b.Minute) })
	return list
}
