package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

// An invalid run judges nothing: no objective of it looks held or broken, and it says why.
func TestInvalidRunJudgesNothing(t *testing.T) {
	y := short(t, "put.latency p99 < 1ms", "integrity.missing == 0", "stream.propagation p99 < 1s")
	y.after = func(e *measure.End) { e.CPUShare = 0.93 }
	r := y.report(t)
	for i, want := range []standing{unjudged, unjudged, untold} {
		if got := r.standing(&r.Objectives[i]); got != want {
			t.Errorf("%s is %s, want %s", r.Objectives[i].Text, got, want)
		}
	}
	const why = "not judged, for the run is invalid: the harness used 93.0 % of its CPU, more than 80 %"
	text := textOf(t, r, TextOptions{Width: 120, Unicode: true, Color: true})
	if !strings.Contains(text, why) || !strings.Contains(text, "\x1b[2m–\x1b[0m  put.latency p99") {
		t.Errorf("the text does not say why:\n%s", text)
	}
	if strings.Contains(text, "\x1b["+string(red)+"m") || strings.Contains(text, "\x1b["+string(green)+"m") {
		t.Errorf("the text judges:\n%s", text)
	}
	page := pageOf(t, r)
	if !strings.Contains(page, why) || strings.Count(page, `<tr class="unjudged">`) != 2 {
		t.Error("the page does not say why, or not of both")
	}
	for _, judged := range []string{`<rect class="broken"`, `class="limit broken"`, "put.latency p99 &lt; 1ms: "} {
		if strings.Contains(page, judged) {
			t.Errorf("the page holds %s", judged)
		}
	}
	var markdown, junit bytes.Buffer
	if err := r.WriteMarkdown(&markdown); err != nil {
		t.Fatal(err)
	}
	if text := markdown.String(); strings.Contains(text, "❌") || strings.Contains(text, "✅") || !strings.Contains(text, why) {
		t.Errorf("the Markdown judges, or does not say why:\n%s", text)
	}
	if err := r.WriteJUnit(&junit); err != nil {
		t.Fatal(err)
	}
	if text := junit.String(); !strings.Contains(text, `tests="4" failures="0" errors="1" skipped="3"`) {
		t.Errorf("the build server is told of failures:\n%s", text)
	}
}

// A valid run of the same objectives judges them.
func TestValidRunJudges(t *testing.T) {
	r := short(t, "put.latency p99 < 1ms", "integrity.missing == 0", "stream.propagation p99 < 1s").report(t)
	for i, want := range []standing{broken, held, untold} {
		if got := r.standing(&r.Objectives[i]); got != want {
			t.Errorf("%s is %s, want %s", r.Objectives[i].Text, got, want)
		}
	}
	if why := r.unjudgedText(); why != "" {
		t.Errorf("found %q", why)
	}
}

// The model is the embedded target's own: nothing speaks of it where the load went elsewhere.
func TestOnlyTheEmbeddedTargetHasAModel(t *testing.T) {
	for _, c := range []struct {
		target string
		has    bool
	}{{"embedded", true}, {"localstack", false}, {"aws", false}, {"http://127.0.0.1:4566", false}} {
		y := short(t, "integrity.missing == 0")
		y.before = func(h *measure.Header) { h.Target = c.target }
		r := y.report(t)
		page := pageOf(t, r)
		page, _, _ = strings.Cut(page, "<pre") // the scenario as it was written
		if got := strings.Contains(page, "<li>model local</li>"); got != c.has {
			t.Errorf("%s: the page has a chip: %v", c.target, got)
		}
		if got := strings.Contains(page, ">model</th>"); got != c.has {
			t.Errorf("%s: the page has a row: %v", c.target, got)
		}
		if got := r.Result().Model == "local"; got != c.has {
			t.Errorf("%s: the result has %q", c.target, r.Result().Model)
		}
	}
}
