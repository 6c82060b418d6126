package reports

import (
	"strings"

	"github.com/wavetank/wavetank/internal/measure"
)

// CloudWatch is one statistic of one of CloudWatch's metrics over a run's whole minutes, and beside it what the run itself
// measured of the same. The two are never mixed: no objective rests on it.
type CloudWatch struct {
	Namespace  string             `json:"namespace"`
	MetricName string             `json:"metricName"`
	Dimensions map[string]string  `json:"dimensions"` // the resource as the account calls it
	Resource   string             `json:"resource"`   // as the scenario calls it
	Stat       string             `json:"stat"`       // Sum, Average or Maximum
	Unit       string             `json:"unit"`       // of every figure here: Count, Bytes, Milliseconds or Seconds
	Value      *float64           `json:"value"`      // null: nothing was published
	Points     []CloudWatchMinute `json:"points"`     // a minute without one was not published
	Own        *OwnFigure         `json:"own"`        // null: the run does not measure it
	Difference *float64           `json:"difference"` // value − own; null where either is
}

// CloudWatchMinute is the statistic over one minute.
type CloudWatchMinute struct {
	Minute int     `json:"minute"` // 0 is the whole minute in which the load began
	Value  float64 `json:"value"`
}

// OwnFigure is what the run measured, its warm-up included.
type OwnFigure struct {
	Name  string  `json:"name"` // the measurement with its statistic, or the counter
	Value float64 `json:"value"`
}

// The statistics, as AWS calls them.
const (
	statSum     = "Sum"
	statAverage = "Average"
	statMaximum = "Maximum"
)

// cloudWatch is what CloudWatch told, a row for each statistic. There are none where it was not asked.
func (r *Report) cloudWatch() []CloudWatch {
	told := r.told()
	if told == nil {
		return nil
	}
	var rows []CloudWatch
	for i := range told.Metrics {
		m := &told.Metrics[i]
		for _, stat := range statsOf(m) {
			row := CloudWatch{
				Namespace: m.Namespace, MetricName: m.MetricName, Dimensions: map[string]string{m.Dimension: m.Name}, Resource: m.As,
				Stat: stat, Unit: m.Unit, Points: make([]CloudWatchMinute, len(m.Points)), Own: r.ownFigure(m, stat),
			}
			for n, p := range m.Points {
				row.Points[n] = CloudWatchMinute{p.Minute, valueOf([]measure.CloudWatchPoint{p}, stat)}
			}
			if len(m.Points) > 0 {
				v := valueOf(m.Points, stat)
				row.Value = &v
				if row.Own != nil {
					d := v - row.Own.Value
					row.Difference = &d
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// told is what CloudWatch told; nil where it was not asked, or told nothing.
func (r *Report) told() *measure.CloudWatch {
	if r.Run.End == nil {
		return nil
	}
	return r.Run.End.CloudWatch
}

// statsOf are the statistics of a metric that say something. An age means something at its highest; the mean age of
// whatever was read says how often was read.
func statsOf(m *measure.CloudWatchMetric) []string {
	switch {
	case m.Unit == "Count" || m.Unit == "Bytes":
		return []string{statSum}
	case strings.Contains(m.MetricName, "Age") || strings.Contains(m.MetricName, "Freshness"):
		return []string{statMaximum}
	}
	return []string{statAverage, statMaximum}
}

// valueOf is a statistic over some minutes. The average is over samples, and not of the minutes' averages.
func valueOf(points []measure.CloudWatchPoint, stat string) float64 {
	var samples, sum, highest float64
	for i, p := range points {
		samples += p.SampleCount
		sum += p.Sum
		if i == 0 || p.Maximum > highest {
			highest = p.Maximum
		}
	}
	switch {
	case stat == statMaximum:
		return highest
	case stat == statSum:
		return sum
	case samples > 0:
		return sum / samples
	}
	return 0
}
