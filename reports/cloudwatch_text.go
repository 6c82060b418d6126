package reports

import "strings"

// cloudWatch lays CloudWatch's figures beside the run's own. What says nothing is on the page only.
func (t *text) cloudWatch() {
	if rows := t.Report.cloudWatch(); len(rows) > 0 {
		t.cloudWatchTable(rows)
	}
	t.lambdaReports()
}

func (t *text) cloudWatchTable(rows []CloudWatch) {
	table := &textTable{head: []column{
		{name: "CloudWatch, by the minute", cut: true},
		{name: "of", cut: true},
		{name: "CloudWatch"},
		{name: "here"},
		{name: "difference"},
		{name: "measured as", rank: 1},
	}}
	for i := range rows {
		if c := &rows[i]; c.telling() {
			table.add(left(c.name()), left(c.Resource), number(c.valueText()), number(c.ownText()), number(c.shortDifference()), left(c.ownName()))
		}
	}
	if len(table.rows) > 0 {
		t.table(table)
	} else {
		t.line()
	}
	if missing := t.unpublished(rows); missing != "" {
		t.paragraph(margin, margin, missing, dim)
	}
	t.paragraph(margin, margin, t.cloudWatchCaption(), dim)
}

// lambdaReports are the functions' REPORT lines.
func (t *text) lambdaReports() {
	all := t.Report.lambdaReports()
	if len(all) == 0 {
		return
	}
	ranks := []int{0, 0, 5, 0, 4, 0, 3, 1, 6, 2}
	table := new(textTable)
	for i, name := range lambdaReportsHead {
		table.head = append(table.head, column{name: strings.TrimPrefix(name, ">"), rank: ranks[i], cut: i == 0})
	}
	for i := range all {
		var row []cell
		for n, text := range all[i].cells() {
			row = append(row, cell{text: text, right: strings.HasPrefix(lambdaReportsHead[n], ">")})
		}
		table.add(row...)
	}
	t.table(table)
	t.paragraph(margin, margin, lambdaReportsCaption, dim)
}

// cloudWatch is the same in Markdown.
func (m *markdown) cloudWatch() {
	if rows := m.Report.cloudWatch(); len(rows) > 0 {
		m.cloudWatchTable(rows)
	}
	all := m.Report.lambdaReports()
	var lines [][]string
	for i := range all {
		lines = append(lines, all[i].cells())
	}
	if len(lines) > 0 {
		m.table(lambdaReportsHead, lines)
		m.printf("\n%s\n", lambdaReportsCaption)
	}
}

func (m *markdown) cloudWatchTable(rows []CloudWatch) {
	var cells [][]string
	for i := range rows {
		if c := &rows[i]; c.telling() {
			cells = append(cells, []string{c.name(), c.Resource, c.valueText(), c.ownText(), c.differenceText(), c.ownName()})
		}
	}
	m.table([]string{"CloudWatch, by the minute", "of", ">CloudWatch", ">here", ">difference", "measured as"}, cells)
	if missing := m.unpublished(rows); missing != "" {
		m.printf("\n%s\n", escapeMarkdown(missing))
	}
	m.printf("\n%s\n", escapeMarkdown(m.cloudWatchCaption()))
}
