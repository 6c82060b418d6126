package measure

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told is a short run's CloudWatch.
func told() *CloudWatch {
	var h Histogram
	for _, ms := range []int64{12, 13, 13, 40, 2500} {
		h.Add(ms * 1e6)
	}
	at := time.Date(2026, 11, 24, 10, 15, 20, 0, time.UTC)
	return &CloudWatch{
		CloudWatchAsked: CloudWatchAsked{
			Start: at, End: at.Add(2 * time.Minute), Drained: at.Add(150 * time.Second),
			Resources: []CloudWatchResource{{Kind: StreamResource, Name: "wavetank-x-clicks", As: "clicks"}},
		},
		Read: at.Add(5 * time.Minute), Settled: true,
		Metrics: []CloudWatchMetric{
			{
				Namespace: "AWS/Kinesis", MetricName: "IncomingRecords", Dimension: "StreamName", Name: "wavetank-x-clicks", As: "clicks", Unit: "Count",
				Points: []CloudWatchPoint{{Minute: 0, SampleCount: 40, Sum: 20000, Maximum: 500}, {Minute: 2, SampleCount: 10, Sum: 5000, Maximum: 500}},
			},
			{Namespace: "AWS/Kinesis", MetricName: "IncomingBytes", Dimension: "StreamName", Name: "wavetank-x-clicks", As: "clicks", Unit: "Bytes"},
		},
		Logs: []LambdaReports{{LogGroup: "/aws/lambda/f", As: "f", Invocations: 5, Duration: h.Distribution(), MaxMemory: 64 << 20}},
	}
}

// runFileOf is a run file that ends with what CloudWatch told.
func runFileOf(t *testing.T, c *CloudWatch) []byte {
	t.Helper()
	var file bytes.Buffer
	r, err := NewRecorder(&file, Header{Clock: ClockWall})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Finish(End{Complete: true, CloudWatch: c}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestCloudWatchIsKept(t *testing.T) {
	for name, want := range map[string]*CloudWatch{"told": told(), "not asked": nil} {
		t.Run(name, func(t *testing.T) {
			file := runFileOf(t, want)
			run, err := Read(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if want == nil && bytes.Contains(file, []byte("cloudWatch")) {
				t.Error("a run without it names it")
			}
			got := run.End.CloudWatch
			if got != nil { // a file keeps no difference between none and nil
				got.Metrics[1].Points = nil
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCloudWatchThatNoRunWrites(t *testing.T) {
	for name, spoil := range map[string]func(*CloudWatch){
		"minutes out of order": func(c *CloudWatch) { c.Metrics[0].Points[1].Minute = 0 },
		"a minute before":      func(c *CloudWatch) { c.Metrics[0].Points[0].Minute = -1 },
		"a minute far off":     func(c *CloudWatch) { c.Metrics[0].Points[1].Minute = math.MaxInt },
		"a count":              func(c *CloudWatch) { c.Logs[0].Duration.Count++ },
		"a histogram":          func(c *CloudWatch) { c.Logs[0].Duration.Hist = []byte{255} },
		"extremes":             func(c *CloudWatch) { c.Logs[0].Init.Max = 7 },
	} {
		t.Run(name, func(t *testing.T) {
			c := told()
			spoil(c)
			if _, err := Read(bytes.NewReader(runFileOf(t, c))); err == nil || !strings.Contains(err.Error(), "line 2: cloudWatch") {
				t.Errorf("error %v; want one that names the line and cloudWatch", err)
			}
		})
	}
}

func TestMinutesOfARun(t *testing.T) {
	at := time.Date(2026, 11, 24, 10, 15, 0, 0, time.UTC)
	for _, test := range []struct {
		name        string
		from, until time.Duration // of the load and of the drain, from 10:15
		want        [2]string
	}{
		{"within minutes", 20 * time.Second, 170 * time.Second, [2]string{"10:15", "10:18"}},
		{"on minutes", 0, 2 * time.Minute, [2]string{"10:15", "10:18"}}, // the instant itself may be of the next
		{"within one", time.Second, 2 * time.Second, [2]string{"10:15", "10:16"}},
	} {
		a := CloudWatchAsked{Start: at.Add(test.from), Drained: at.Add(test.until)}
		if got := [2]string{a.From().Format("15:04"), a.To().Format("15:04")}; got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestDistributionRoundTrip(t *testing.T) {
	var h Histogram
	for v := int64(1); v < 1e13; v = v*3/2 + 7 {
		h.Add(v)
		h.Add(v)
	}
	d := h.Distribution()
	again, err := d.Histogram()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []float64{0, 0.5, 0.9, 0.99, 1} {
		a, _ := h.Quantile(q, 0)
		b, _ := again.Quantile(q, 0)
		if a != b {
			t.Errorf("p%g is %d, and was %d", q*100, b, a)
		}
	}
	if again.Count() != h.Count() || again.Sum() != h.Sum() || again.Min() != h.Min() || again.Max() != h.Max() {
		t.Errorf("%d values from %d to %d, and were %d from %d to %d", again.Count(), again.Min(), again.Max(), h.Count(), h.Min(), h.Max())
	}
	none := new(Histogram).Distribution()
	if h, err := none.Histogram(); err != nil || h.Count() != 0 || none.Hist != nil {
		t.Errorf("no values: %+v, %v", none, err)
	}
}
