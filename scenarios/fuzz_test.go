package scenarios

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// FuzzParse holds that no text makes the loader panic, that every refusal is a list of mistakes, and that whatever loads
// is written so that it loads as the same scenario.
func FuzzParse(f *testing.F) {
	for _, name := range libraryNames() {
		text, _ := Source(name)
		f.Add(text, "duration=5s")
	}
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full, `pipeline.streams."a.b".shardCount=2`)
	archives, _ := filepath.Glob("testdata/mistakes/*.txtar")
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, row := range mistakesOf(archive) {
			f.Add([]byte(row.text), "seed=2")
		}
	}
	files := map[string]string{"rates.csv": "0,1\n1,2\n", "orders.jsonl": `{"id":"1"}`}
	open := func(name string) ([]byte, string, error) {
		if text, ok := files[name]; ok {
			return []byte(text), name, nil
		}
		return nil, name, fs.ErrNotExist
	}
	f.Fuzz(func(t *testing.T, text []byte, set string) {
		s, err := parse("fuzz.yaml", text, []string{set}, open)
		if err != nil {
			var list Errors
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("found %T %v, want Errors", err, err)
			}
			return
		}
		resolved := s.Resolved()
		again, err := parse("fuzz.yaml", resolved, nil, open)
		if err != nil {
			t.Fatalf("the resolved form is refused: %v\n%s", err, resolved)
		}
		if diff := cmp.Diff(s, again, ignorePlaces); diff != "" {
			t.Fatalf("the resolved form is another scenario (-first +again):\n%s\n%s", diff, resolved)
		}
	})
}

// FuzzText holds that no text changes by being written as YAML and read again.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"", "a", "a: b", "# a", "a #b", "- a", "null", "~", "yes", "0123", "1e3", "0x1f", ".inf", "1_000", "a\nb\n", "\tx", " x ", "'", `"`, `\`, "{a}", "[a",
		"*a", "&a", "!a", "%a", "@a", "`a", "a,b", "a, b", "日本", "\u0085\u2028\ufeff", "\x00\x7f", "<<", "?", ":", "-", "---", "...", "a%", "1/s", "2026-11-24", "!!str a",
		"a  b", "a - b", "2:30", "=", "+1", "1.",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 200 {
			return
		}
		s := &Scenario{Description: text, Labels: map[string]string{"a": text}, Pipeline: Pipeline{
			Streams:         map[string]Stream{"orders": {}},
			DeliveryStreams: map[string]DeliveryStream{"d": {S3: S3Destination{Bucket: "orders", Prefix: text}}},
		}}
		if err := s.Complete(); err != nil {
			t.Fatal(err)
		}
		again, err := Parse("", s.Resolved(), nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, s.Resolved())
		}
		again.Name = s.Name
		if diff := cmp.Diff(s, again, ignorePlaces); diff != "" {
			t.Fatalf("-written +read:\n%s\n%s", diff, s.Resolved())
		}
	})
}
