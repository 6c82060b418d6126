package measure

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestHeaderAndEndReadAsWritten(t *testing.T) {
	h := Header{
		Schema: Schema, Tool: "wavetank 0.1.0", Scenario: "clickstream", Digest: "sha256:ab", Labels: map[string]string{"pr": "7"},
		Seed: 1<<64 - 1, Target: "embedded", Clock: ClockWall, Model: "local", Go: "go1.26", Arch: "amd64",
		Started: "2026-11-24T10:15:00Z", DurationSeconds: 30, WarmupSeconds: 2, DrainSeconds: 15, LagLimit: 5e6,
		Limits:     map[string]float64{"shard.write.records": 1000},
		Load:       []PlannedLoad{{Stream: "clicks", Generator: "clickstream", Lanes: 4, Keys: 10, Records: 60000, MeanRate: 2000, PeakRate: 2000}},
		CannotTell: []Trait{{Name: "lambda.*", Reason: "no probe is deployed"}},
	}
	end := End{
		Complete: true, Drained: true, ElapsedSeconds: 30, Planned: 60012, Offered: 60012, Notes: []string{"a note"},
		Ledger: LedgerTotals{Offered: 60012, Acked: 60012, Sinks: []SinkTotals{{
			Name: "bucket", Kind: "firehose", Observed: true, Delivered: 60012, Drops: []Drop{{"filter", 3}},
		}}},
		Keys:     KeyTable{Exact: true, Keys: []KeyUse{{Stream: "clicks", Shard: "shardId-000000000001", Key: "u1", Offered: 9, Bytes: 99, Share: 1.5}}},
		CPUShare: 0.25, MaxRSS: 1 << 27,
	}
	run := read(t, write(t, h, &end, func(r *Recorder) { tick(t, r, 1_500_000_000) }))
	if diff := cmp.Diff(h, run.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&end, run.End); diff != "" {
		t.Errorf("end (-want +got):\n%s", diff)
	}
	if run.Windows != 1 || run.Last != 1.5 || run.Torn {
		t.Errorf("%d windows, the last at %v, torn %v", run.Windows, run.Last, run.Torn)
	}
}

// A file that is cut anywhere after its header reads up to its last whole line.
func TestAKilledRunReadsUpToItsLastLine(t *testing.T) {
	file := write(t, Header{Scenario: "x"}, &End{}, func(r *Recorder) {
		s := r.Series("put.latency", nil, SeriesOptions{})
		for i := range int64(3) {
			s.Record(i*second, 1e6)
			tick(t, r, (i+1)*second)
		}
	})
	header := bytes.IndexByte(file, '\n') + 1
	for size := header; size <= len(file); size++ {
		run, err := Read(bytes.NewReader(file[:size]))
		if err != nil {
			t.Fatalf("cut at %d: %v", size, err)
		}
		whole := bytes.Count(file[:size], []byte("\n"))
		atEdge := file[size-1] == '\n' || size < len(file) && file[size] == '\n'
		if run.Torn == atEdge {
			t.Fatalf("cut at %d: torn is %v", size, run.Torn)
		}
		if atEdge && file[size-1] != '\n' {
			whole++ // only the line's end is missing
		}
		if run.Windows != min(max(whole-2, 0), 3) || (run.End != nil) != (whole == 6) {
			t.Fatalf("cut at %d of %d: %d windows, end %v", size, len(file), run.Windows, run.End)
		}
		for _, d := range run.Series {
			if got := d.Count(FirstSecond, LastSecond); got != int64(run.Windows) {
				t.Fatalf("cut at %d: %d values in %d windows", size, got, run.Windows)
			}
		}
	}
}

const (
	headerText = `{"type":"header","schema":1,"scenario":"x"}` + "\n"
	seriesText = `{"type":"series","id":0,"name":"put.latency","unit":"ns"}` + "\n"
	countText  = `{"type":"counter","id":0,"name":"put.acked"}` + "\n"
)

// window is a window line with one delta of series 0.
func windowText(delta string) string {
	return `{"type":"window","at":1,"series":[` + delta + `],"counters":[]}` + "\n"
}

