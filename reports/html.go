package reports

import (
	"bytes"
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

//go:embed page.css
var pageStyle string

//go:embed page.html.tmpl
var pageText string

// pageTemplate is parsed when it is first needed: most commands need none.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"count":    formatCount,
		"number":   formatNumber,
		"share":    formatShare,
		"duration": formatDuration,
		"usd":      pricing.FormatUSD,
		"tags":     tagText,
		"upper":    func(v Verdict) string { return strings.ToUpper(string(v)) },
	}).Parse(pageText + cloudWatchText))
})

// WriteHTML writes the report as one page that needs nothing else: no script, no font, no network. It follows the reader's
// light or dark preference and can be printed.
func (r *Report) WriteHTML(w io.Writer) error {
	var page bytes.Buffer
	if err := pageTemplate().Execute(&page, r.page()); err != nil {
		return fmt.Errorf("render report: %w", err)
	}
	if _, err := w.Write(page.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// page is what the template shows.
type page struct {
	*Report
	Style       template.CSS
	Header      *measure.Header
	End         *measure.End
	Facts       []string // of the run, in a few words each
	Claims      []claim
	Tiles       []tile
	Percentiles template.HTML
	Throughput  template.HTML
	Latency     template.HTML
	ShardPlot   template.HTML
	StagePlot   template.HTML
	Whole       []measurementRow // a row for each measurement of the whole run
	Tagged      []measurementRow // of each stream, function …
	ShardRows   []shardLine
	QuietShards []shardLine // those that were offered least, of many
	HotKeys     []keyLine
	Sinks       []measure.SinkTotals
	Checks      []check
	Notes       []string
	Definitions []scenarios.Measurement
	Environment [][2]string
	Resolved    string // the scenario
}

func (r *Report) page() *page {
	p := &page{
		Report: r, Style: template.CSS(pageStyle), Header: &r.Run.Header, End: r.Run.End,
		Facts: r.facts(), Tiles: r.tiles(), Notes: r.pageNotes(), Checks: r.checks(),
		Percentiles: r.percentilePlot(), Throughput: r.throughputPlot(), Latency: r.latencyPlot(),
		ShardPlot: r.shardPlot(), StagePlot: r.stagePlot(),
		Definitions: r.definitions(), Environment: r.environment(),
	}
	told := map[string]bool{}
	for i := range r.Objectives {
		p.Claims = append(p.Claims, newClaim(&r.Objectives[i], r.standing(&r.Objectives[i]), told))
	}
	for i := range r.Measurements {
		if m := &r.Measurements[i]; len(m.Tags) > 0 {
			p.Tagged = append(p.Tagged, measurementRow{m})
		} else {
			p.Whole = append(p.Whole, measurementRow{m})
		}
	}
	shown, _ := r.busyShards(shownShards)
	for i := range r.Shards {
		if s := (shardLine{&r.Shards[i], r}); slices.Contains(shown, s.Shard) {
			p.ShardRows = append(p.ShardRows, s)
		} else {
			p.QuietShards = append(p.QuietShards, s)
		}
	}
	for i, k := range r.Keys.Keys {
		if i < 10 {
			p.HotKeys = append(p.HotKeys, keyLine{k, float64(k.Offered) / max(r.elapsed(), 1)})
		}
	}
	if l := r.ledger(); l != nil {
		p.Sinks = l.Sinks
	}
	const longest = 12 << 10 // a trace of a day is no reading
	if text := string(r.Scenario.Resolved()); len(text) <= longest {
		p.Resolved = text
	}
	return p
}

// facts are what a reader asks first about a run.
func (r *Report) facts() []string {
	h := &r.Run.Header
	facts := []string{h.Target, h.Clock + " clock"}
	if model := r.model(); model != "" {
		facts = append(facts, "model "+model)
	}
	length := scenarios.Duration(h.DurationSeconds * 1e9).String()
	if h.WarmupSeconds > 0 {
		length += ", " + scenarios.Duration(h.WarmupSeconds*1e9).String() + " of it warm-up"
	}
	facts = append(facts, fmt.Sprintf("seed %d", h.Seed), length)
	if h.Started != "" {
		facts = append(facts, formatStarted(h.Started))
	}
	for _, k := range slices.Sorted(maps.Keys(h.Labels)) {
		facts = append(facts, k+"="+h.Labels[k])
	}
	return facts
}

// definitions are the measurements and counters of the vocabulary that the run has, in the order of a record's life.
func (r *Report) definitions() []scenarios.Measurement {
	has := map[string]bool{"goodput": len(r.Goodput) > 0}
	for i := range r.Measurements {
		has[r.Measurements[i].Name] = true
	}
	for i := range r.Counters {
		has[r.Counters[i].Name] = true
	}
	var all []scenarios.Measurement
	for _, m := range scenarios.Measurements() {
		if has[m.Name] || isIntegrity(m.Name) && r.ledger() != nil {
			all = append(all, m)
		}
	}
	if len(r.sinks()) > 0 {
		all = append(all, scenarios.Measurement{Name: "<sink>" + scenarios.EndToEnd, Doc: "due → at the sink", Per: "record"})
	}
	return all
}

// environment is where and how the run was made.
func (r *Report) environment() [][2]string {
	h := &r.Run.Header
	rows := [][2]string{
		{"tool", h.Tool},
		{"scenario", h.Scenario},
		{"digest", h.Digest},
		{"target", h.Target},
		{"clock", h.Clock},
		{"model", r.model()},
		{"Go", strings.TrimSpace(h.Go + " " + h.Arch)},
		{"started", h.Started},
	}
	if r.Run.End != nil && r.Run.End.MaxRSS > 0 {
		rows = append(rows, [2]string{"memory of the harness", formatBytes(float64(r.Run.End.MaxRSS))})
	}
	for _, name := range slices.Sorted(maps.Keys(h.Limits)) {
		rows = append(rows, [2]string{"limit " + name, formatNumber(h.Limits[name])})
	}
	for i := range h.Load {
		l := &h.Load[i]
		rows = append(rows, [2]string{"load on " + l.Stream + l.DeliveryStream, fmt.Sprintf("%s, %s records in %s, mean %s, peak %s",
			l.Generator, formatNumber(l.Records), plural(int64(l.Lanes), "lane"), formatRate(l.MeanRate), formatRate(l.PeakRate))})
	}
	for _, t := range h.CannotTell {
		rows = append(rows, [2]string{"cannot tell " + t.Name, t.Reason})
	}
	return slices.DeleteFunc(rows, func(row [2]string) bool { return row[1] == "" })
}
