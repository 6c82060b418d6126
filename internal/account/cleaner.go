package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// CleanerConfig is where a cleaner looks. Clients and Account are needed.
type CleanerConfig struct {
	Clients  *Clients
	Account  string   // of the clients' credentials, see Clients.Caller; 12 digits
	Prefix   string   // of names; "" is DefaultPrefix
	Journals string   // the folder of journals; "" is none
	Journal  *Journal // the run's own, where a run takes itself down; nil in a cleanup
	Deny     *Deny    // what is never touched; nil is nothing

	// Wait waits between two tries of a call until the time is over or the context ends, which is its error. Nil waits by
	// the wall's clock.
	Wait func(context.Context, time.Duration) error
}

// Cleaner finds and deletes what runs left in one region of one account. Its methods are called one after another.
type Cleaner struct {
	config   CleanerConfig
	scope    *scope
	services map[Kind]service
}

// NewCleaner makes a cleaner. Nothing is asked yet.
func NewCleaner(c CleanerConfig) *Cleaner {
	c.Prefix = cmp.Or(c.Prefix, DefaultPrefix)
	s := &scope{Clients: c.Clients, patience: patience{wait: c.Wait}, account: c.Account}
	return &Cleaner{config: c, scope: s, services: s.services()}
}

// Options say which runs' resources are found. The zero value finds what is nobody's any more: the runs of this machine's
// journals that are not going on, and those of others that have expired.
type Options struct {
	Run       string        // only this run's, expired or not; "" is any
	OlderThan time.Duration // only runs that began at least this long ago; 0 is any
	Now       time.Time     // needed
}

// Found is a resource that a run left.
type Found struct {
	Resource

	Run        Run  // what its tags and its journal tell of the run
	Journalled bool // a journal on this machine names it
	Missing    bool // the journal names it and it is not there: Delete notes that it is gone
}

// Findings are the answer of Find.
type Findings struct {
	Left      []Found    // to be deleted, in that order
	Kept      []Found    // ours too, and not to be deleted: a run that is going on, not expired, or not asked for
	Elsewhere []Resource // journalled in other regions or accounts
}

// Resources are what Delete takes.
func (f Findings) Resources() []Resource {
	list := make([]Resource, len(f.Left))
	for i := range f.Left {
		list[i] = f.Left[i].Resource
	}
	return list
}

// claim is what tells whose a resource is.
type claim struct {
	resource Resource
	tags     map[string]string // as they are in the account now
	journal  *Left             // that names the resource; nil where none does
}

// ErrNotOurs is the error of a resource that wavetank did not make, or cannot be shown to have made.
var ErrNotOurs = errors.New("not wavetank's")

// check is nil where the resource is ours, as the package's documentation has it. It is bare where that rests on journal
// and name alone.
func (c claim) check(prefix string) (bare bool, err error) {
	tagged := runOf(c.tags)
	tagged.Prefix = prefix
	switch {
	case tagged.ID != "" && tagged.named(c.resource):
		return false, nil
	case tagged.ID != "" && c.journal != nil && c.journal.Run.ID == tagged.ID:
		return false, nil
	case tagged.ID != "":
		return false, fmt.Errorf("%w: it is tagged %s=%s, but its name is not of that run and no journal of it names it", ErrNotOurs, TagRun, tagged.ID)
	case len(c.tags) > 0:
		return false, fmt.Errorf("%w: it has tags, and none is %s", ErrNotOurs, TagRun)
	case c.journal == nil:
		return false, fmt.Errorf("%w: it has no tag, and no journal names it", ErrNotOurs)
	case !c.journal.Run.named(c.resource):
		return false, fmt.Errorf("%w: it has no tag, and its name is not of the run whose journal names it", ErrNotOurs)
	}
	return true, nil
}

// run is what is known of a claim's run.
func (c claim) run() Run {
	r := runOf(c.tags)
	if c.journal != nil && (r.ID == "" || r.ID == c.journal.Run.ID) {
		return c.journal.Run
	}
	return r
}

// deny refuses what is on the user's list.
func (c *Cleaner) deny(r Resource) error {
	if c.config.Deny == nil {
		return nil
	}
	names := []string{r.Name}
	if r.Kind == LogGroup {
		names = append(names, bare(r))
	}
	if r.Kind == Mapping {
		function, stream := r.mapped()
		names = []string{function, stream}
	}
	if r.ARN != "" {
		names = append(names, r.ARN)
	}
	return c.config.Deny.Check(c.config.Account, names)
}

// journalled is what the journals say.
type journalled struct {
	here      map[id]*Left // by resource of this account and region
	elsewhere []Resource   // in others
	empty     []Run        // not going on, and without any resource
}

// journals reads the journals of the folder and the run's own.
func (c *Cleaner) journals() (j journalled, err error) {
	j.here = map[id]*Left{}
	var list []Left
	if c.config.Journals != "" {
		if list, err = ReadJournals(c.config.Journals); err != nil {
			return j, err
		}
	}
	if own := c.config.Journal; own != nil {
		list = append(list, Left{Run: own.Run(), Resources: own.Left()})
	}
	for i := range list {
		// A file without resources is a journal by its name alone.
		if _, ours := list[i].Run.Began(); ours && len(list[i].Resources) == 0 && !list[i].Live {
			j.empty = append(j.empty, list[i].Run)
		}
		for _, r := range list[i].Resources {
			if r.Account == c.config.Account && (r.Region == c.scope.region || r.Kind == Role) {
				j.here[r.id()] = &list[i]
			} else {
				j.elsewhere = append(j.elsewhere, r)
			}
		}
	}
	return j, nil
}