func TestReadRefuses(t *testing.T) {
	good := `{"id":0,"due":17,"units":1,"count":1,"min":5,"max":5,"sum":5,"hist":"QA=="}`
	replace := func(old, by string) string { return windowText(strings.Replace(good, old, by, 1)) }
	end := `{"type":"end"}` + "\n"
	tests := map[string]struct{ file, want string }{
		"nothing":                           {"", "empty: not a run file"},
		"another kind of file":              {"hello\n", "line 1: parse"},
		"JSON of another kind":              {"{\"a\":1}\n", "line 1: no type: not a run file"},
		"no header":                         {seriesText, "line 1: no header: not a run file"},
		"a header cut short":                {headerText[:20], "line 1: parse"},
		"a later schema":                    {strings.Replace(headerText, `"schema":1`, `"schema":2`, 1), "schema 2: this version reads up to 1"},
		"no schema":                         {strings.Replace(headerText, `"schema":1,`, ``, 1), "schema 0"},
		"a broken line that is not last":    {headerText + "{\"type\":\"win\n" + seriesText, "line 2: parse"},
		"a broken last line that has ended": {headerText + "{\"type\":\"win\n", "line 2: parse"},
		"a line after the end":              {headerText + end + seriesText, "line 3: a line after the end"},
		"a series out of order":             {headerText + strings.Replace(seriesText, `"id":0`, `"id":1`, 1), "series 1 where 0 is next"},
		"a counter twice":                   {headerText + countText + countText, "line 3: counter 0 where 1 is next"},
		"a series that was not declared":    {headerText + windowText(good), "series 0 was not declared"},
		"a counter that was not declared":   {headerText + `{"type":"window","at":1,"series":[],"counters":[[0,1,1]]}` + "\n", "counter 0 was not declared"},
		"a count that is not in buckets":    {headerText + seriesText + replace(`"count":1`, `"count":2`), "series 0, second 17: count is 2 and the histogram holds 1"},
		"an unknown code":                   {headerText + seriesText + replace(`QA==`, `/w==`), "unknown code"},
		"not base64":                        {headerText + seriesText + replace(`QA==`, `*`), "line 3: parse"},
		"a sum that is no integer":          {headerText + seriesText + replace(`"sum":5`, `"sum":5.5`), "sum: not an integer"},
		"no sum":                            {headerText + seriesText + replace(`"sum":5,`, ``), "sum: not an integer"},
		"the minimum over the maximum":      {headerText + seriesText + replace(`"min":5`, `"min":6`), "do not fit"},
		"a maximum with no overflow":        {headerText + seriesText + replace(`"max":5`, `"max":99999999999999999`), "do not fit"},
		"a negative count":                  {headerText + seriesText + replace(`"units":1`, `"units":-1`), "out of range"},
		"a second out of range":             {headerText + seriesText + replace(`"due":17`, `"due":17000000000`), "out of range"},
		"a counter's second out of range":   {headerText + countText + `{"type":"window","at":1,"series":[],"counters":[[0,-99999999999,1]]}` + "\n", "out of range"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run, err := Read(strings.NewReader(test.file))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
			if run != nil {
				t.Error("a run came with the error")
			}
		})
	}
}

func TestReadTellsWhatIsNoRunFile(t *testing.T) {
	for _, file := range []string{"", "{\"a\":1}\n", seriesText} {
		if _, err := Read(strings.NewReader(file)); !errors.Is(err, ErrNotRun) {
			t.Errorf("%q: error is %v", file, err)
		}
	}
}

// A later version may add members and kinds of lines.
func TestReadPassesOverWhatIsNew(t *testing.T) {
	run := read(t, []byte(`{"new":[1],"type":"header","schema":1}`+"\n"+`{"type":"stage","x":{}}`+"\n"+
		`{"at":3,"type":"window","series":[],"counters":[]}`+"\n\n"+`{"type":"end","complete":true,"new":1}`+"\n"))
	if run.Windows != 1 || run.Last != 3 || run.End == nil || !run.End.Complete {
		t.Errorf("run is %+v", run)
	}
}

func TestReadPassesErrorsOn(t *testing.T) {
	broken := errors.New("broken pipe")
	if _, err := Read(io.MultiReader(strings.NewReader(headerText), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("error is %v", err)
	}
}

func TestALineIsBounded(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(headerText), endlessReader{})
	if _, err := readRun(endless, 3<<20); err == nil || !strings.Contains(err.Error(), "line 2: longer than") {
		t.Errorf("error is %v", err)
	}
}

