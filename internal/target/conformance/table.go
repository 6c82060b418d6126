package conformance

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// WriteTable writes findings as a text table, area by area, and how many there are of each verdict. A line has at most width
// characters; a longer detail goes on below itself. Findings are expected in the order of Run.
func WriteTable(w io.Writer, findings []Finding, width int) error {
	out := bufio.NewWriter(w)
	name, verdict := 0, 0
	for _, f := range findings {
		name, verdict = max(name, len(f.Case)), max(verdict, len(f.Verdict))
	}
	room := max(width-name-verdict-6, 20)
	area := ""
	for _, f := range findings {
		if f.Area != area {
			if area != "" {
				fmt.Fprintln(out)
			}
			area = f.Area
			fmt.Fprintf(out, "%s\n", area)
		}
		head := fmt.Sprintf("  %-*s  %-*s  ", name, f.Case, verdict, f.Verdict)
		for _, line := range wrap(f.Detail, room) {
			fmt.Fprintln(out, strings.TrimRight(head+line, " "))
			head = strings.Repeat(" ", len(head))
		}
	}
	if len(findings) > 0 {
		fmt.Fprintf(out, "\n%s\n", Summary(findings))
	}
	return out.Flush()
}

// wrap cuts a text into lines of at most width characters, between words where it can: a key or an ARN may be longer than
// a line. A text without a word is one empty line.
func wrap(text string, width int) []string {
	lines, last := []string{""}, 0 // last is the last line's length in characters
	for _, word := range strings.Fields(text) {
		letters := []rune(word)
		if last > 0 && last+1+len(letters) <= width {
			lines[len(lines)-1] += " " + word
			last += 1 + len(letters)
			continue
		}
		for first := last == 0; len(letters) > 0; first = false {
			n := min(len(letters), width)
			if !first {
				lines = append(lines, "")
			}
			lines[len(lines)-1], last = string(letters[:n]), n
			letters = letters[n:]
		}
	}
	return lines
}

// Summary is how many findings there are of each verdict: "31 does, 2 differs".
func Summary(findings []Finding) string {
	counts := map[Verdict]int{}
	for _, f := range findings {
		counts[f.Verdict]++
	}
	text := ""
	for _, v := range []Verdict{Does, DoesNot, Differs, Refuses, Unknown} {
		if counts[v] == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", counts[v], v)
	}
	return text
}

// Column is the findings of one endpoint, for a table of several.
type Column struct {
	Name     string // of the endpoint: LocalStack 4.14.0
	Findings []Finding
}

// WriteMarkdown writes several endpoints beside each other as Markdown: a table for each area, a row for each case, with the
// claim. Details stand where a verdict does not say it all: not behind refuses, and behind does only where something was
// measured. A case that an endpoint was not asked is left empty.
func WriteMarkdown(w io.Writer, columns []Column) error { return writeMarkdown(w, Cases(), columns) }

func writeMarkdown(w io.Writer, cases []Case, columns []Column) error {
	out := bufio.NewWriter(w)
	area := ""
	for _, k := range cases {
		if k.Area != area {
			if area != "" {
				fmt.Fprintln(out)
			}
			area = k.Area
			fmt.Fprintf(out, "### %s\n\n| what the real service does |", area)
			for _, c := range columns {
				fmt.Fprintf(out, " %s |", c.Name)
			}
			fmt.Fprint(out, "\n| --- |")
			for range columns {
				fmt.Fprint(out, " --- |")
			}
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "| `%s`: %s |", k.Name, cell(k.Claim))
		for _, c := range columns {
			fmt.Fprintf(out, " %s |", c.cell(k.Name))
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}

func (c Column) cell(name string) string {
	for _, f := range c.Findings {
		switch {
		case f.Case != name:
		case f.Detail == "", f.Verdict == Refuses, f.Verdict == Does && !measured.MatchString(f.Detail):
			return "**" + string(f.Verdict) + "**"
		default:
			return "**" + string(f.Verdict) + "**: " + cell(f.Detail)
		}
	}
	return ""
}

// measured is what a detail has that says more than that it is as the claim says: a time, a share, a size.
var measured = regexp.MustCompile(`\d(ms|s|m)\b|batches`)

// inCell keeps a text from ending its cell, and from being taken for HTML.
var inCell = strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`)

func cell(s string) string { return inCell.Replace(s) }
