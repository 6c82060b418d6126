package reports

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// No line is wider than the terminal, and what matters most stays whatever its width.
func TestTextFitsTheTerminal(t *testing.T) {
	for _, run := range []string{"clickstream", "hot-shard"} {
		r := whole(t, run)
		r.Dir = "runs/" + run
		for _, width := range []int{60, 72, 80, 100, 120, 140, 200} {
			for _, options := range []TextOptions{{Width: width, Unicode: true}, {Width: width}, {Width: width, Unicode: true, Plain: true}} {
				t.Run(fmt.Sprintf("%s %+v", run, options), func(t *testing.T) {
					text := textOf(t, r, options)
					for line := range strings.Lines(text) {
						if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
							t.Errorf("%d characters: %q", n, line)
						}
					}
					for _, s := range []string{"objective", "stage", "p50", "p99", "attempts/s", "throttled: rec"} {
						if !strings.Contains(text, s) {
							t.Errorf("lacks %q:\n%s", s, text)
						}
					}
				})
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		name  string
		width int
		want  string
	}{
		{"as it is", 60, "name                rate of the whole  first  second\ndeliver-the-orders              1,000  a      b"},
		{"a short heading", 50, "name                 rate  first  second\ndeliver-the-orders  1,000  a      b"},
		{"the least important goes", 36, "name                 rate  second\ndeliver-the-orders  1,000  b"},
		{"the next goes", 28, "name                 rate\ndeliver-the-orders  1,000"},
		{"a name is cut", 20, "name            rate\ndelive…orders  1,000"},
		{"no name is cut to nothing", 5, "name           rate\ndelive…rders  1,000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := &textTable{head: []column{
				{name: "name", cut: true}, {name: "rate of the whole", short: "rate"}, {name: "first", rank: 2}, {name: "second", rank: 1},
			}}
			table.add(left("deliver-the-orders"), number("1,000"), left("a"), left("b"))
			p := &pen{unicode: true}
			table.fit(p, c.width)
			if got := strings.Join(table.lines(p), "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
