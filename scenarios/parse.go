package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Parse reads a scenario. The name is the file's: it stands in error texts, its base without .yaml is the scenario's name,
// and traces and templates are looked for in its folder. Each element of set is key=value, as in load.0.rate=4000/s, put in
// place of what the file says, in order; the value is YAML, and none at all removes the key.
//
// A scenario that is wrong answers with [Errors].
func Parse(name string, data []byte, set []string) (*Scenario, error) {
	return parse(name, data, set, filesNear(name))
}

// ReadFile reads a scenario from a file, as Parse does.
func ReadFile(path string, set []string) (*Scenario, error) {
	data, err := readFile(path, maxText)
	if err != nil {
		return nil, fmt.Errorf("read scenario: %w", err)
	}
	return Parse(path, data, set)
}

func parse(name string, data []byte, set []string, open fileReader) (*Scenario, error) {
	d := &decoder{file: name, open: open}
	root := readYAML(d, data)
	if root == nil {
		return nil, d.errs
	}
	for _, assignment := range set {
		applySet(d, root, assignment)
	}
	return decode(d, root, name)
}

// decode turns a tree into a scenario.
func decode(d *decoder, root *node, name string) (*Scenario, error) {
	if root.kind == null {
		d.errorf(root, "found nothing, want a scenario: a mapping of %s", strings.Join(scenarioShape.keyNames(), ", "))
		return nil, d.errs
	}
	s := scenarioShape.decode(d, root)
	if root.kind == mapping {
		check(d, root, &s)
	}
	if len(d.errs) > 0 {
		d.errs.sortByPlace()
		return nil, d.errs
	}
	s.Name = strings.TrimSuffix(strings.TrimSuffix(filepath.Base(name), ".yaml"), ".yml")
	return &s, nil
}

// fileReader reads a file that a scenario names and tells the path it was found at.
type fileReader func(name string) (data []byte, path string, err error)

// maxData bounds a template's file; it is held in memory for the whole run.
const maxData = 64 << 20

// filesNear reads files relative to the folder of the scenario.
func filesNear(scenario string) fileReader {
	return func(name string) ([]byte, string, error) {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(scenario), path)
		}
		data, err := readFile(path, maxData)
		return data, path, err
	}
}

// readFile reads a regular file of a bounded size.
func readFile(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, plainError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, plainError(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, plainError(err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s is longer than %v", path, Bytes(most))
	}
	return data, nil
}

// plainError words an operating system's error as a person would, and keeps it for errors.Is.
func plainError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%s: %w", path.Path, path.Err)
	}
	return err
}
