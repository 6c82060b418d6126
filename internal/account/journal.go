package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// ErrLive is the error of a journal that another process has open: its run is still going on.
var ErrLive = errors.New("the run is still going on in another process")

// Journal is the file of what one run makes, a JSON line an event, appended and synced before each call returns. It is
// safe for concurrent use. While it is open its file is locked: a process that is gone, however it went, has let go of it.
type Journal struct {
	path string
	run  Run

	mu   sync.Mutex
	file *os.File // nil once closed
	left leftovers
}

// entry is a line of a journal: run is set in the first one, resource in all others.
type entry struct {
	At       time.Time `json:"at"`
	Event    string    `json:"event"` // run, will, made or gone
	Run      *Run      `json:"run,omitempty"`
	Resource *Resource `json:"resource,omitempty"`
}

const (
	eventRun  = "run"
	eventWill = "will"
	eventMade = "made"
	eventGone = "gone"
)

// JournalDir is where journals are: $XDG_STATE_HOME/wavetank/journal, or ~/.local/state/wavetank/journal.
func JournalDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "wavetank", "journal"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the journal: %w; set XDG_STATE_HOME", err)
	}
	return filepath.Join(home, ".local", "state", "wavetank", "journal"), nil
}

// OpenJournal opens a run's journal in a folder, and makes both where they are not there. A journal that is there is
// appended to. The error is ErrLive where another process has it open.
func OpenJournal(dir string, run Run) (*Journal, error) {
	if err := run.Check(); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{path: filepath.Join(dir, run.ID+journalEnd), run: run}
	if err := j.open(dir); err != nil {
		if j.file != nil {
			err = errors.Join(err, j.file.Close())
		}
		return nil, fmt.Errorf("open journal %s: %w", j.path, err)
	}
	return j, nil
}

func (j *Journal) open(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	_, err := os.Stat(j.path)
	isNew := errors.Is(err, fs.ErrNotExist)
	if j.file, err = os.OpenFile(j.path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err := j.lock(); err != nil {
		return err
	}
	before, torn, err := readEntries(j.file)
	if err != nil {
		return err
	}
	j.left = before.left
	if torn { // the next line must not become part of one that a crash cut short
		if _, err := j.file.WriteString("\n"); err != nil {
			return err
		}
	}
	if before.run == nil {
		if err := j.write(entry{Event: eventRun, Run: &j.run}); err != nil {
			return err
		}
	}
	if isNew {
		return syncDir(dir)
	}
	return nil
}

// lock takes the file. Whoever reads journals holds each for an instant, so that it is asked for more than once.
func (j *Journal) lock() error {
	for range 50 {
		if free, err := lock(j.file); err != nil || free {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
	return ErrLive
}

// Run is whose journal it is.
func (j *Journal) Run() Run { return j.run }

// Will notes a resource that is going to be made. It is on disk when Will returns nil; where it returns an error, do not
// make the resource.
func (j *Journal) Will(r Resource) error { return j.note(eventWill, r) }

// Made notes that the resource was made, with the ARN it has now. Will came before.
func (j *Journal) Made(r Resource) error { return j.note(eventMade, r) }

// Gone notes that the resource is not there: it was deleted, or the call that should have made it was refused.
func (j *Journal) Gone(r Resource) error { return j.note(eventGone, r) }

// Left is what was noted and is not gone, in the order it was noted.
func (j *Journal) Left() []Resource {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.left.list()
}

func (j *Journal) note(event string, r Resource) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return fmt.Errorf("journal %s %s: the journal is closed", event, r)
	}
	if err := j.write(entry{Event: event, Resource: &r}); err != nil {
		return fmt.Errorf("journal %s %s: %w", event, r, err)
	}
	j.left.apply(event, r)
	return nil
}

// write appends a line in one call and syncs it.
func (j *Journal) write(e entry) error {
	e.At = time.Now().UTC()
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return j.file.Sync()
}

// Close closes the journal, and removes its file where the run left nothing. Closing twice is nothing.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	end := (*os.File).Close
	if len(j.left.list()) == 0 {
		end = remove
	}
	err := end(j.file)
	j.file = nil
	if err != nil {
		return fmt.Errorf("close journal: %w", err)
	}
	return nil
}

// syncDir makes a new file's name as durable as its content.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(syncFolder(d), d.Close())
}
