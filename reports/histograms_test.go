package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/wavetank/wavetank/internal/measure"
)

// The library's own reader finds every value of every series under its tag, at its time.
func TestHistogramLogIsReadByTheLibrary(t *testing.T) {
	r := short(t).report(t)
	var log bytes.Buffer
	if err := r.WriteHistogramLog(&log); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(log.String(), "#[Histogram log format version 1.3]\n") {
		t.Errorf("begins %q", log.String()[:60])
	}
	start := r.startMillis()
	read := map[string]*hdrhistogram.Histogram{}
	reader := hdrhistogram.NewHistogramLogReader(&log)
	for {
		h, err := reader.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		if h.StartTimeMs() < start || (h.StartTimeMs()-start)%1000 != 0 || h.EndTimeMs()-h.StartTimeMs() != 1000 {
			t.Errorf("%s is of %d to %d, the load started at %d", h.Tag(), h.StartTimeMs(), h.EndTimeMs(), start)
		}
		if read[h.Tag()] == nil {
			read[h.Tag()] = hdrhistogram.New(measure.Lowest, measure.Top, measure.Digits)
		}
		read[h.Tag()].Merge(h)
	}
	if len(read) != len(r.Run.Series) {
		t.Errorf("%d tags, want one for each of %d series", len(read), len(r.Run.Series))
	}
	for _, d := range r.Run.Series {
		tag := d.Name + d.Tags.String()
		want := d.Histogram(measure.FirstSecond, measure.LastSecond).HDR()
		if got := read[tag]; got == nil || !got.Equals(want) {
			t.Errorf("%s is not what was recorded", tag)
		}
	}
}

func TestHistogramLogOfALongRunMergesIntervals(t *testing.T) {
	y := short(t)
	const seconds = 5000
	var file bytes.Buffer
	h := y.header()
	h.DurationSeconds, h.Clock = seconds, measure.ClockVirtual
	rec, err := measure.NewRecorder(&file, h)
	if err != nil {
		t.Fatal(err)
	}
	series := rec.Series("put.latency", measure.Tags{"stream": "a", "deliveryStream": "odd, name"}, measure.SeriesOptions{})
	for s := range int64(seconds) {
		series.Record(s*second, 5*ms)
	}
	if err := rec.Finish(measure.End{Complete: true, ElapsedSeconds: seconds}); err != nil {
		t.Fatal(err)
	}
	run, err := measure.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if err := Build(run, y.scenario).WriteHistogramLog(&log); err != nil {
		t.Fatal(err)
	}
	const tag = "Tag=put.latency{deliveryStream=odd;_name;stream=a},"
	if n := strings.Count(log.String(), tag); n == 0 || n > maxIntervals {
		t.Errorf("%d intervals, want some and at most %d", n, maxIntervals)
	}
}

var hgrmLine = regexp.MustCompile(`^ *\d+\.\d{3} +\d\.\d{6} +\d+ +(\d+\.\d{2}|inf)$`)

func TestPercentileFiles(t *testing.T) {
	y := short(t)
	y.after = func(*measure.End) { // one record that was due and never came
		y.rec.Counter("put.due", y.stream()).Add(2*second, 1)
	}
	r, dir := y.report(t), t.TempDir()
	if err := r.WritePercentiles(dir); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != len(r.names()) {
		t.Errorf("%d files, want one for each of %v", len(names), r.names())
	}
	text, err := os.ReadFile(filepath.Join(dir, "put.latency.hgrm"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != " Value\tPercentile\tTotalCount\t1/(1-Percentile)" || lines[1] != "" {
		t.Errorf("begins %q, %q", lines[0], lines[1])
	}
	for _, line := range lines[2:] {
		if !strings.HasPrefix(line, "#[") && !hgrmLine.MatchString(line) {
			t.Errorf("%q is no line of a percentile file", line)
		}
	}
	if !strings.Contains(string(text), "#[Censored =           1, Overflow       =            0]") {
		t.Errorf("does not tell the record that never came:\n%s", text)
	}
}

func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"put.latency":               "put.latency",
		"process-clicks.end_to_end": "process-clicks.end_to_end",
		"../a b/ü.end_to_end":       ".._a_b__.end_to_end",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