type endlessReader struct{}

func (endlessReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestLongLines(t *testing.T) {
	notes := []string{strings.Repeat("long ", 1<<20)}
	run := read(t, write(t, Header{}, &End{Notes: notes}, func(*Recorder) {}))
	if diff := cmp.Diff(notes, run.End.Notes); diff != "" {
		t.Error("a line longer than the buffer reads as another")
	}
}

func TestMeasuredRange(t *testing.T) {
	tests := map[string]struct {
		duration, warmup, last float64
		end                    *End
		from, to               int
	}{
		"a whole run":               {30, 2, 45, &End{ElapsedSeconds: 30}, 2, 30},
		"interrupted":               {30, 2, 20, &End{ElapsedSeconds: 12.3}, 2, 13},
		"killed":                    {30, 2, 20, nil, 2, 20},
		"killed while draining":     {30, 2, 40, nil, 2, 30},
		"killed in the warm-up":     {30, 2, 1, nil, 2, 2},
		"a warm-up of half seconds": {30, 2.5, 30, &End{ElapsedSeconds: 30}, 3, 30},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := Run{Header: Header{DurationSeconds: test.duration, WarmupSeconds: test.warmup}, End: test.end, Last: test.last}
			if from, to := run.Measured(); from != test.from || to != test.to {
				t.Errorf("measured is [%d, %d), want [%d, %d)", from, to, test.from, test.to)
			}
		})
	}
}

func TestUnknownMeasurements(t *testing.T) {
	h := Header{CannotTell: []Trait{{Name: "lambda.*", Reason: "no probe"}, {Name: "put.arrival", Reason: "no observer"}}}
	for name, want := range map[string]string{
		"lambda.latency": "no probe", "put.arrival": "no observer", "put.latency": "", "put.arrivals": "", "lambdas": "",
	} {
		if reason, unknown := h.Unknown(name); reason != want || unknown != (want != "") {
			t.Errorf("%s: %q, %v", name, reason, unknown)
		}
	}
}

func TestTags(t *testing.T) {
	tags := Tags{"stream": "s", "limit": "records"}
	if got := tags.String(); got != "{limit=records,stream=s}" {
		t.Errorf("tags are written as %s", got)
	}
	if got := (Tags{}).String(); got != "" {
		t.Errorf("no tags are written as %q", got)
	}
	for want, has := range map[*Tags]bool{
		{}: true, {"stream": "s"}: true, {"stream": "t"}: false, {"shard": ""}: false,
	} {
		if tags.Has(*want) != has {
			t.Errorf("has %v is %v", *want, !has)
		}
	}
}

// Whatever reads can be asked anything, and what was written by a recorder always reads.
func FuzzRead(f *testing.F) {
	s := randomScript(1)
	f.Add(write(f, Header{Clock: ClockVirtual}, &End{}, func(r *Recorder) { s.record(f, r) }))
	f.Add([]byte(headerText + seriesText + countText + windowText(`{"id":0,"due":17,"units":1,"count":1,"min":5,"max":5,"sum":5,"hist":"QA=="}`)))
	f.Add([]byte(headerText + "{\"type\":\"end\",\"ledger\":{\"sinks\":null}}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		run, err := Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		from, to := run.Measured()
		for _, d := range run.Series {
			h := d.Histogram(FirstSecond, LastSecond)
			for _, q := range []float64{0, 0.5, 0.99, 1} {
				v, beyond := h.Quantile(q, d.Censored(from, to))
				if !beyond && h.Count() > 0 && (v < h.Min() || v > h.Max()) {
					t.Fatalf("quantile %v is %d, outside [%d, %d]", q, v, h.Min(), h.Max())
				}
			}
			if n := d.Count(FirstSecond, LastSecond); n != h.Count() {
				t.Fatalf("count %d, histogram %d", n, h.Count())
			}
			if first, last, ok := d.Span(); ok && last-first < 10_000 {
				Worst([]*SeriesData{d}, Scan{From: FirstSecond, To: LastSecond, Units: 3}, QuantileStat(0.5))
			}
			for range d.Seconds() {
			}
		}
		for _, c := range run.Counters {
			c.Sum(from, to)
			c.At(from)
		}
		_ = fmt.Sprint(run.End)
	})
}
