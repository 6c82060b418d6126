package main

import (
	"strings"
	"testing"
)

func TestHang(t *testing.T) {
	long := strings.Repeat("word ", 40)
	tests := []struct {
		name, prefix, text string
		want               []string
	}{
		{"short", "  a  ", "one two", []string{"  a  one two"}},
		{"spaces are one", "", " one \n two", []string{"one two"}},
		{"nothing", "  a  ", "", []string{"  a  "}},
		{"wrapped behind the prefix", "  ! ", long, []string{
			"  ! " + strings.TrimSpace(strings.Repeat("word ", 19)),
			"    " + strings.TrimSpace(strings.Repeat("word ", 19)),
			"    word word",
		}},
		{"no line ends in a gap", strings.Repeat("x", 95) + " ", "12" + gap + "MiB", []string{strings.Repeat("x", 95) + " 12" + gap + "MiB"}},
		{"characters count, not bytes", "", strings.Repeat("→ ", 60), []string{
			strings.TrimSpace(strings.Repeat("→ ", 50)), strings.TrimSpace(strings.Repeat("→ ", 10)),
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := hang(100, tt.prefix, tt.text), strings.Join(tt.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestPage(t *testing.T) {
	var p page
	p.section("%s reads %s", "billing", "orders")
	p.row("rate", "%s/s", sayBytes(2048))
	p.row("a label that is too long", "text")
	p.warn("Mind the gap.")
	p.section("numbers")
	p.table([]string{"shard", "records/s"}, [][]string{{"…-1", "5"}, {"…-22", "1,000"}})
	want := `billing reads orders
  rate            2 KiB/s
  a label that is too long
                  text
  ! Mind the gap.

numbers
  shard           records/s
  …-1                     5
  …-22                1,000
`
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
