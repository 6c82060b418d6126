package reports

import "unicode/utf8"

// shortest is what a cell is not cut below.
const shortest = 12

// fit makes the table at most width characters wide, as far as that goes: headings give way to their short forms, then the
// least important columns go, and then the longest texts are cut.
func (t *textTable) fit(p *pen, width int) {
	if t.width(p) <= width {
		return
	}
	for i := range t.head {
		t.head[i].shorten()
	}
	for t.width(p) > width {
		i := t.least()
		if i < 0 {
			break
		}
		t.drop(i)
	}
	for i := range t.head { // what went may have left room
		c := &t.head[i]
		c.shorten()
		if t.width(p) > width {
			c.shorten()
		}
	}
	if over := t.width(p) - width; over > 0 {
		t.cut(p, over)
	}
}

// shorten calls a column by its short name, or by its own again.
func (c *column) shorten() {
	if c.short != "" {
		c.name, c.short = c.short, c.name
	}
}

// least is the column that goes next; -1 where all must stay.
func (t *textTable) least() int {
	least, rank := -1, 0
	for i, c := range t.head {
		if c.rank > rank {
			least, rank = i, c.rank
		}
	}
	return least
}

// cut takes the characters that are too many out of the columns that may be cut.
func (t *textTable) cut(p *pen, over int) {
	for i, c := range t.head {
		if !c.cut {
			continue
		}
		longest := 0
		for _, row := range t.rows {
			longest = max(longest, utf8.RuneCountInString(p.plain(row[i].text)))
		}
		most := max(longest-over, shortest)
		for _, row := range t.rows {
			row[i].text = cutMiddle(p.plain(row[i].text), most, p.plain("…"))
		}
	}
}

// cutMiddle takes out the middle of a text that has more than most characters: both ends of a name tell it apart.
func cutMiddle(text string, most int, gap string) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	kept := most - utf8.RuneCountInString(gap)
	front := (kept + 1) / 2
	return string(runes[:front]) + gap + string(runes[len(runes)-(kept-front):])
}

// width is the number of characters of the table's longest line.
func (t *textTable) width(p *pen) int {
	colourless := *p
	colourless.colour = false
	n := 0
	for _, l := range t.lines(&colourless) {
		n = max(n, utf8.RuneCountInString(l))
	}
	return n
}
