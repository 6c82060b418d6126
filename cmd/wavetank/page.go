package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// pageWidth is how many characters a line of text has at most.
const pageWidth = 100

// pageLabel is how wide the column of a page's labels is, indentation and gap included.
const pageLabel = 18

// gap is a space at which no line ends: between a number and its unit.
const gap = "\u00a0"

// page is a text for a person: sections of labelled rows, tables and warnings, wrapped at pageWidth. The zero value is
// an empty page.
type page struct{ text strings.Builder }

func (p *page) String() string { return p.text.String() }

// line writes one line as it is.
func (p *page) line(text string) {
	p.text.WriteString(strings.TrimRight(strings.ReplaceAll(text, gap, " "), " "))
	p.text.WriteByte('\n')
}

// section begins one, after an empty line.
func (p *page) section(format string, a ...any) {
	if p.text.Len() > 0 {
		p.line("")
	}
	p.line(hang("", fmt.Sprintf(format, a...)))
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
	p.line(hang(pad("  "+label, width), text))
}

// warn writes a sentence that nobody should overlook.
func (p *page) warn(format string, a ...any) {
	p.line(hang("  ! ", fmt.Sprintf(format, a...)))
}

// table writes rows below a head: the first column to the left, the others to the right.
func (p *page) table(head []string, rows [][]string) {
	widths := make([]int, len(head))
	all := append([][]string{head}, rows...)
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	widths[0] = max(widths[0], pageLabel-4)
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

// hang wraps a text behind a prefix: further lines are indented by the prefix's width.
func hang(prefix, text string) string {
	indent := utf8.RuneCountInString(prefix)
	var b strings.Builder
	b.WriteString(prefix)
	at := indent
	for i, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == '\n' }) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > pageWidth:
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
