package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGoldens(t *testing.T) {
	for _, run := range []string{"clickstream", "hot-shard"} {
		r := whole(t, run)
		r.Dir = "wavetank-runs/2026-11-24T101500-" + run
		for _, f := range []struct {
			file  string
			write func(io.Writer) error
		}{
			{"txt", func(w io.Writer) error { return r.WriteText(w, TextOptions{Width: 130, Unicode: true}) }},
			{"ascii.txt", func(w io.Writer) error { return r.WriteText(w, TextOptions{Width: 100}) }},
			{"md", r.WriteMarkdown},
			{"junit.xml", r.WriteJUnit},
			{"result.json", r.WriteResult},
		} {
			t.Run(run+"."+f.file, func(t *testing.T) {
				var got bytes.Buffer
				if err := f.write(&got); err != nil {
					t.Fatal(err)
				}
				golden(t, run+"."+f.file, got.Bytes())
			})
		}
	}
}

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (rewrite with -update):\n%s", path, diff)
	}
}
