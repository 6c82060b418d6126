package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

func pageOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The page needs nothing but itself, and stays small enough to be attached to a mail.
func TestPageIsOneOfflineFile(t *testing.T) {
	if own := len(pageStyle) + len(pageText); own > 40<<10 {
		t.Errorf("the page's own code is %d bytes, more than 40 KiB", own)
	}
	for _, run := range []string{"clickstream", "hot-shard"} {
		page := pageOf(t, whole(t, run))
		if len(page) > 100<<10 {
			t.Errorf("%s: %d bytes, more than 100 KiB", run, len(page))
		}
		for _, outside := range []string{"<script", "src=", "href=", "url(", "@import", "http:", "https:", "<link", "<iframe"} {
			if strings.Contains(page, outside) {
				t.Errorf("%s: the page holds %q", run, outside)
			}
		}
		checkDrawings(t, page)
		checkIDs(t, page)
	}
}

var drawing = regexp.MustCompile(`(?s)<svg.*?</svg>`)

// checkDrawings parses each drawing and looks for coordinates that are no numbers.
func checkDrawings(t *testing.T, page string) {
	t.Helper()
	drawings := drawing.FindAllString(page, -1)
	if len(drawings) < 5 {
		t.Errorf("%d drawings", len(drawings))
	}
	for _, d := range drawings {
		dec := xml.NewDecoder(strings.NewReader(d))
		for {
			_, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v in %.200s", err, d)
			}
		}
		if strings.Contains(d, "NaN") || strings.Contains(d, "Inf") {
			t.Errorf("a coordinate is no number in %.200s", d)
		}
		if !strings.Contains(d, `aria-hidden`) && !strings.Contains(d, `role="img" aria-label`) {
			t.Errorf("nothing tells who cannot see it what this is: %.120s", d)
		}
	}
}

var idAttribute = regexp.MustCompile(` id="([^"]*)"`)

