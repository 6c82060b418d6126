package measure

import (
	"fmt"
	"time"
)

// CloudWatch is what CloudWatch told after a run, as the run file keeps it beside the run's own figures. The two are never
// mixed: no objective rests on it, and it is in no series or counter.
type CloudWatch struct {
	CloudWatchAsked
	Read    time.Time          `json:"read"`          // when it was asked last
	Settled bool               `json:"settled"`       // the load's last minute was there, and two reads were the same
	Metrics []CloudWatchMetric `json:"metrics"`       // each that was asked for, without points where none was published
	Logs    []LambdaReports    `json:"logs,omitzero"` // of the functions with a log group
}

// CloudWatchAsked is what CloudWatch is asked about: a run's span and its resources.
type CloudWatchAsked struct {
	Start     time.Time            `json:"start"`   // of the load
	End       time.Time            `json:"end"`     // of the load
	Drained   time.Time            `json:"drained"` // the end of the drain, in which the last of the load comes out
	Resources []CloudWatchResource `json:"resources"`
}

// From is the whole minute in which the load began.
func (a *CloudWatchAsked) From() time.Time { return a.Start.UTC().Truncate(time.Minute) }

// To is the end of the minute in which the drain ended.
func (a *CloudWatchAsked) To() time.Time {
	return a.Drained.UTC().Add(time.Minute).Truncate(time.Minute)
}

// The kinds of resources.
const (
	StreamResource         = "stream"
	FunctionResource       = "function"
	DeliveryStreamResource = "deliveryStream"
)

// CloudWatchResource is a stream, function or delivery stream.
type CloudWatchResource struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`              // in the account
	As       string `json:"as"`                // in the scenario and in every report
	Source   string `json:"source,omitzero"`   // of a delivery stream, the stream that it reads, as the scenario calls it; "" is Direct PUT
	LogGroup string `json:"logGroup,omitzero"` // of a function: its REPORT lines are read there; "" where they are not
}

// CloudWatchMetric is one metric of one resource, by the minute.
type CloudWatchMetric struct {
	Namespace  string            `json:"namespace"`
	MetricName string            `json:"metricName"`
	Dimension  string            `json:"dimension"` // StreamName, FunctionName or DeliveryStreamName: its value is Name
	Name       string            `json:"name"`      // of the resource in the account
	As         string            `json:"as"`        // of the resource in the scenario
	Unit       string            `json:"unit"`      // Count, Bytes, Milliseconds or Seconds, as AWS documents it
	Points     []CloudWatchPoint `json:"points"`    // in order; a minute without one was not published
}

// CloudWatchPoint is the values that AWS published for one minute.
type CloudWatchPoint struct {
	Minute      int     `json:"minute"` // 0 is the one in which the load began
	SampleCount float64 `json:"sampleCount"`
	Sum         float64 `json:"sum"`
	Maximum     float64 `json:"maximum"`
}

// LambdaReports is what a function's REPORT lines say of its invocations: each one, and none sampled.
type LambdaReports struct {
	LogGroup    string       `json:"logGroup"`
	As          string       `json:"as"`             // the function in the scenario
	Cut         bool         `json:"cut,omitzero"`   // there were more lines than are read
	Error       string       `json:"error,omitzero"` // why it was not read to its end
	Invocations int64        `json:"invocations"`    // REPORT lines
	Failed      int64        `json:"failed"`         // of these, with a status other than success, where one is told
	Duration    Distribution `json:"duration"`       // ns
	Billed      Distribution `json:"billedDuration"` // ns
	Init        Distribution `json:"initDuration"`   // ns, of cold starts
	MemorySize  int64        `json:"memorySize"`     // bytes, the largest told
	MaxMemory   int64        `json:"maxMemoryUsed"`  // bytes, the largest told
}

// longestRun bounds the minutes of a run, so that nobody's file makes a table of them endless.
const longestRun = latestSecond / 60

// check finds what no run writes.
func (c *CloudWatch) check() error {
	for i := range c.Metrics {
		last := -1
		for _, p := range c.Metrics[i].Points {
			if p.Minute <= last || p.Minute > longestRun {
				return fmt.Errorf("cloudWatch: %s: minute %d is out of order or of range", c.Metrics[i].MetricName, p.Minute)
			}
			last = p.Minute
		}
	}
	for i := range c.Logs {
		l := &c.Logs[i]
		for _, d := range []*Distribution{&l.Duration, &l.Billed, &l.Init} {
			if _, err := d.Histogram(); err != nil {
				return fmt.Errorf("cloudWatch: %s: %w", l.LogGroup, err)
			}
		}
	}
	return nil
}
