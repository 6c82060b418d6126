package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/target/conformance"
)

// takeDownTime is how long it may take at the end to delete what the cases could not: AWS deletes a delivery stream in
// minutes.
const takeDownTime = 10 * time.Minute

// addAccount adds the flags of --target aws. Those of a run that are about its load are not among them.
func (f *doctorFlags) addAccount(c *cobra.Command) {
	a := &f.account
	c.Flags().BoolVar(&a.yes, "yes", false, "with --target aws: do not ask")
	c.Flags().StringVar(&a.budget, "budget", "", "with --target aws: do not begin what may cost more than that `amount`, as in 5USD")
	c.Flags().StringVar(&a.owner, "owner", "", "with --target aws: the `name` in the tag wavetank:owner (default the credentials' ARN)")
	c.Flags().DurationVar(&a.expires, "expires", 24*time.Hour, "with --target aws: after that anybody's cleanup may delete what is left")
	c.Flags().StringVar(&a.prefix, "prefix", account.DefaultPrefix, "with --target aws: what names begin with")
}

// examineAccount says what the cases make and what it costs, asks, runs them, deletes what is left and prints the table.
func (f *doctorFlags) examineAccount(ctx context.Context, e env, cases []conformance.Case) (err error) {
	makes := conformance.MakesOf(cases)
	run, budget, err := f.account.named(standIn(makes))
	if err != nil {
		return usage(err)
	}
	a, err := openAccount(ctx)
	if err != nil {
		return err
	}
	run.Owner = cmp.Or(f.account.owner, a.caller.ARN)
	if err := f.agree(ctx, e, a, cases, run, budget); err != nil {
		return err
	}
	custody, err := account.OpenCustody(account.CustodyConfig{
		Run: run, Clients: a.clients, Account: a.caller.Account, Journals: a.journals, Deny: a.deny,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, custody.Close()) }()
	told := newCaseProgress(e, f.quiet)
	defer told.done()
	findings, err := f.find(ctx, told, conformance.Endpoint{SDK: &a.config}, custody)
	told.phase("deleting what is left")
	left := takeDown(ctx, custody, told)
	told.done()
	return f.report(e, findings, errors.Join(err, left))
}

// takeDown deletes what is left, for as long as that takes: it would cost money.
func takeDown(ctx context.Context, c *account.Custody, told caseProgress) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeDownTime)
	defer cancel()
	if err := c.TakeDown(ctx, told.phase); err != nil {
		return fmt.Errorf("delete what the cases made: %w", err)
	}
	return nil
}

// agree shows the plan and refuses it, or asks whether it should be carried out.
func (f *doctorFlags) agree(
	ctx context.Context, e env, a *ownAccount, cases []conformance.Case, run account.Run, budget account.Budget,
) error {
	name := func(kind, base string) string { return run.Name(account.Kind(kind), base) }
	if err := a.deny.Check(a.caller.Account, conformance.Names(cases, name)); err != nil {
		return err
	}
	p := newDoctorPlan(cases, run, a)
	if err := p.Check(ctx, a.clients); err != nil {
		return err
	}
	if !f.quiet || !f.account.yes { // who is going to be asked is told what
		if err := p.writeText(e.stderr); err != nil { // standard output is the table's
			return err
		}
	}
	if err := p.Fits(budget); err != nil {
		return err
	}
	if f.account.yes {
		return nil
	}
	return confirm(ctx, e, "Make this in account "+a.caller.Account+", one case after another?")
}
