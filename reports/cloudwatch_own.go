package reports

import "github.com/wavetank/wavetank/internal/measure"

// ownCounter and ownSeries are the run's counter or measurement of the same thing as a metric, if there is one. What others
// read of a stream, and how many bytes of it are keys, the run does not know.
var (
	ownCounters = map[string]string{
		"AWS/Kinesis IncomingRecords":                    "put.acked",
		"AWS/Kinesis WriteProvisionedThroughputExceeded": "put.throttled",
		"AWS/Kinesis PutRecords.ThrottledRecords":        "put.throttled",
		"AWS/Lambda Invocations":                         "lambda.invocations",
		"AWS/Lambda Errors":                              "lambda.errors",
		"AWS/Firehose IncomingRecords":                   "put.acked",
		"AWS/Firehose DataReadFromKinesisStream.Records": "put.acked",
		"AWS/Firehose ThrottledRecords":                  "put.throttled",
	}
	ownSeries = map[string]string{
		"AWS/Kinesis PutRecords.Latency":          "put.service",
		"AWS/Lambda Duration":                     "lambda.duration",
		"AWS/Lambda IteratorAge":                  "lambda.iterator_age",
		"AWS/Firehose DeliveryToS3.DataFreshness": "firehose.lag",
	}
)

// ownFigure is what the run measured of the same thing over its whole length, in the metric's unit; nil where it did not.
func (r *Report) ownFigure(m *measure.CloudWatchMetric, stat string) *OwnFigure {
	if _, there := r.Scenario.Existing.Functions[m.As]; there && m.Dimension == "FunctionName" {
		return nil // it leaves no receipts: CloudWatch and its log are all that is known of it
	}
	metric := m.Namespace + " " + m.MetricName
	name := ownCounters[metric]
	if name == "put.acked" {
		name = r.storedCounter(r.ownTags(m))
	}
	if name != "" && r.Run.Header.Shown(name) {
		return &OwnFigure{name, float64(r.Run.Sum(name, r.ownTags(m), measure.FirstSecond, measure.LastSecond))}
	}
	if name := ownSeries[metric]; name != "" && r.Run.Header.Shown(name) {
		return r.ownDuration(m, name, stat)
	}
	if metric == "AWS/Firehose DeliveryToS3.Records" {
		return r.ownDeliveries(m.As)
	}
	return nil
}

// ownTags are those of the run's own figure of a resource.
func (r *Report) ownTags(m *measure.CloudWatchMetric) measure.Tags {
	switch m.Dimension {
	case "StreamName":
		return measure.Tags{"stream": m.As}
	case "FunctionName":
		return measure.Tags{"function": m.As}
	}
	if source := r.Scenario.Pipeline.DeliveryStreams[m.As].Source; source != "" && m.MetricName == "DataReadFromKinesisStream.Records" {
		return measure.Tags{"stream": source}
	}
	return measure.Tags{"deliveryStream": m.As}
}

// ownDuration is the mean or the maximum of a measurement; nil where it has no value.
func (r *Report) ownDuration(m *measure.CloudWatchMetric, name, stat string) *OwnFigure {
	found := measure.Combine(r.Run.Find(name, r.ownTags(m)), measure.FirstSecond, measure.LastSecond)
	if found.Count() == 0 {
		return nil
	}
	ns, statName := found.Mean(), " mean"
	if stat == statMaximum {
		ns, statName = float64(found.Max()), " max"
	}
	return &OwnFigure{name + statName, ns / nanoseconds(m.Unit)}
}

// ownDeliveries is how many records a delivery stream delivered, each time counted.
func (r *Report) ownDeliveries(name string) *OwnFigure {
	l := r.ledger()
	for i := range l.Sinks {
		if s := &l.Sinks[i]; s.Name == name && s.Kind == kindFirehose && s.Observed {
			return &OwnFigure{"delivered and duplicated", float64(s.Delivered + s.DeliveredUnacked + s.Duplicated)}
		}
	}
	return nil
}

// nanoseconds is how many are one of a unit of time.
func nanoseconds(unit string) float64 {
	if unit == "Seconds" {
		return 1e9
	}
	return 1e6
}
