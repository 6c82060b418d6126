package reports

import (
	"math"
	"strings"
)

func (t *text) stages() {
	table := &textTable{head: []column{
		{name: "stage", cut: true},
		{name: "count", rank: 1},
		{name: "never came", short: "never"},
		{name: "p50"},
		{name: "p90", rank: 4},
		{name: "p99"},
		{name: "p99.9", rank: 3},
		{name: "max", rank: 2},
		{rank: 5},
	}}
	thin := false
	rows := t.stageRows()
	for _, m := range rows {
		name := m.Name
		if len(m.Tags) > 0 {
			name = "  " + tagText(m.Tags)
		}
		row := []cell{left(name), number(formatCount(m.Count)), number(m.neverText()).in(red)}
		for i := range quantiles {
			value := m.text(i)
			row = append(row, number(value))
			thin = thin || strings.HasPrefix(value, "~")
		}
		table.add(append(row, number(m.maxText()), left(m.remark()).in(dim))...)
	}
	if len(rows) == 0 {
		return
	}
	t.drawOverTime(table, rows)
	t.table(table)
	if thin {
		t.paragraph(margin+t.pen.paint("~", dim)+" ", margin+margin, "rests on fewer than 10/(1−q) requests, invocations or objects: an anecdote", dim)
	}
}

// Lines over time are as long as the terminal has room for, within reason.
const (
	longestSpark  = 30
	shortestSpark = 10
)

// drawOverTime adds a column with each row's p99 over time, where there is room for it.
func (t *text) drawOverTime(table *textTable, rows []*Measurement) {
	table.dropEmpty()
	room := min(t.pen.width-len(margin)-table.width(&t.pen)-2, longestSpark)
	if !t.pictures || room < shortestSpark {
		return
	}
	n := len(table.head)
	table.head = append(table.head, column{name: "p99 over time", rank: 6})
	for i, m := range rows {
		for len(table.rows[i]) < n {
			table.rows[i] = append(table.rows[i], left(""))
		}
		table.rows[i] = append(table.rows[i], left(t.pen.spark(t.overTime(m, room))))
	}
}

// stageRows are the measurements a person asks for first: the put, each sink's latency and end to end, and whatever an
// objective is about. Several streams or functions have a row each below the whole.
func (r *Report) stageRows() []*Measurement {
	wanted := map[string]bool{"put.latency": true}
	for _, s := range r.sinks() {
		wanted[s.own], wanted[s.endToEnd()] = true, true
	}
	for i := range r.Objectives {
		wanted[r.Objectives[i].objective.Name] = true
	}
	tagged := map[string]int{}
	for i := range r.Measurements {
		if m := &r.Measurements[i]; len(m.Tags) > 0 {
			tagged[m.Name]++
		}
	}
	var rows []*Measurement
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if wanted[m.Name] && (len(m.Tags) == 0 || tagged[m.Name] > 1) {
			rows = append(rows, m)
		}
	}
	return rows
}

// overTime is a measurement's p99 in at most n equal intervals of the measured seconds.
func (r *Report) overTime(m *Measurement, n int) []float64 {
	var values []float64
	for _, in := range r.measured.split(n) {
		part := combine(m.series, in)
		v, beyond := part.Quantile(0.99)
		switch {
		case part.Count()+part.Censored == 0:
			values = append(values, math.NaN())
		case beyond:
			values = append(values, math.Inf(1))
		default:
			values = append(values, float64(v))
		}
	}
	return values
}
