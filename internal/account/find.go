package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
)

// Find looks for what runs left: what the journals name, what bears the tag of a run, and what each service lists under
// the prefix (the tagging API knows neither roles nor what was made a moment ago). Each is read again in the account
// before it is told. The error joins all that went wrong; what was found besides is returned with it.
func (c *Cleaner) Find(ctx context.Context, o Options) (Findings, error) {
	var out Findings
	j, err := c.journals()
	if err != nil {
		return out, err
	}
	out.Elsewhere = j.elsewhere
	candidates, errs := c.candidates(ctx, j.here)
	for _, r := range candidates {
		f, ours, err := c.look(ctx, r, j.here[r.id()])
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("read tags of %s: %w", r, err))
		case !ours:
		case c.wanted(f, j.here[r.id()], o):
			out.Left = append(out.Left, f)
		default:
			out.Kept = append(out.Kept, f)
		}
	}
	return out, errors.Join(errs...)
}

// candidates are all resources that may be ours, each once, in the order in which they are deleted.
func (c *Cleaner) candidates(ctx context.Context, journals map[id]*Left) (list []Resource, errs []error) {
	known := map[id]bool{}
	add := func(r Resource) {
		if !known[r.id()] {
			known[r.id()] = true
			list = append(list, r)
		}
	}
	for _, l := range journals {
		for _, r := range l.Resources {
			if journals[r.id()] == l {
				add(r)
			}
		}
	}
	tagged, err := c.tagged(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, []error{err}
	}
	// The tagging API is a second pair of eyes: where it is not allowed or not there, the lists below see the same.
	for _, r := range tagged {
		add(r)
	}
	for _, kind := range kinds {
		found, err := c.services[kind].named(ctx, c.config.Prefix)
		if err != nil {
			errs = append(errs, fmt.Errorf("list each %s (what is there is not found): %w", kind, err))
		}
		for _, r := range found {
			add(r)
		}
	}
	slices.SortStableFunc(list, func(a, b Resource) int {
		if a.Kind != b.Kind {
			return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, errs
}

// tagged asks the tagging API for what bears the tag of a run.
func (c *Cleaner) tagged(ctx context.Context) (list []Resource, err error) {
	in := &resourcegroupstaggingapi.GetResourcesInput{
		TagFilters: []types.TagFilter{{Key: aws.String(TagRun)}}, ResourcesPerPage: aws.Int32(100),
	}
	err = pages("tagged resources", func() (bool, error) {
		out, err := ask(ctx, c.scope.patience, c.scope.tagging.GetResources, in)
		if err != nil {
			return false, err
		}
		for i := range out.ResourceTagMappingList {
			if r, ok := parseARN(aws.ToString(out.ResourceTagMappingList[i].ResourceARN)); ok {
				r.Region, r.Account = c.scope.region, c.config.Account // the ARNs of roles and buckets have none
				list = append(list, r)
			}
		}
		in.PaginationToken = out.PaginationToken
		return aws.ToString(out.PaginationToken) != "", nil
	})
	return list, err
}

// look reads a candidate in the account and tells whether it is ours. What a journal names and the account does not have
// is ours, and missing.
func (c *Cleaner) look(ctx context.Context, r Resource, journal *Left) (f Found, ours bool, err error) {
	f = Found{Resource: r, Journalled: journal != nil}
	tags, err := c.services[r.Kind].tags(ctx, r)
	k := claim{r, tags, journal}
	f.Run = k.run()
	if errors.Is(err, errGone) {
		f.Missing = true
		return f, f.Journalled, nil
	}
	if err != nil {
		return f, false, err
	}
	_, not := k.check(c.config.Prefix)
	return f, not == nil, nil
}

// wanted tells whether the options ask for what was found.
func (c *Cleaner) wanted(f Found, journal *Left, o Options) bool {
	if journal != nil && journal.Live {
		return false
	}
	if o.Run != "" && f.Run.ID != o.Run {
		return false
	}
	expired := !f.Run.Expires.IsZero() && !o.Now.Before(f.Run.Expires)
	if o.Run == "" && !f.Journalled && !expired {
		return false // somebody's run, on another machine: it may be going on
	}
	if o.OlderThan > 0 {
		began, ok := f.Run.Began()
		return ok && o.Now.Sub(began) >= o.OlderThan || !ok && expired
	}
	return true
}
