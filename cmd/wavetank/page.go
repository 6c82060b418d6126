package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// pageLabel is how wide the column of a page's labels is, indentation and gap included.
const pageLabel = 18

// gap is a space at which no line ends: between a number and its unit.
const gap = "\u00a0"

// page is a text for a person: sections of labelled rows, tables and warnings, wrapped at its width. The zero value is an
// empty page of 80 characters.
type page struct {
	width int
	text  strings.Builder
}

func (p *page) columns() int { return cmp.Or(p.width, unknownWidth) }

func (p *page) String() string { return p.text.String() }

// line writes one line as it is.
func (p *page) line(text string) {
	p.text.WriteString(strings.TrimRight(strings.ReplaceAll(text, gap, " "), " "))
	p.text.WriteByte('\n')
}

// paragraph writes a text, wrapped behind a prefix.
func (p *page) paragraph(prefix, text string) { p.line(hang(p.columns(), prefix, text)) }

// section begins one, after an empty line.
func (p *page) section(format string, a ...any) {
	if p.text.Len() > 0 {
		p.line("")
	}
	p.paragraph("", fmt.Sprintf(format, a...))
}

// row writes a label and what it says. A label that is wider than its column has a line of its own.
func (p *page) row(label, format string, a ...any) {
	p.entry(pageLabel, label, fmt.Sprintf(format, a...))
}

// entry is row with a column of another width.
func (p *page) entry(width int, label, text string) {
	if utf8.RuneCountInString(label) > width-4 {
		p.line("  " + label)
		label = ""
	}
	p.paragraph(pad("  "+label, width), text)
}

// warn writes a sentence that nobody should overlook.
func (p *page) warn(format string, a ...any) {
	p.paragraph("  ! ", fmt.Sprintf(format, a...))
}

// table writes rows below a head: the first column to the left, the others to the right. Where it is too wide, the columns
// of the given headings are left out one after another.
func (p *page) table(head []string, rows [][]string, dispensable ...string) {
	all := append([][]string{head}, rows...)
	widths := columnWidths(all)
	for _, heading := range dispensable {
		wide := 0
		for _, w := range widths {
			wide += 2 + w
		}
		if i := slices.Index(head, heading); i >= 0 && wide > p.columns() {
			for n := range all {
				all[n] = slices.Delete(slices.Clone(all[n]), i, i+1)
			}
			head, widths = all[0], columnWidths(all)
		}
	}
	for _, row := range all {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString("  ")
			if i == 0 {
				b.WriteString(pad(cell, widths[i]))
				continue
			}
			b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)) + cell)
		}
		p.line(b.String())
	}
}

// columnWidths are the widths of a table's columns, the first no narrower than labels.
func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	widths[0] = pageLabel - 4
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// hang wraps a text at a width behind a prefix: further lines are indented by the prefix's width.
func hang(width int, prefix, text string) string {
	indent := utf8.RuneCountInString(prefix)
	var b strings.Builder
	b.WriteString(prefix)
	at := indent
	for i, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == '\n' }) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}

// pad fills a text up with spaces.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}
