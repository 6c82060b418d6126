package scenarios

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/internal/nearest"
)

//go:embed library/*.yaml
var library embed.FS

// Entry is one scenario of the built-in library.
type Entry struct{ Name, Description string }

// Library lists the built-in scenarios, sorted by name.
func Library() []Entry {
	var entries []Entry
	for _, name := range libraryNames() {
		s, err := openLibrary(name, nil)
		if err != nil {
			panic("scenarios: the library does not load: " + err.Error()) // it is part of the program; a test loads it
		}
		entries = append(entries, Entry{Name: name, Description: s.Description})
	}
	return entries
}

// Source is a built-in scenario as it is written, comments and all: the best start for one's own. It is false for a name
// that the library does not have.
func Source(name string) (text []byte, ok bool) {
	text, err := library.ReadFile(path.Join("library", name+".yaml"))
	return text, err == nil
}

// Open loads a scenario by its name in the library, or else as a file; a file that is called like a scenario of the
// library is reached with ./ in front. What set does is told at [Parse]. A name that is neither answers with an error that
// is fs.ErrNotExist, a scenario that is wrong with [Errors].
func Open(name string, set []string) (*Scenario, error) {
	if slices.Contains(libraryNames(), name) {
		return openLibrary(name, set)
	}
	if _, err := os.Stat(name); err != nil && !strings.ContainsAny(name, `/\.`) {
		return nil, fmt.Errorf("open scenario: found %q, want a file or one of the library: %s%s (%w)",
			name, list(libraryNames()), nearest.Hint(name, libraryNames()), fs.ErrNotExist)
	}
	return ReadFile(name, set)
}

func openLibrary(name string, set []string) (*Scenario, error) {
	text, _ := Source(name)
	return parse(name+".yaml", text, set, filesNear(""))
}

func libraryNames() []string {
	files, _ := fs.Glob(library, "library/*.yaml") // the pattern is well-formed
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(path.Base(file), ".yaml")
	}
	return names
}