func checkIDs(t *testing.T, page string) {
	t.Helper()
	seen := map[string]bool{}
	for _, m := range idAttribute.FindAllStringSubmatch(page, -1) {
		if seen[m[1]] {
			t.Errorf("the id %q is there twice", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		for id := range strings.FieldsSeq(m[1]) {
			if !seen[id] {
				t.Errorf("the id %q is not there", id)
			}
		}
	}
}

// What is read first comes first.
func TestPageBeginsWithTheVerdict(t *testing.T) {
	page := pageOf(t, whole(t, "hot-shard"))
	before := -1
	for _, part := range []string{
		`class="verdict fail"`, "4 of 4 objectives broken", "shardId-000000000002 of click-stream refused", "no split helps it",
		"<h2>Objectives</h2>", "<h2>Latency by percentile</h2>", "<h2>Over time</h2>", "<h2>Throttles by shard</h2>",
		"<h2>Hottest keys</h2>", "<h2>Ledger</h2>", "<h2>Is the run valid?</h2>", "<h2>How it was measured</h2>", "<h2>The run</h2>",
	} {
		at := strings.Index(page, part)
		if at <= before {
			t.Errorf("%q is at %d, want it after %d", part, at, before)
		}
		before = at
	}
}

// Names of a scenario are text, never markup.
func TestPageEscapesNames(t *testing.T) {
	const hostile = `<script>alert("1")</script>&'`
	y := short(t, "put.throttled == 0")
	y.scenario.Description = hostile
	y.before = func(h *measure.Header) {
		h.Scenario, h.Target, h.Labels = hostile, hostile, map[string]string{hostile: hostile}
	}
	y.after = func(e *measure.End) {
		e.Notes = []string{hostile}
		e.Keys.Keys = append(e.Keys.Keys, measure.KeyUse{Key: hostile, Throttled: 1, Share: 2})
		e.Ledger.Sinks[0].Name = hostile
		y.rec.Counter("put.throttled", measure.Tags{"stream": hostile, "shard": hostile, "limit": "records"}).Add(2*second, 9)
		y.rec.Counter("shard.offered", measure.Tags{"stream": hostile, "shard": hostile}).Add(2*second, 9)
		y.rec.Series("put.latency", measure.Tags{"stream": hostile}, measure.SeriesOptions{}).Record(2*second, ms)
	}
	r := y.report(t)
	page := pageOf(t, r)
	if strings.Contains(page, "<script") {
		t.Error("a name became markup in the page")
	}
	checkDrawings(t, page)
	var junit bytes.Buffer
	if err := r.WriteJUnit(&junit); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(junit.Bytes(), new(junitSuites)); err != nil {
		t.Error(err)
	}
	var md bytes.Buffer
	if err := r.WriteMarkdown(&md); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(md.String(), "<script") {
		t.Error("a name became markup in the summary")
	}
}

// A page can be made of whatever a run left behind.
func TestPageOfOddRuns(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*toy)
	}{
		{"killed", func(y *toy) { y.killed = 3 }},
		{"killed in its warm-up", func(y *toy) { y.killed = 1; y.before = func(h *measure.Header) { h.WarmupSeconds = 5 } }},
		{"nothing but warm-up", func(y *toy) { y.before = func(h *measure.Header) { h.WarmupSeconds = 60 } }},
		{"nothing acknowledged", func(y *toy) { y.shards, y.refuse = []float64{1}, true }},
		{"faults", func(y *toy) {
			y.scenario.Faults = []scenarios.Fault{
				{At: scenarios.Duration(2 * second), For: scenarios.Duration(second), Stall: &scenarios.StallFault{}},
				{At: scenarios.Duration(4 * second), For: scenarios.Duration(100 * second), Error: &scenarios.ErrorFault{Code: "InternalFailure"}},
			}
		}},
		{"a late harness", func(y *toy) { y.late = 3 }},
		{"no sink", func(y *toy) {
			y.scenario.Pipeline.Functions, y.scenario.Pipeline.DeliveryStreams = nil, nil
			y.after = func(e *measure.End) { e.Ledger.Sinks = nil }
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := short(t, "put.latency p99 < 100ms", "goodput > 100/s", "integrity.missing == 0")
			c.change(y)
			r := y.report(t)
			page := pageOf(t, r)
			if !strings.HasSuffix(strings.TrimSpace(page), "</html>") || strings.Contains(page, "NaN") {
				t.Errorf("the page is not whole, or holds what is no number")
			}
			for _, options := range []TextOptions{{}, {Color: true, Unicode: true, Width: 60}, {Plain: true}} {
				if err := r.WriteText(io.Discard, options); err != nil {
					t.Error(err)
				}
			}
			for _, write := range []func(io.Writer) error{r.WriteResult, r.WriteMarkdown, r.WriteJUnit} {
				if err := write(io.Discard); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// What of a run was on purpose is said in its notes, in the order of its beginning, and on its pictures.
func TestFaultsAreTold(t *testing.T) {
	const second = scenarios.Duration(time.Second)
	all := []scenarios.Fault{
		{At: 3 * second, For: 2 * second, Cut: &scenarios.CutFault{}},
		{For: second, Throttle: &scenarios.ThrottleFault{}},
		{At: second / 2, For: second, Latency: &scenarios.LatencyFault{}},
		{At: 5 * second, For: 100 * second, Error: &scenarios.ErrorFault{Code: "InternalFailure"}},
		{At: second, For: second, Stall: &scenarios.StallFault{ShardID: "shardId-000000000001"}},
		{At: 2 * second, For: second, Stall: &scenarios.StallFault{}},
	}
	tests := []struct {
		faults []scenarios.Fault
		want   string
	}{
		{nil, ""},
		{all[:1], "cut for 2s from 3s"},
		{all, "throttle for 1s from 0s, latency for 1s from 500ms, stall of shardId-000000000001 for 1s from 1s, stall for 1s from 2s, " +
			"cut for 2s from 3s, error InternalFailure for 1m40s from 5s"},
		{slices.Repeat(all[:1], 10), strings.Repeat("cut for 2s from 3s, ", 8) + "and 2 more"},
	}
	for _, tt := range tests {
		y := short(t, "put.latency p99 < 100ms")
		y.scenario.Faults = tt.faults
		r := y.report(t)
		var text strings.Builder
		if err := r.WriteMarkdown(&text); err != nil {
			t.Fatal(err)
		}
		const says = "faults of the scenario, since the start of the load: "
		page := pageOf(t, r)
		if got, said := strings.CutPrefix(r.faults(), says); got != tt.want || said != (tt.want != "") ||
			said && (!strings.Contains(text.String(), tt.want) || !strings.Contains(page, tt.want)) {
			t.Errorf("told as %q, want %q, in the summary and on the page", got, tt.want)
		}
		for i := range tt.faults {
			if words := "fault of the scenario: " + r.faultText(i); !strings.Contains(page, words) {
				t.Errorf("no picture says %q", words)
			}
		}
	}
}
