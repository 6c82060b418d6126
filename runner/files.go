package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files that a run leaves.
const (
	runFile      = "run.jsonl"
	scenarioFile = "scenario.yaml"
)

// files are a run's directory and what is written into it.
type files struct {
	dir  string
	made bool // the directory was not there before
	run  *os.File
}

// create makes the run's directory and its files. A directory that holds a run already is refused.
func create(c *Config) (*files, error) {
	f := &files{dir: c.Dir}
	_, err := os.Stat(c.Dir)
	f.made = errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the run directory: %w", err)
	}
	f.run, err = os.OpenFile(filepath.Join(c.Dir, runFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("%s holds a run already: give the run another directory", c.Dir)
	case err != nil:
		return nil, fmt.Errorf("make the run file: %w", err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, scenarioFile), c.Scenario.Resolved(), 0o644); err != nil {
		return nil, errors.Join(fmt.Errorf("write the resolved scenario: %w", err), f.close(true))
	}
	return f, nil
}

// close closes the run file. A run that has not begun leaves nothing behind.
func (f *files) close(unbegun bool) error {
	err := f.run.Close()
	if !unbegun {
		if err != nil {
			return fmt.Errorf("close the run file: %w", err)
		}
		return nil
	}
	for _, name := range []string{runFile, scenarioFile} {
		// What cannot be removed is told by the error that is on its way.
		_ = os.Remove(filepath.Join(f.dir, name))
	}
	if f.made {
		_ = os.Remove(f.dir)
	}
	return nil
}
