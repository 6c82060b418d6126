package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// A phase that lasts shows for how long, each second, though nobody tells of it; the next begins anew.
func TestStatusLineTicks(t *testing.T) {
	s, err := scenarios.Open("clickstream", nil)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := newStatusLine(&out, func() int { return 80 }, s, false)
		l.tell(runner.Status{Phase: "starting LocalStack", Target: "localstack"})
		time.Sleep(3500 * time.Millisecond)
		l.tell(runner.Status{Phase: "making stream orders", Target: "localstack"})
		time.Sleep(2500 * time.Millisecond)
		l.done()
		time.Sleep(10 * time.Second)
		var drawn []string
		for _, line := range strings.Split(out.String(), "\r\x1b[K ")[1:] {
			drawn = append(drawn, strings.TrimSuffix(line, "\r\x1b[K\n"))
		}
		want := []string{ // as it is told, and at each tick, of which the second phase began half a second before one
			"starting LocalStack", "starting LocalStack", "starting LocalStack  2 s", "starting LocalStack  3 s",
			"making stream orders", "making stream orders", "making stream orders", "making stream orders  2 s",
		}
		if got := strings.Join(drawn, "|"); got != strings.Join(want, "|") {
			t.Errorf("drawn\n%s\nwant\n%s", got, strings.Join(want, "|"))
		}
	})
}

// A note is a paragraph of its own, as wide as the terminal, and the head fits it too.
func TestStatusLineWrapsNotes(t *testing.T) {
	s, err := scenarios.Open("clickstream", nil)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := newStatusLine(&out, func() int { return 60 }, s, false)
		l.tell(runner.Status{Phase: "load", Note: strings.Repeat("a sentence that a person should keep ", 6)})
		l.done()
		lines := strings.Split(strings.ReplaceAll(out.String(), "\r\x1b[K", ""), "\n")
		notes := 0
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n > 60 {
				t.Errorf("%d characters: %q", n, line)
			}
			if strings.Contains(line, "sentence") {
				notes++
			}
		}
		if notes < 4 || !strings.Contains(out.String(), " note: a sentence") || !strings.Contains(out.String(), "\n       ") {
			t.Errorf("the note is not wrapped:\n%s", out.String())
		}
	})
}
