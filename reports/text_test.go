package reports

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func textOf(t *testing.T, r *Report, options TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteText(&b, options); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextKeepsToTheTerminal(t *testing.T) {
	r := whole(t, "hot-shard")
	r.Dir = "runs/hot-shard"
	for _, c := range []struct {
		name    string
		options TextOptions
		holds   []string
		lacks   []string
	}{
		{"the safest", TextOptions{}, []string{"x put.hit", "..-000000000002"}, []string{"\x1b", "…", "█"}},
		{"the safest with room", TextOptions{Width: 130}, []string{"##########>", "x put.hit"}, []string{"\x1b", "…", "█"}},
		{"unicode", TextOptions{Unicode: true, Width: 140}, []string{"✗ put.hit", "█", "…-000000000002"}, []string{"\x1b"}},
		{"colours", TextOptions{Color: true, Unicode: true, Width: 140}, []string{"\x1b[1;31mFAIL (model local: no AWS service time)\x1b[0m"}, nil},
		{"a pipe", TextOptions{Plain: true, Unicode: true}, []string{"✗ put.hit"}, []string{"█", "▁", "\x1b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := textOf(t, r, c.options)
			for _, s := range c.holds {
				if !strings.Contains(text, s) {
					t.Errorf("lacks %q:\n%s", s, text)
				}
			}
			for _, s := range c.lacks {
				if strings.Contains(text, s) {
					t.Errorf("holds %q", s)
				}
			}
			for line := range strings.Lines(text) {
				if line != "\n" && strings.TrimRight(line, " \n") != strings.TrimSuffix(line, "\n") && !c.options.Unicode {
					t.Errorf("spaces at the end of %q", line)
				}
				for _, r := range line {
					if !c.options.Unicode && r > '~' {
						t.Fatalf("%q is not ASCII: %s", r, line)
					}
				}
			}
		})
	}
}

// Colours change nothing but colours.
func TestColoursDoNotMoveAnything(t *testing.T) {
	r := whole(t, "hot-shard")
	without := textOf(t, r, TextOptions{Unicode: true, Width: 120})
	with := textOf(t, r, TextOptions{Unicode: true, Width: 120, Color: true})
	for with != "" {
		before, after, found := strings.Cut(with, "\x1b[")
		if !found {
			break
		}
		_, rest, _ := strings.Cut(after, "m")
		with = before + rest
	}
	if with != without {
		t.Error("the text differs once the colours are taken out")
	}
}

func TestTables(t *testing.T) {
	table := &textTable{head: []column{{name: "name"}, {name: "count"}, {}, {name: "note"}}}
	table.add(left("a"), number("1"), left(""), left("first"))
	table.add(left("longer"), number("1,000"), left(""), left(""))
	table.dropEmpty()
	got := strings.Join(table.lines(&pen{unicode: true}), "\n")
	want := "name    count  note\na           1  first\nlonger  1,000"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPictures(t *testing.T) {
	unicode, ascii := &pen{unicode: true}, &pen{}
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ name, got, want string }{
		{"line", unicode.spark([]float64{0, 1, 2, 4, 8}), "▁▂▃▅█"},
		{"line with a gap and a value beyond", unicode.spark([]float64{8, nan, inf, 0}), "█ █▁"},
		{"line of nothing", unicode.spark([]float64{0, 0}), "▁▁"},
		{"line in ASCII", ascii.spark([]float64{0, 4, 8}), "_=#"},
		{"bar", unicode.bar(0.55), "█████▌"},
		{"bar of nothing", unicode.bar(0), ""},
		{"full bar", unicode.bar(1), "██████████"},
		{"over the limit", unicode.bar(3), "██████████▶"},
		{"bar in ASCII", ascii.bar(0.55), "#####"},
		{"over in ASCII", ascii.bar(3), "##########>"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	lines := wrap("one two three  four", 9)
	if got := strings.Join(lines, "|"); got != "one two|three|four" {
		t.Errorf("%q", got)
	}
	for _, line := range wrap("a wordthatislongerthantheline b", 10) {
		if utf8.RuneCountInString(line) > 10 && strings.Contains(line, " ") {
			t.Errorf("%q is too long", line)
		}
	}
}
