package main

import (
	"io"
	"strconv"

	"golang.org/x/term"
)

// How many characters a line has: where nobody knows, and at least and at most whatever the terminal says. Prose that is
// wider than the most is hard to read; tables and the status line are not held to it.
const (
	unknownWidth  = 80
	narrowestPage = 40
	widestPage    = 120
)

// columns is how many characters a line of w has: the terminal's, or in a pipe what COLUMNS says, or 80.
func columns(e env, w io.Writer) int {
	width := 0
	if file, ok := terminal(w); ok {
		width, _, _ = term.GetSize(int(file.Fd())) // 0 where it cannot be told
	}
	if width <= 0 {
		width, _ = strconv.Atoi(e.getenv("COLUMNS")) // 0 where it is not set
	}
	if width <= 0 {
		return unknownWidth
	}
	return max(width, narrowestPage)
}

// newPage is an empty page for w.
func newPage(e env, w io.Writer) *page { return &page{width: min(columns(e, w), widestPage)} }
