package reports

import (
	"path/filepath"
	"strings"
)

// facts are the lines below the tables: what became of every record, what it would cost, where the report is.
func (t *text) facts() {
	t.line()
	if l := t.ledger(); l != nil {
		t.fact("ledger", ledgerText(l))
		for i := range l.Sinks {
			t.fact("", sinkText(&l.Sinks[i]))
		}
	}
	for _, records := range t.aggregated() {
		t.fact("records", records)
	}
	for i, g := range t.Goodput {
		name := "goodput"
		if i > 0 {
			name = ""
		}
		t.fact(name, g.text())
	}
	for _, reads := range t.reads() {
		t.fact("reads", reads)
	}
	for _, pushed := range t.pushes() {
		t.fact("pushed", pushed)
	}
	if t.Cost != nil {
		t.fact("on AWS", t.Cost.Summary)
	}
	for _, note := range t.notes() {
		t.fact("note", note)
	}
	if t.Dir != "" {
		t.fact("report", filepath.Join(t.Dir, HTMLFile))
	}
}

func (t *text) fact(name, body string) {
	const column = 9
	first := margin + t.pen.paint(name, dim) + strings.Repeat(" ", column-len(name))
	t.paragraph(first, margin+strings.Repeat(" ", column), body, plain)
}

// text is a sink's goodput in words.
func (g *Goodput) text() string {
	if g.Within == nil {
		return g.Sink + " " + formatRate(g.Rate)
	}
	return g.Sink + " " + formatRate(g.Rate) + " within " + plainZeros(formatDuration(float64(*g.Within)))
}

// notes are what else a reader must know of the run.
func (r *Report) notes() []string {
	var notes []string
	if faults := r.faults(); faults != "" {
		notes = append(notes, faults)
	}
	end := r.Run.End
	if end != nil {
		notes = append(notes, end.Notes...)
		if !end.Drained {
			notes = append(notes, "the drain was over before every record had come out: what was still pending ranks beyond any limit")
		}
	} else {
		notes = append(notes, "records that were on their way when the run was killed count as never come")
	}
	if r.Run.Torn {
		notes = append(notes, "the last line of the run file was cut off and left out")
	}
	return notes
}
