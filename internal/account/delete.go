package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Delete deletes resources in the order that their kinds need, whatever the order of the list, and waits until each is
// gone. What is not there is gone. Before each delete the tags are read again: what is not ours then stays, and so does
// what is on the deny list or belongs to a run that is going on. After an error it goes on with the next; the error joins
// them all. Progress, where it is not nil, is called after each resource with what became of it.
func (c *Cleaner) Delete(ctx context.Context, list []Resource, progress func(Resource, error)) error {
	j, err := c.journals()
	if err != nil {
		return err
	}
	d := deletion{Cleaner: c, journalled: j, stuck: map[id]bool{}}
	for _, kind := range kinds {
		d.kind(ctx, kind, list, progress)
	}
	return errors.Join(append(d.errs, d.note())...)
}

// deletion is one call of Delete.
type deletion struct {
	*Cleaner
	journalled

	stuck map[id]bool // functions whose mapping could not be deleted: they stay, or it would be found by nobody
	gone  []Resource
	errs  []error
}

// kind deletes all of a kind, then waits for all of them, so that they go at the same time.
func (d *deletion) kind(ctx context.Context, kind Kind, list []Resource, progress func(Resource, error)) {
	results := map[id]error{}
	var order []Resource
	for _, r := range list {
		if _, twice := results[r.id()]; r.Kind == kind && !twice {
			order = append(order, r)
			results[r.id()] = d.one(ctx, r)
		}
	}
	for _, r := range order {
		err := results[r.id()]
		if err == nil {
			err = d.vanish(ctx, r)
		}
		if err == nil || errors.Is(err, errGone) {
			err = nil
			d.gone = append(d.gone, r)
		} else {
			err = fmt.Errorf("delete %s: %w", r, err)
			d.errs = append(d.errs, err)
			if function, _ := r.mapped(); kind == Mapping && !errors.Is(err, ErrNotOurs) {
				d.stuck[id{Function, function}] = true
			}
		}
		if progress != nil {
			progress(r, err)
		}
	}
}

// one deletes a resource, if it is ours. errGone is that it was not there.
func (d *deletion) one(ctx context.Context, r Resource) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := d.deny(r); err != nil {
		return err
	}
	if r.Account != d.config.Account || r.Region != d.scope.region && r.Kind != Role {
		return fmt.Errorf("it is in account %s, region %s: clean up there", r.Account, r.Region)
	}
	if d.stuck[r.id()] {
		return errors.New("it stays until its event source mapping is deleted: run wavetank cleanup again")
	}
	journal := d.here[r.id()]
	if journal != nil && journal.Live && !d.own(journal.Run) {
		return ErrLive
	}
	s := d.services[r.Kind]
	tags, err := s.tags(ctx, r)
	if err != nil {
		return err
	}
	bare, err := claim{r, tags, journal}.check(d.config.Prefix)
	if err != nil {
		return err
	}
	if err := s.remove(ctx, r, bare); !errors.Is(err, errGone) {
		return err
	}
	return nil // whether it is, the tags tell
}

// vanish waits until a resource that was deleted is not there any more.
func (d *deletion) vanish(ctx context.Context, r Resource) error {
	return d.scope.do(ctx, func() error {
		_, err := d.services[r.Kind].tags(ctx, r)
		if err == nil {
			return errEarly
		}
		return err
	})
}

func (c *Cleaner) own(run Run) bool {
	return c.config.Journal != nil && c.config.Journal.Run().ID == run.ID
}

// note writes into the journals what is gone, and removes those of which nothing is left: an empty one is of a run that
// was killed before it made anything.
func (d *deletion) note() error {
	byRun := map[string][]Resource{}
	runs := map[string]Run{}
	for _, r := range d.gone {
		if l := d.here[r.id()]; l != nil {
			byRun[l.Run.ID] = append(byRun[l.Run.ID], r)
			runs[l.Run.ID] = l.Run
		}
	}
	var errs []error
	for _, run := range d.empty {
		if !d.own(run) {
			errs = append(errs, d.noteRun(run, nil))
		}
	}
	for runID, gone := range byRun {
		errs = append(errs, d.noteRun(runs[runID], gone))
	}
	return errors.Join(errs...)
}

func (d *deletion) noteRun(run Run, gone []Resource) (err error) {
	j := d.config.Journal
	if !d.own(run) {
		if j, err = OpenJournal(d.config.Journals, run); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, j.Close()) }()
	}
	left := j.Left()
	for _, r := range gone {
		i := slices.IndexFunc(left, func(x Resource) bool { return x.id() == r.id() })
		if i < 0 {
			continue
		}
		if err := j.Gone(left[i]); err != nil {
			return err
		}
	}
	return nil
}
