package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// toldRun is a run of 6 s that began 20 s into a minute, and what a CloudWatch that agrees with it would tell.
func toldRun(t *testing.T, change func(*measure.CloudWatch)) *Report {
	t.Helper()
	y := short(t, "put.latency p99 < 2s")
	y.after = func(e *measure.End) {
		at := time.Date(2026, 11, 24, 10, 15, 20, 0, time.UTC)
		e.CloudWatch = &measure.CloudWatch{
			CloudWatchAsked: measure.CloudWatchAsked{
				Start: at, End: at.Add(6 * time.Second), Drained: at.Add(45 * time.Second),
				Resources: []measure.CloudWatchResource{{Kind: measure.StreamResource, Name: "wavetank-x-click-stream", As: "click-stream"}},
			},
			Read: at.Add(4 * time.Minute), Settled: true,
			Metrics: []measure.CloudWatchMetric{
				toldMetric("AWS/Kinesis", "IncomingRecords", "StreamName", "click-stream", "Count", counts(0, 2000), counts(1, 401)),
				toldMetric("AWS/Kinesis", "IncomingBytes", "StreamName", "click-stream", "Bytes", counts(0, 1<<20)),
				toldMetric("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", "click-stream", "Count", counts(0, 0)),
				toldMetric("AWS/Kinesis", "ReadProvisionedThroughputExceeded", "StreamName", "click-stream", "Count", counts(0, 0)),
				toldMetric("AWS/Kinesis", "GetRecords.Records", "StreamName", "click-stream", "Count"),
				toldMetric("AWS/Kinesis", "PutRecords.Latency", "StreamName", "click-stream", "Milliseconds",
					measure.CloudWatchPoint{Minute: 0, SampleCount: 300, Sum: 3000, Maximum: 40}, measure.CloudWatchPoint{Minute: 1, SampleCount: 100, Sum: 3000, Maximum: 90}),
				toldMetric("AWS/Lambda", "Invocations", "FunctionName", "process-clicks", "Count", counts(0, 60)),
				toldMetric("AWS/Lambda", "Duration", "FunctionName", "process-clicks", "Milliseconds"),
				toldMetric("AWS/Lambda", "IteratorAge", "FunctionName", "process-clicks", "Milliseconds", measure.CloudWatchPoint{SampleCount: 60, Sum: 12000, Maximum: 950}),
			},
			Logs: []measure.LambdaReports{toldLog()},
		}
		if change != nil {
			change(e.CloudWatch)
		}
	}
	return y.report(t)
}

func toldMetric(namespace, name, dimension, as, unit string, points ...measure.CloudWatchPoint) measure.CloudWatchMetric {
	return measure.CloudWatchMetric{
		Namespace: namespace, MetricName: name, Dimension: dimension, Name: "wavetank-x-" + as, As: as, Unit: unit, Points: points,
	}
}

func counts(minute int, n float64) measure.CloudWatchPoint {
	return measure.CloudWatchPoint{Minute: minute, SampleCount: 12, Sum: n, Maximum: n / 12}
}

func toldLog() measure.LambdaReports {
	var duration, billed, cold measure.Histogram
	for i := range int64(100) {
		duration.Add((10 + i) * ms)
		billed.Add((11 + i) * ms)
	}
	cold.Add(120 * ms)
	return measure.LambdaReports{
		LogGroup: "/aws/lambda/wavetank-x-process-clicks", As: "process-clicks", Invocations: 100, Failed: 2,
		Duration: duration.Distribution(), Billed: billed.Distribution(), Init: cold.Distribution(), MemorySize: 128 << 20, MaxMemory: 41 << 20,
	}
}

// row is the row of a metric's statistic.
func row(t *testing.T, r *Report, name, stat string) *CloudWatch {
	t.Helper()
	rows := r.Result().CloudWatch
	for i := range rows {
		if rows[i].MetricName == name && rows[i].Stat == stat {
			return &rows[i]
		}
	}
	t.Fatalf("there is no %s of %s", stat, name)
	return nil
}

// TestCloudWatchBesideOurOwn holds what stands beside each metric, and what does not.
func TestCloudWatchBesideOurOwn(t *testing.T) {
	r := toldRun(t, nil)
	acked := float64(r.Run.Sum("put.acked", nil, measure.FirstSecond, measure.LastSecond))
	service := measure.Combine(r.Run.Find("put.service", nil), measure.FirstSecond, measure.LastSecond)
	age := measure.Combine(r.Run.Find("lambda.iterator_age", nil), measure.FirstSecond, measure.LastSecond)
	for _, test := range []struct {
		name, stat string
		value      *float64
		own        *OwnFigure
		minutes    int
	}{
		{"IncomingRecords", "Sum", new(2401.0), &OwnFigure{"put.acked", acked}, 2},
		{"IncomingBytes", "Sum", new(float64(1 << 20)), nil, 1},
		{"WriteProvisionedThroughputExceeded", "Sum", new(0.0), &OwnFigure{"put.throttled", 0}, 1},
		{"GetRecords.Records", "Sum", nil, nil, 0},
		{"PutRecords.Latency", "Average", new(15.0), &OwnFigure{"put.service mean", service.Mean() / 1e6}, 2}, // of samples: 6000 ÷ 400
		{"PutRecords.Latency", "Maximum", new(90.0), &OwnFigure{"put.service max", float64(service.Max()) / 1e6}, 2},
		{"Invocations", "Sum", new(60.0), &OwnFigure{"lambda.invocations", float64(r.Run.Sum("lambda.invocations", nil, 0, 60))}, 1},
		{"IteratorAge", "Maximum", new(950.0), &OwnFigure{"lambda.iterator_age max", float64(age.Max()) / 1e6}, 1},
	} {
		t.Run(test.name+" "+test.stat, func(t *testing.T) {
			c := row(t, r, test.name, test.stat)
			if (c.Value == nil) != (test.value == nil) || c.Value != nil && *c.Value != *test.value || len(c.Points) != test.minutes {
				t.Errorf("value %v of %d minutes, want %v of %d", c.valueText(), len(c.Points), test.value, test.minutes)
			}
			switch {
			case (c.Own == nil) != (test.own == nil):
				t.Errorf("beside it is %+v, want %+v", c.Own, test.own)
			case c.Own != nil && *c.Own != *test.own:
				t.Errorf("beside it is %+v, want %+v", c.Own, test.own)
			case c.Own != nil && *c.Difference != *c.Value-c.Own.Value:
				t.Errorf("the difference is %v", *c.Difference)
			}
		})
	}
	if acked == 0 || service.Count() == 0 {
		t.Error("the run has no figures")
	}
}

