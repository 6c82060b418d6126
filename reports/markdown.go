package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes summary.md, for a pull request or a build's summary page.
func (r *Report) WriteMarkdown(w io.Writer) error {
	m := markdown{Report: r}
	h := &r.Run.Header
	m.printf("## %s %s\n\n", map[Verdict]string{Pass: "✅", Fail: "❌", Invalid: "⚠️"}[r.Verdict], escapeMarkdown(r.Headline()))
	m.printf("**%s** on %s, %s clock, seed %d: %s.\n", escapeMarkdown(h.Scenario), escapeMarkdown(h.Target), h.Clock, h.Seed,
		escapeMarkdown(r.Sentence()))
	m.causes()
	m.objectives()
	m.stages()
	m.shards()
	m.cloudWatch()
	m.facts()
	if _, err := w.Write(m.out.Bytes()); err != nil {
		return fmt.Errorf("write markdown: %w", err)
	}
	return nil
}

type markdown struct {
	*Report
	out bytes.Buffer
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.out, format, args...) }

// table writes a table behind an empty line; a heading that begins with ">" is of a column of numbers.
func (m *markdown) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	m.printf("\n|")
	for _, h := range head {
		m.printf(" %s |", strings.TrimPrefix(h, ">"))
	}
	m.printf("\n|")
	for _, h := range head {
		if strings.HasPrefix(h, ">") {
			m.printf(" ---: |")
		} else {
			m.printf(" --- |")
		}
	}
	m.printf("\n")
	for _, row := range rows {
		m.printf("|")
		for _, c := range row {
			m.printf(" %s |", escapeMarkdown(c))
		}
		m.printf("\n")
	}
}

func (m *markdown) causes() {
	first := true
	for i := range m.Objectives {
		o := &m.Objectives[i]
		if m.standing(o) != broken {
			continue
		}
		if first {
			m.printf("\n")
			first = false
		}
		m.printf("- **%s**: %s.", escapeMarkdown(o.Text), escapeMarkdown(o.failure()))
		if o.Cause != nil {
			m.printf(" %s", escapeMarkdown(o.Cause.Text))
		}
		m.printf("\n")
	}
}

func (m *markdown) objectives() {
	var rows [][]string
	for i := range m.Objectives {
		o := &m.Objectives[i]
		as, second := m.standing(o), o.secondText()
		if as == untold {
			second = o.Reason
		}
		mark := map[standing]string{held: "✅", broken: "❌", untold: "❔", unjudged: "➖"}[as]
		rows = append(rows, []string{mark, o.subject(), o.limitText(), o.runText(), second, o.windowText()})
	}
	m.table([]string{"", "objective", "limit", "run", "worst second", "worst window"}, rows)
	if why := m.unjudgedText(); why != "" {
		m.printf("\n➖ %s.\n", escapeMarkdown(why))
	}
}

func (m *markdown) stages() {
	var rows [][]string
	for _, s := range m.stageRows() {
		row := []string{s.Name + tagText(s.Tags), formatCount(s.Count), s.neverText()}
		for i := range quantiles {
			row = append(row, s.text(i))
		}
		rows = append(rows, append(row, s.maxText(), s.remark()))
	}
	m.table([]string{"stage", ">count", ">never came", ">p50", ">p90", ">p99", ">p99.9", ">max", ""}, rows)
}

// shards are told only where one refused something.
func (m *markdown) shards() {
	var rows [][]string
	for i := range m.Shards {
		s := &m.Shards[i]
		if s.refused() == 0 {
			continue
		}
		rows = append(rows, []string{
			m.shardName(s), formatNumber(s.perSecond(s.Offered)), formatNumber(s.perSecond(s.Accepted)),
			formatCount(s.Refused["records"]), formatCount(s.Refused["bytes"]), formatCount(s.otherwise()), s.Burst,
		})
	}
	m.table([]string{"throttled shard", ">attempts/s", ">accepted/s", ">by records", ">by bytes", ">otherwise", "burst"}, rows)
}

func (m *markdown) facts() {
	m.printf("\n")
	if l := m.ledger(); l != nil {
		m.printf("- ledger: %s\n", ledgerText(l))
		for i := range l.Sinks {
			m.printf("  - %s\n", escapeMarkdown(sinkText(&l.Sinks[i])))
		}
	}
	for _, records := range m.aggregated() {
		m.printf("- records: %s\n", escapeMarkdown(records))
	}
	for i := range m.Goodput {
		m.printf("- goodput: %s\n", escapeMarkdown(m.Goodput[i].text()))
	}
	for _, reads := range m.reads() {
		m.printf("- reads: %s\n", escapeMarkdown(reads))
	}
	for _, pushed := range m.pushes() {
		m.printf("- pushed: %s\n", escapeMarkdown(pushed))
	}
	if m.Cost != nil {
		m.printf("- on AWS: %s\n", escapeMarkdown(m.Cost.Summary))
	}
	for _, note := range m.notes() {
		m.printf("- note: %s\n", escapeMarkdown(note))
	}
}

var markdownEscapes = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "~", `\~`, "`", "\\`", "\n", " ")

// escapeMarkdown keeps a text from being read as markup.
func escapeMarkdown(text string) string { return markdownEscapes.Replace(text) }
