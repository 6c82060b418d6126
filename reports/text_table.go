package reports

import (
	"strings"
	"unicode/utf8"
)

// style is how a piece of text stands out where colours are wanted.
type style string

// The styles, as parameters of the terminal's "select graphic rendition".
const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	green  style = "32"
	red    style = "31"
	yellow style = "33"
)

// cell is one field of a table.
type cell struct {
	text  string
	style style
	right bool // aligned to the right, as numbers are
}

func left(text string) cell   { return cell{text: text} }
func number(text string) cell { return cell{text: text, right: true} }

func (c cell) in(s style) cell {
	c.style = s
	return c
}

// column is what stands above a table's cells, and what becomes of them where the table is too wide.
type column struct {
	name, short string // short is what it is called where the room is scarce; empty: the same
	rank        int    // the columns with the highest rank go first; those with 0 stay
	cut         bool   // long cells may be cut in the middle when nothing else helps
}

// textTable is rows of cells in aligned columns. A column's heading takes the alignment of its first cell.
type textTable struct {
	head []column
	rows [][]cell
}

func (t *textTable) add(row ...cell) { t.rows = append(t.rows, row) }

// dropEmpty removes the columns that are empty in every row.
func (t *textTable) dropEmpty() {
	for i := len(t.head) - 1; i >= 0; i-- {
		empty := true
		for _, row := range t.rows {
			if i < len(row) && row[i].text != "" {
				empty = false
			}
		}
		if empty {
			t.drop(i)
		}
	}
}

// drop removes a column.
func (t *textTable) drop(i int) {
	t.head = append(t.head[:i:i], t.head[i+1:]...)
	for n, row := range t.rows {
		if i < len(row) {
			t.rows[n] = append(row[:i:i], row[i+1:]...)
		}
	}
}

// lines are the table's lines without their ends, two spaces between columns.
func (t *textTable) lines(p *pen) []string {
	widths := make([]int, len(t.head))
	head := make([]cell, len(t.head))
	for i, h := range t.head {
		head[i] = cell{text: h.name, style: dim}
		if len(t.rows) > 0 && i < len(t.rows[0]) {
			head[i].right = t.rows[0][i].right
		}
	}
	all := append([][]cell{head}, t.rows...)
	for _, row := range all {
		for i := range row {
			row[i].text = p.plain(row[i].text)
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i].text))
		}
	}
	lines := make([]string, 0, len(all))
	for _, row := range all {
		lines = append(lines, line(p, row, widths))
	}
	return lines
}

func line(p *pen, row []cell, widths []int) string {
	var b strings.Builder
	owed := 0 // spaces that only a further field needs
	for i, c := range row {
		pad := widths[i] - utf8.RuneCountInString(c.text)
		before, after := 0, pad
		if c.right {
			before, after = pad, 0
		}
		if c.text == "" {
			owed += pad + 2
			continue
		}
		b.WriteString(strings.Repeat(" ", owed+before))
		b.WriteString(p.paint(c.text, c.style))
		owed = after + 2
	}
	return b.String()
}
