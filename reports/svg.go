package reports

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// svg writes one drawing. Colours and line widths are the page's style sheet's, by class, so that a drawing follows the
// reader's light or dark preference. Coordinates are pixels of a drawing that scales with the page.
type svg struct {
	b strings.Builder
}

// newSVG begins a drawing. The title and the description are for who cannot see it; a small one without an id has both
// in its label.
func newSVG(width, height float64, id, title, description string) *svg {
	s := new(svg)
	if id == "" {
		fmt.Fprintf(&s.b, `<svg viewBox="0 0 %s %s" role="img" aria-label="%s">`, px(width), px(height), html.EscapeString(title+": "+description))
		return s
	}
	fmt.Fprintf(&s.b, `<svg viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t %s-d">`, px(width), px(height), id, id)
	fmt.Fprintf(&s.b, `<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, id, html.EscapeString(title), id, html.EscapeString(description))
	return s
}

// done ends the drawing.
func (s *svg) done() template.HTML {
	s.b.WriteString("</svg>")
	return template.HTML(s.b.String())
}

// px writes a coordinate with at most one decimal.
func px(v float64) string {
	v = math.Round(v*10) / 10
	if v == 0 {
		v = 0 // no negative zero
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func (s *svg) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&s.b, `<path class="%s" d="M%s %sL%s %s"/>`, class, px(x1), px(y1), px(x2), px(y2))
}

// rect draws a rectangle; a title that is not empty shows when it is pointed at.
func (s *svg) rect(x, y, width, height float64, class, title string) {
	if width <= 0 || height <= 0 {
		return
	}
	fmt.Fprintf(&s.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"`, class, px(x), px(y), px(width), px(height))
	s.end("rect", title)
}

func (s *svg) circle(x, y, r float64, class, title string) {
	fmt.Fprintf(&s.b, `<circle class="%s" cx="%s" cy="%s" r="%s"`, class, px(x), px(y), px(r))
	s.end("circle", title)
}

func (s *svg) path(d, class, title string) {
	if d == "" {
		return
	}
	fmt.Fprintf(&s.b, `<path class="%s" d="%s"`, class, d)
	s.end("path", title)
}

func (s *svg) end(element, title string) {
	if title == "" {
		s.b.WriteString("/>")
		return
	}
	fmt.Fprintf(&s.b, `><title>%s</title></%s>`, html.EscapeString(title), element)
}

// Where a text's coordinate lies in it.
const (
	atStart  = "s"
	atMiddle = "m"
	atEnd    = "e"
)

// text writes at a base line. The anchor is a class of the style sheet.
func (s *svg) text(x, y float64, anchor, class, text string) {
	fmt.Fprintf(&s.b, `<text class="%s" x="%s" y="%s">%s</text>`, strings.TrimSpace(anchor+" "+class), px(x), px(y), html.EscapeString(text))
}

// polyline is a path through points; a NaN coordinate breaks it.
type polyline struct {
	b    strings.Builder
	down bool
}

func (p *polyline) to(x, y float64) {
	if math.IsNaN(y) || math.IsNaN(x) {
		p.down = false
		return
	}
	c := byte('L')
	if !p.down {
		c, p.down = 'M', true
	}
	p.b.WriteByte(c)
	p.b.WriteString(px(x) + " " + px(y))
}

func (p *polyline) String() string { return p.b.String() }

// steps is a line that holds each value over its interval; NaN is a gap. edges has one more element than y.
func steps(edges, y []float64) string {
	var b strings.Builder
	down := false
	for i, v := range y {
		if math.IsNaN(v) {
			down = false
			continue
		}
		if !down {
			b.WriteString("M" + px(edges[i]) + " " + px(v))
			down = true
		} else if px(v) != px(y[i-1]) {
			b.WriteString("V" + px(v))
		}
		if i == len(y)-1 || math.IsNaN(y[i+1]) || px(y[i+1]) != px(v) {
			b.WriteString("H" + px(edges[i+1]))
		}
	}
	return b.String()
}

// stepArea is the area between two lines of steps; it is empty where they are the same everywhere.
func stepArea(edges, top, bottom []float64) string {
	var b strings.Builder
	for i := 0; i < len(top); {
		if px(top[i]) == px(bottom[i]) || math.IsNaN(top[i]) {
			i++
			continue
		}
		n := i
		for n < len(top) && !math.IsNaN(top[n]) && px(top[n]) != px(bottom[n]) {
			n++
		}
		b.WriteString(steps(edges[i:n+1], top[i:n]))
		for k := n - 1; k >= i; k-- {
			if k == n-1 || px(bottom[k]) != px(bottom[k+1]) {
				b.WriteString("V" + px(bottom[k]))
			}
			if k == i || px(bottom[k-1]) != px(bottom[k]) {
				b.WriteString("H" + px(edges[k]))
			}
		}
		b.WriteString("Z")
		i = n
	}
	return b.String()
}