// TestCloudWatchChangesNothing holds that the run's own figures and its verdict are what they are without it.
func TestCloudWatchChangesNothing(t *testing.T) {
	with, without := toldRun(t, nil).Result(), short(t, "put.latency p99 < 2s").report(t).Result()
	with.CloudWatch, with.LambdaReports = nil, nil
	a, err := json.Marshal(with)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(without)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("the rest of the result is another")
	}
	if bytes.Contains(b, []byte("cloudWatch")) {
		t.Error("a run whose CloudWatch was not asked names it")
	}
}

// TestUsersOwnFunction holds that nothing of ours stands beside a function that leaves no receipts.
func TestUsersOwnFunction(t *testing.T) {
	r := toldRun(t, nil)
	r.Scenario.Existing.Functions = map[string]scenarios.ExistingFunction{"process-clicks": {}}
	if c := row(t, r, "Invocations", "Sum"); c.Own != nil || c.Difference != nil || c.ownText() != "–" || c.differenceText() != "–" {
		t.Errorf("beside it is %+v", c.Own)
	}
	if c := row(t, r, "IncomingRecords", "Sum"); c.Own == nil {
		t.Error("nothing is beside the stream's")
	}
	if !strings.Contains(r.cloudWatchCaption(), "may serve others too") {
		t.Errorf("the caption says nothing of others: %q", r.cloudWatchCaption())
	}
}

// TestCloudWatchSays holds the words of every report.
func TestCloudWatchSays(t *testing.T) {
	r := toldRun(t, func(c *measure.CloudWatch) { c.Settled = false })
	want := []string{
		"CloudWatch, by the minute", "IncomingRecords", "2,401", "PutRecords.Latency average", "15.0 ms", "REPORT lines of", "120 ms", "41.0 MiB of 128 MiB",
		"sampled by the minute", "10:15 to 10:17 UTC", "reach beyond the load", "No objective rests on CloudWatch",
		"at 10:19:20 UTC, it had not settled",
	}
	for name, write := range map[string]func(io.Writer) error{
		"text": func(w io.Writer) error { return r.WriteText(w, TextOptions{Width: 200, Unicode: true}) }, "Markdown": r.WriteMarkdown, "page": r.WriteHTML,
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		said := strings.Join(strings.Fields(strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(out.String())), " ")
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: it does not say %q", name, w)
			}
		}
		missing := "Not published by 10:19:20 UTC: of click-stream GetRecords.Records; of process-clicks Duration."
		if name == "page" {
			missing = "not published"
		}
		if !strings.Contains(said, missing) {
			t.Errorf("%s: it does not say %q", name, missing)
		}
	}
	page := pageOf(t, r)
	checkDrawings(t, page)
	checkIDs(t, page)
}

// TestCloudWatchGoldens are the section as a person reads it.
func TestCloudWatchGoldens(t *testing.T) {
	r := toldRun(t, nil)
	for name, write := range map[string]func(io.Writer) error{
		"cloudwatch.txt": func(w io.Writer) error { return r.WriteText(w, TextOptions{Width: 110, Unicode: true, Plain: true}) },
		"cloudwatch.md":  r.WriteMarkdown,
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := write(&out); err != nil {
				t.Fatal(err)
			}
			golden(t, name, out.Bytes())
		})
	}
}

// TestCloudWatchSchema holds the result against its schema, whatever was told.
func TestCloudWatchSchema(t *testing.T) {
	schema := compileSchema(t)
	for name, change := range map[string]func(*measure.CloudWatch){
		"all":       nil,
		"no logs":   func(c *measure.CloudWatch) { c.Logs = nil },
		"only logs": func(c *measure.CloudWatch) { c.Metrics = nil },
		"an empty log": func(c *measure.CloudWatch) {
			c.Logs = []measure.LambdaReports{{As: "f", Error: "there is no log group"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := toldRun(t, change)
			checkSchema(t, schema, r)
			for _, write := range []func(io.Writer) error{r.WriteMarkdown, r.WriteHTML, func(w io.Writer) error { return r.WriteText(w, TextOptions{Width: 60}) }} {
				if err := write(io.Discard); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestCloudWatchEscapes holds that names from an account are text, never markup.
func TestCloudWatchEscapes(t *testing.T) {
	const hostile = `<script>|"&'`
	r := toldRun(t, func(c *measure.CloudWatch) {
		for i := range c.Metrics {
			c.Metrics[i].MetricName, c.Metrics[i].As = c.Metrics[i].MetricName+hostile, hostile
		}
		c.Logs[0].As = hostile
	})
	var md bytes.Buffer
	if err := r.WriteMarkdown(&md); err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{"page": pageOf(t, r), "Markdown": md.String()} {
		if strings.Contains(out, "<script") {
			t.Errorf("a name became markup in the %s", name)
		}
	}
	checkDrawings(t, pageOf(t, r))
}
