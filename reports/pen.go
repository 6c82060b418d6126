package reports

import (
	"math"
	"strings"
	"unicode/utf8"
)

// pen writes text for one kind of terminal.
type pen struct {
	colour  bool
	unicode bool
	width   int // characters of a line
}

var ascii = strings.NewReplacer(
	"µ", "u", "…", "..", "–", "-", "−", "-", "·", "|", "→", "->", "×", "x", "÷", "/", "≤", "<=", "≥", ">=", "∞", "inf",
	"✓", "+", "✗", "x",
)

// plain is a text in the characters that the terminal has.
func (p *pen) plain(text string) string {
	if p.unicode {
		return text
	}
	return strings.Map(func(c rune) rune {
		if c > '~' {
			return '?'
		}
		return c
	}, ascii.Replace(text))
}

func (p *pen) paint(text string, s style) string {
	if !p.colour || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

var (
	blocks      = []rune("▁▂▃▄▅▆▇█")
	asciiBlocks = []rune("_.-~=+*#")
)

// spark draws values from 0 to the highest as one character each. NaN is a gap, +Inf is full: beyond all that was measured.
func (p *pen) spark(values []float64) string {
	levels := blocks
	if !p.unicode {
		levels = asciiBlocks
	}
	top := 0.0
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			top = max(top, v)
		}
	}
	var b strings.Builder
	for _, v := range values {
		switch {
		case math.IsNaN(v):
			b.WriteByte(' ')
		case math.IsInf(v, 1):
			b.WriteRune(levels[len(levels)-1])
		case top == 0:
			b.WriteRune(levels[0])
		default:
			b.WriteRune(levels[min(int(max(v, 0)/top*float64(len(levels))), len(levels)-1)])
		}
	}
	return b.String()
}

// barWidth is a bar's length at 100 %.
const barWidth = 10

// bar draws a share of a limit; over 100 % it ends in an arrow.
func (p *pen) bar(share float64) string {
	full, arrow, parts := "█", "▶", []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}
	if !p.unicode {
		full, arrow, parts = "#", ">", []string{"", ""}
	}
	if share > 1.0001 {
		return strings.Repeat(full, barWidth) + arrow
	}
	steps := int(math.Round(max(share, 0) * barWidth * float64(len(parts))))
	return strings.Repeat(full, steps/len(parts)) + parts[steps%len(parts)]
}

// wrap breaks a text at spaces into lines of at most width characters; a longer word has a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
