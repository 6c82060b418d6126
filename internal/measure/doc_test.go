package measure

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// The lines that the design note shows are a run file.
func TestTheDesignNotesExampleReads(t *testing.T) {
	note, err := os.ReadFile("../../docs/design/006-run-file.md")
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	for i, block := range strings.Split(string(note), "```json\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		block = strings.ReplaceAll(block, "\n ", "") // one line broken for the page
		if i == 0 && !strings.HasPrefix(block, `{"type":"header"`) {
			t.Fatalf("the first example is no header: %s", block)
		}
		file.WriteString(block)
	}
	run := read(t, file.Bytes())
	d := run.Series[0]
	if got := d.Censored(17, 18); got != 2 || d.Units(16, 18) != 2 || run.End == nil {
		t.Errorf("second 17 has %d censored of %d units", got, d.Units(16, 18))
	}
	if h := d.Histogram(17, 18); h.Count() != 3 || h.Min() != 1204117 || h.Max() != 31870042 {
		t.Errorf("second 17 is %+v", h)
	}
}
