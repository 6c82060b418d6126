package account

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// journalEnd ends the name of a journal's file; before it stands the run's id.
const journalEnd = ".jsonl"

// Left is what one journal says that its run left.
type Left struct {
	Run       Run
	File      string
	Live      bool       // a process has the journal open: the run, or a cleanup of it, is going on
	Resources []Resource // noted and not gone; whether they are there, the account knows
}

// ReadJournals reads the journals of a folder, in the order of their runs. A folder that is not there has none. A line
// that a crash cut short counts as not written: what it announces was not made yet.
func ReadJournals(dir string) ([]Left, error) {
	files, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*"+journalEnd))
	if err != nil {
		return nil, fmt.Errorf("read journals: %w", err)
	}
	slices.Sort(files)
	var list []Left
	for _, file := range files {
		l, err := readJournal(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // its run ended meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("read journal %s: %w", file, err)
		}
		list = append(list, l)
	}
	return list, nil
}

func readJournal(path string) (l Left, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return Left{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	l = Left{File: path, Run: Run{ID: strings.TrimSuffix(filepath.Base(path), journalEnd)}}
	free, err := lock(file)
	if err != nil {
		return Left{}, err
	}
	l.Live = !free
	read, _, err := readEntries(file)
	if err != nil {
		return Left{}, err
	}
	if read.run != nil {
		l.Run = *read.run
	}
	l.Resources = read.left.list()
	return l, nil
}

// entries is what the lines of a journal add up to.
type entries struct {
	run  *Run // nil where the first line is torn
	left leftovers
}

// readEntries reads all lines. It is torn where the last one has no end.
func readEntries(file io.Reader) (read entries, torn bool, err error) {
	in := bufio.NewReader(file)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return read, false, err
		}
		var e entry
		if json.Unmarshal(bytes.TrimSpace(line), &e) == nil {
			if e.Run != nil {
				read.run = e.Run
			}
			if e.Resource != nil {
				read.left.apply(e.Event, *e.Resource)
			}
		}
		if err != nil {
			return read, len(line) > 0, nil
		}
	}
}

// leftovers are resources that were noted and are not gone, in the order they were noted. The zero value is none.
type leftovers struct{ resources []Resource }

func (l *leftovers) apply(event string, r Resource) {
	i := slices.IndexFunc(l.resources, func(x Resource) bool {
		return x.id() == r.id() && x.Account == r.Account && (x.Region == r.Region || r.Kind == Role)
	})
	switch {
	case event == eventGone && i >= 0:
		l.resources = slices.Delete(l.resources, i, i+1)
	case event == eventGone:
	case i >= 0:
		l.resources[i] = r
	default:
		l.resources = append(l.resources, r)
	}
}

func (l *leftovers) list() []Resource { return slices.Clone(l.resources) }

// escapeGlob makes a path mean itself in a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}
