package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/account"
)

// cleanupFlags say which runs' leftovers are deleted.
type cleanupFlags struct {
	olderThan time.Duration
	run       string
	prefix    string
	yes       bool
	dryRun    bool
}

func newCleanup(e env) *cobra.Command {
	var f cleanupFlags
	c := &cobra.Command{
		Use:   "cleanup",
		Short: "Delete what runs with --target aws left in the account",
		Long: "cleanup looks for what runs left in the account and the region of the AWS configuration, by tag and by the journals\n" +
			"on this machine, lists it, asks, and deletes it. What a run that is going on has made stays, and so does what runs\n" +
			"on other machines made and has not expired, unless --run names its run.",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return f.clean(c.Context(), e) },
	}
	c.Flags().DurationVar(&f.olderThan, "older-than", 0, "only of runs that began at least so `long` ago, as in 24h")
	c.Flags().StringVar(&f.run, "run", "", "only of the run with this `id`, expired or not")
	c.Flags().StringVar(&f.prefix, "prefix", account.DefaultPrefix, "what the names begin with")
	c.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "list, and delete nothing")
	return c
}

// clean finds, lists, asks and deletes. What could not be looked at is an error at the end, so that nobody takes an
// incomplete list for an empty account.
func (f *cleanupFlags) clean(ctx context.Context, e env) error {
	if err := (account.Run{ID: account.NewRunID(time.Now()), Prefix: f.prefix}).Check(); err != nil {
		return usage(err)
	}
	a, err := openAccount(ctx)
	if err != nil {
		return err
	}
	cleaner := account.NewCleaner(account.CleanerConfig{
		Clients: a.clients, Account: a.caller.Account, Prefix: f.prefix, Journals: a.journals, Deny: a.deny,
	})
	now := time.Now()
	found, unseen := cleaner.Find(ctx, account.Options{Run: f.run, OlderThan: f.olderThan, Now: now})
	if ctx.Err() != nil {
		return &exit{code: exitInterrupted}
	}
	f.list(e, a, found, now, unseen == nil)
	if f.dryRun {
		return unseen
	}
	if len(found.Left) > 0 && !f.yes {
		err := confirm(ctx, e, fmt.Sprintf("Delete these %d in account %s?", len(found.Left), a.caller.Account))
		if err != nil {
			return err
		}
	}
	err = cleaner.Delete(ctx, found.Resources(), func(r account.Resource, err error) {
		if err == nil { // errors come at the end, each with its resource
			fmt.Fprintf(e.stdout, "deleted %s\n", r)
		}
	})
	if ctx.Err() != nil {
		return &exit{exitInterrupted, err}
	}
	return errors.Join(unseen, err)
}

// list writes what was found. Only where all was seen is nothing left.
func (f *cleanupFlags) list(e env, a *ownAccount, found account.Findings, now time.Time, all bool) {
	fmt.Fprintf(e.stdout, "account %s, region %s\n", a.caller.Account, a.clients.Region())
	switch {
	case len(found.Left) > 0:
	case all:
		fmt.Fprintln(e.stdout, "nothing is left to delete")
	default:
		fmt.Fprintln(e.stdout, "nothing was found")
	}
	for i := range found.Left {
		describeFound(e, &found.Left[i], now)
	}
	if n := len(found.Kept); n > 0 {
		fmt.Fprintf(e.stdout, "\nnot to be deleted (the run is going on, has not expired, or was not asked for):\n")
		for i := range found.Kept {
			describeFound(e, &found.Kept[i], now)
		}
	}
	if len(found.Elsewhere) > 0 {
		fmt.Fprintf(e.stdout, "\nelsewhere, by the journals of this machine: clean up there\n")
		for _, r := range found.Elsewhere {
			fmt.Fprintf(e.stdout, "  %-21s %s, account %s, region %s\n", r.Kind, r.Name, r.Account, r.Region)
		}
	}
}

// describeFound is one line: kind and name, whose it is, how old, and by what it was found.
func describeFound(e env, f *account.Found, now time.Time) {
	by := "by tag"
	switch {
	case f.Missing:
		by = "by journal, and not there"
	case f.Journalled:
		by = "by journal"
	}
	age := "of unknown age"
	if began, ok := f.Run.Began(); ok {
		age = now.Sub(began).Truncate(time.Second).String() + " old"
	}
	fmt.Fprintf(e.stdout, "  %-21s %s, run %s of %s, %s, %s\n", f.Kind, f.Name, f.Run.ID, f.Run.Owner, age, by)
}
