package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// TextOptions say what the reader's terminal can show. The zero value is the safest: no colours, no characters beyond
// ASCII, 80 characters wide, with pictures.
type TextOptions struct {
	Color   bool // escape sequences for colours
	Width   int  // characters of a line, default 80; what is less important is left out of tables that are wider
	Unicode bool // characters beyond ASCII
	Plain   bool // no pictures (bars and lines over time), as in a pipe
}

const (
	defaultWidth = 80
	margin       = "  "
)

// WriteText writes the summary for a person at a terminal: the verdict first.
func (r *Report) WriteText(w io.Writer, options TextOptions) error {
	t := text{
		Report: r, pictures: !options.Plain,
		pen: pen{colour: options.Color, unicode: options.Unicode, width: options.Width},
	}
	if t.pen.width <= 0 {
		t.pen.width = defaultWidth
	}
	t.verdict()
	t.objectives()
	t.stages()
	t.shards()
	t.keys()
	t.cloudWatch()
	t.facts()
	if _, err := w.Write(t.out.Bytes()); err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	return nil
}

// text is a summary being written.
type text struct {
	*Report
	pen      pen
	pictures bool
	out      bytes.Buffer
}

func (t *text) line(parts ...string) {
	t.out.WriteString(strings.Join(parts, ""))
	t.out.WriteByte('\n')
}

// table writes a table behind an empty line, as wide as the terminal at most.
func (t *text) table(table *textTable) {
	table.dropEmpty()
	table.fit(&t.pen, t.pen.width-len(margin))
	t.line()
	for _, l := range table.lines(&t.pen) {
		t.line(margin, l)
	}
}

// paragraph writes a text in lines of the terminal's width behind an indent.
func (t *text) paragraph(first, indent, body string, s style) {
	body = t.pen.plain(body)
	for i, l := range wrap(body, max(t.pen.width-utf8.RuneCountInString(indent), 20)) {
		lead := indent
		if i == 0 {
			lead = first
		}
		t.line(lead, t.pen.paint(l, s))
	}
}

var verdictStyle = map[Verdict]style{Pass: green, Fail: red, Invalid: yellow}

// verdict writes the headline, and for each broken objective what broke it.
func (t *text) verdict() {
	head, sentence := t.pen.plain(t.Headline()), t.pen.plain(t.Sentence())
	painted := t.pen.paint(head, bold+";"+verdictStyle[t.Verdict])
	if utf8.RuneCountInString(head)+2+utf8.RuneCountInString(sentence) <= t.pen.width {
		t.line(painted, margin, sentence)
	} else {
		t.line(painted)
		t.paragraph(margin, margin, sentence, plain)
	}
	told := map[string]bool{}
	for i := range t.Objectives {
		o := &t.Objectives[i]
		if t.standing(o) != broken {
			continue
		}
		t.line()
		t.paragraph(margin+t.pen.paint(t.pen.plain("✗ "), red), margin+margin, o.Text+": "+o.failure(), plain)
		if o.Cause != nil && !told[o.Cause.place()] {
			told[o.Cause.place()] = true
			t.paragraph(margin+margin, margin+margin, o.Cause.Text, plain)
		}
	}
}

func (t *text) objectives() {
	if len(t.Objectives) == 0 {
		return
	}
	table := &textTable{head: []column{
		{}, {name: "objective", cut: true}, {name: "limit"}, {name: "run"}, {name: "worst second", rank: 1}, {name: "worst window", rank: 2},
	}}
	for i := range t.Objectives {
		o := &t.Objectives[i]
		as := t.standing(o)
		run := plain
		if as == broken || as == unjudged {
			run = standingStyle[as]
		}
		table.add(left(as.mark()).in(standingStyle[as]), left(o.subject()), left(o.limitText()), left(o.runText()).in(run),
			left(o.secondText()), left(o.windowText()))
	}
	t.table(table)
	t.untold()
	if why := t.unjudgedText(); why != "" {
		t.paragraph(margin+t.pen.paint(t.pen.plain("–"), dim)+"  ", margin+"   ", why, dim)
	}
}

// standingStyle is how an objective's mark stands out.
var standingStyle = map[standing]style{held: green, broken: red, untold: yellow, unjudged: dim}

// untold says why objectives cannot be told, a line for each reason.
func (t *text) untold() {
	var reasons []string
	names := map[string][]string{}
	for i := range t.Objectives {
		if o := &t.Objectives[i]; o.Holds == nil {
			if names[o.Reason] == nil {
				reasons = append(reasons, o.Reason)
			}
			names[o.Reason] = append(names[o.Reason], o.subject())
		}
	}
	for _, reason := range reasons {
		t.paragraph(margin+t.pen.paint("?", yellow)+"  ", margin+"   ", strings.Join(names[reason], ", ")+": "+reason, dim)
	}
}
