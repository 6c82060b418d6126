package reports

import (
	_ "embed" // the section
	"fmt"
	"html/template"
	"strings"
)

//go:embed cloudwatch.html.tmpl
var cloudWatchText string

// cloudWatchLine is a row of the page's table.
type cloudWatchLine struct {
	*CloudWatch
	minutes int
}

// CloudWatchRows are the rows of the page's section; none where CloudWatch told nothing.
func (p *page) CloudWatchRows() []cloudWatchLine {
	rows := p.Report.cloudWatch()
	lines := make([]cloudWatchLine, 0, len(rows))
	minutes := 1
	for i := range rows {
		if points := rows[i].Points; len(points) > 0 {
			minutes = max(minutes, points[len(points)-1].Minute+1)
		}
	}
	for i := range rows {
		lines = append(lines, cloudWatchLine{&rows[i], minutes})
	}
	return lines
}

// CloudWatchCaption is what a reader must know of them.
func (p *page) CloudWatchCaption() string { return p.cloudWatchCaption() }

// LambdaReportRows are the functions' REPORT lines.
func (p *page) LambdaReportRows() [][]string {
	all := p.lambdaReports()
	rows := make([][]string, 0, len(all))
	for i := range all {
		rows = append(rows, all[i].cells())
	}
	return rows
}

// LambdaReportHead are their columns, with the class of each.
func (p *page) LambdaReportHead() [][2]string {
	head := make([][2]string, 0, len(lambdaReportsHead))
	for _, name := range lambdaReportsHead {
		if plain, isNumber := strings.CutPrefix(name, ">"); isNumber {
			head = append(head, [2]string{plain, "n"})
		} else {
			head = append(head, [2]string{name, ""})
		}
	}
	return head
}

// LambdaReportCaption is what a reader must know of them.
func (p *page) LambdaReportCaption() string { return lambdaReportsCaption }

func (l cloudWatchLine) Name() string    { return l.name() }
func (l cloudWatchLine) ValueIs() string { return l.valueText() }
func (l cloudWatchLine) OwnIs() string   { return l.ownText() }
func (l cloudWatchLine) OwnName() string { return l.ownName() }
func (l cloudWatchLine) OffBy() string   { return l.shortDifference() }
func (l cloudWatchLine) Untold() bool    { return l.Value == nil }

// Minutes draws the statistic minute by minute, a bar each; a minute that was not published has none.
func (l cloudWatchLine) Minutes() template.HTML {
	if len(l.Points) == 0 {
		return ""
	}
	const width, height, most = 150.0, 18.0, 1440 // a day of minutes is more than can be seen
	first := max(l.minutes-most, 0)
	top := 0.0
	for _, p := range l.Points {
		top = max(top, p.Value)
	}
	s := newSVG(width, height, "", l.name()+" of "+l.Resource, fmt.Sprintf("by the minute, up to %s", l.text(top)))
	each := width / float64(l.minutes-first)
	for _, p := range l.Points {
		if p.Minute < first {
			continue
		}
		tall := 1.0
		if top > 0 {
			tall = max(p.Value/top*height, 1)
		}
		s.rect(float64(p.Minute-first)*each, height-tall, max(each-min(1, each/4), 0.1), tall, "area c0",
			fmt.Sprintf("minute %d: %s", p.Minute, l.text(p.Value)))
	}
	return s.done()
}
