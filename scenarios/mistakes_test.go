package scenarios

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected texts in testdata")

// mistake is one row of testdata/mistakes: what is wrong, and what the loader answers.
type mistake struct {
	name, text string
	set        []string
	want       string
}

// TestMistakes holds the exact answer to every kind of mistake. A row NAME is NAME.yaml, perhaps NAME.set with a flag on
// each line, and NAME.want; file/… are what the scenarios of an archive may name.
func TestMistakes(t *testing.T) {
	archives, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("found no testdata: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			open := filesOf(archive)
			rows := mistakesOf(archive)
			for i, row := range rows {
				t.Run(row.name, func(t *testing.T) {
					_, err := parse(row.name+".yaml", []byte(row.text), row.set, open)
					var list Errors
					if !errors.As(err, &list) {
						t.Fatalf("found %v, want Errors", err)
					}
					got := err.Error() + "\n"
					if *update {
						rows[i].want = got
						return
					}
					if diff := cmp.Diff(row.want, got); diff != "" {
						t.Errorf("answer (-want +got):\n%s", diff)
					}
				})
			}
			if *update {
				rewrite(t, path, archive, rows)
			}
		})
	}
}

func mistakesOf(a *txtar.Archive) (rows []mistake) {
	for _, f := range a.Files {
		name, ext, _ := strings.Cut(f.Name, ".")
		last := len(rows) - 1
		switch {
		case strings.HasPrefix(f.Name, "file/"):
		case ext == "yaml":
			rows = append(rows, mistake{name: name, text: string(f.Data)})
		case ext == "set":
			rows[last].set = strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n")
		case ext == "want":
			rows[last].want = string(f.Data)
		}
	}
	return rows
}

// filesOf reads the files that an archive holds.
func filesOf(a *txtar.Archive) fileReader {
	return func(name string) ([]byte, string, error) {
		for _, f := range a.Files {
			if f.Name == "file/"+name {
				return f.Data, name, nil
			}
		}
		return nil, name, plainError(&fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist})
	}
}

func rewrite(t *testing.T, path string, a *txtar.Archive, rows []mistake) {
	t.Helper()
	next := &txtar.Archive{Comment: a.Comment}
	for _, row := range rows {
		next.Files = append(next.Files, txtar.File{Name: row.name + ".yaml", Data: []byte(row.text)})
		if row.set != nil {
			next.Files = append(next.Files, txtar.File{Name: row.name + ".set", Data: []byte(strings.Join(row.set, "\n") + "\n")})
		}
		next.Files = append(next.Files, txtar.File{Name: row.name + ".want", Data: []byte(row.want)})
	}
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, "file/") {
			next.Files = append(next.Files, f)
		}
	}
	if text := txtar.Format(next); !bytes.Equal(text, txtar.Format(a)) {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
