package measure

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// decoded is a window line as the JSON decoder reads it.
func decoded(line []byte) (windowLine, error) {
	var w windowLine
	err := unmarshal(line, &w)
	return w, err
}

func checkScan(t *testing.T, s *windowScanner, line []byte) {
	t.Helper()
	var w windowLine
	if !s.read(line, &w) {
		t.Fatalf("not read: %s", line)
	}
	want, err := decoded(line)
	if err != nil {
		t.Fatalf("read, and the JSON decoder says %v: %s", err, line)
	}
	if diff := cmp.Diff(want, w, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("(-JSON +scanned):\n%s\n%s", diff, line)
	}
}

// Every window line that a recorder writes is read without the JSON decoder, and as that reads it.
func TestWindowsAreScanned(t *testing.T) {
	var s windowScanner
	lines := 0
	for seed := range uint64(15) {
		script := randomScript(seed)
		file := write(t, Header{Clock: ClockVirtual}, &End{}, func(r *Recorder) {
			wide := r.Series("wide", nil, SeriesOptions{})
			for range 5 { // a sum of more than 64 bits, values that no bucket is for
				wide.Record(0, 1<<63-1)
				wide.Record(0, -5)
			}
			script.record(t, r)
		})
		for line := range bytes.Lines(file) {
			if line = bytes.TrimSuffix(line, []byte("\n")); bytes.HasPrefix(line, []byte(windowPrefix)) {
				checkScan(t, &s, line)
				lines++
			}
		}
	}
	if lines < 50 {
		t.Errorf("only %d lines", lines)
	}
}

// What we do not write is left to the JSON decoder.
func TestOtherWindowsAreNotScanned(t *testing.T) {
	const good = `{"type":"window","at":1.5,"series":[{"id":0,"due":1,"units":1,"count":1,"min":5,"max":5,"sum":5,"hist":"QA=="}],"counters":[[0,1,2]]}`
	var s windowScanner
	checkScan(t, &s, []byte(good))
	for name, change := range map[string][2]string{
		"a space":              {`"at":1.5`, `"at": 1.5`},
		"an exponent":          {`1.5`, `15e-1`},
		"a leading zero":       {`"due":1`, `"due":01`},
		"minus 0":              {`"due":1`, `"due":-0`},
		"no digits":            {`1.5`, `1.`},
		"a leading zero there": {`1.5`, `01.5`},
		"too many digits":      {`"units":1`, `"units":10000000000000000000`},
		"2^63":                 {`"units":1`, `"units":9223372036854775808`},
		"another order":        {`"id":0,"due":1`, `"due":1,"id":0`},
		"a member of later":    {`"units":1`, `"units":1,"new":2`},
		"no member":            {`"units":1,`, ``},
		"no base64":            {`QA==`, `Q*==`},
		"bits beyond it":       {`QA==`, `QB==`},
		"a line end in it":     {`QA==`, "QA\r=="},
		"no end of it":         {`"QA=="}],"counters":[[0,1,2]]}`, `"QA==`},
		"a comma too many":     {`[[0,1,2]]`, `[[0,1,2],]`},
		"a comma too few":      {`[[0,1,2]]`, `[[0,1,2][0,1,2]]`},
		"two numbers":          {`[[0,1,2]]`, `[[0,1]]`},
		"more behind it":       {`]]}`, `]]} `},
		"cut short":            {`]]}`, `]`},
	} {
		line := strings.Replace(good, change[0], change[1], 1)
		if line == good {
			t.Fatalf("%s changes nothing", name)
		}
		if s.read([]byte(line), new(windowLine)) {
			t.Errorf("%s is read: %s", name, line)
		}
	}
}

func FuzzWindowScanner(f *testing.F) {
	f.Add([]byte(`{"type":"window","at":1.5,"series":[{"id":0,"due":-1,"units":1,"again":1,"count":3,"min":-1,"max":5,"sum":-50000000000000000000,"under":1,"over":1,"hist":"QA=="}],"counters":[[0,1,2],[1,2,-3]]}`))
	f.Add([]byte(`{"type":"window","at":0,"series":[],"counters":[]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var s windowScanner
		if bytes.IndexByte(line, '\n') < 0 && s.read(line, new(windowLine)) {
			checkScan(t, &s, line)
		}
	})
}
