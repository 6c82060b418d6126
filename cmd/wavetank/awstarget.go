package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/cloudwatch"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// accountFlags say how a run is made in an account.
type accountFlags struct {
	yes     bool
	budget  string
	owner   string
	expires time.Duration
	prefix  string

	cloudWatchWait time.Duration
}

func (f *accountFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.yes, "yes", false, "with --target aws: do not ask")
	c.Flags().StringVar(&f.budget, "budget", "", "with --target aws: stop the load when it has cost that `amount`, as in 5USD")
	c.Flags().StringVar(&f.owner, "owner", "", "with --target aws: the `name` in the tag wavetank:owner (default the credentials' ARN)")
	c.Flags().DurationVar(&f.expires, "expires", 24*time.Hour, "with --target aws: after that anybody's cleanup may delete what is left")
	c.Flags().StringVar(&f.prefix, "prefix", account.DefaultPrefix, "with --target aws: what names begin with")
	c.Flags().DurationVar(&f.cloudWatchWait, "cloudwatch-wait", cloudwatch.DefaultWait,
		"with --target aws: how long to wait after the drain for what CloudWatch publishes late; 0 reads once")
}

// misplaced is the first of the flags that was given and makes no sense at another target.
func (f *accountFlags) misplaced(c *cobra.Command, target string) error {
	for _, name := range []string{"yes", "budget", "owner", "expires", "prefix", "cloudwatch-wait"} {
		if target != accountTarget && c.Flags().Changed(name) {
			return usage(fmt.Errorf("--%s is for --target %s, and the target is %s", name, accountTarget, target))
		}
	}
	return nil
}

// accountTarget is the name of the target in the user's own account.
const accountTarget = "aws"

// accountPoll is the time between two looks at a bucket of an account, where each look costs money.
const accountPoll = time.Second

// run says what will be made and what it costs, asks, makes it, loads it and deletes it.
func (f *accountFlags) run(ctx context.Context, e env, load *loadFlags, args []string) (err error) {
	s, err := load.open(args)
	if err != nil {
		return err
	}
	if err := (&targetFlags{name: accountTarget}).can(s); err != nil {
		return err
	}
	run, budget, err := f.named(s)
	if err != nil {
		return usage(err)
	}
	a, err := openAccount(ctx)
	if err != nil {
		return err
	}
	run.Owner = cmp.Or(f.owner, a.caller.ARN)
	if err := f.agree(ctx, e, a, s, run, budget, load.list); err != nil {
		return err
	}
	custody, err := account.OpenCustody(account.CustodyConfig{
		Run: run, Clients: a.clients, Account: a.caller.Account, Journals: a.journals, Deny: a.deny, Scenario: s,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, custody.Close()) }()
	running, stop := context.WithCancel(ctx)
	defer stop()
	elsewhereMemory.apply(e)
	return load.carry(running, e, s, func(e runner.Env) target.Target {
		c := clients(e)
		c.SDK, c.Owner, c.Name, c.Package, c.Poll = &a.config, custody, accountTarget, packProbe, accountPoll
		c.Honours = e.Scenario
		c.Metrics = cloudwatch.New(cloudwatch.Config{SDK: withClient(a.config), Wait: f.cloudWatchWait})
		meter := account.NewMeter(s, budget)
		meter.Price = load.list.Estimate
		return newMetered(aws.New(c), e, meter, stop)
	}, false)
}

// named gives the run an id, and checks what the flags say of it.
func (f *accountFlags) named(s *scenarios.Scenario) (run account.Run, budget account.Budget, err error) {
	if f.budget != "" {
		if budget, err = account.ParseBudget(f.budget); err != nil {
			return run, 0, fmt.Errorf("--budget: %w", err)
		}
	}
	if lasts := s.Duration.Std() + s.Drain.Std() + time.Hour; f.expires < lasts {
		return run, 0, fmt.Errorf("--expires %s: want at least %s, an hour more than the run may last", f.expires, lasts)
	}
	now := time.Now()
	run = account.Run{ID: account.NewRunID(now), Expires: now.Add(f.expires).Truncate(time.Second), Prefix: f.prefix}
	return run, budget, run.Check()
}

// agree shows the plan and refuses it, or asks whether it should be carried out.
func (f *accountFlags) agree(
	ctx context.Context, e env, a *ownAccount, s *scenarios.Scenario, run account.Run, budget account.Budget, prices *pricing.List,
) error {
	forecast, err := forecast(s)
	if err != nil {
		return usage(err)
	}
	if prices.Own() > 0 {
		forecast.Price, forecast.Basis = prices.Estimate, prices.Basis()
	}
	p := account.NewPlan(s, run, a.caller, a.clients.Region(), forecast)
	if err := a.deny.Check(a.caller.Account, p.Names()); err != nil {
		return err
	}
	if err := p.Check(ctx, a.clients); err != nil {
		return err
	}
	if err := p.WriteText(e.stdout); err != nil {
		return err
	}
	if err := p.Fits(budget); err != nil {
		return err
	}
	if f.yes {
		return nil
	}
	return confirm(ctx, e, p.Question())
}

// forecast is what explain works out, as a plan takes it.
func forecast(s *scenarios.Scenario) (f account.Forecast, err error) {
	p, err := newPlan(s)
	if err != nil {
		return f, err
	}
	f.Usage = p.usage()
	// The hours of what is there already are billed without the run too.
	f.Usage.ShardHours, f.Usage.RetainedShardHours, f.Usage.OnDemandStreamHours, f.Usage.FanOutShardHours = 0, 0, 0, 0
	for name, stream := range s.ToMake().Streams {
		if stream.StreamMode == scenarios.OnDemand {
			f.Usage.OnDemandStreamHours += s.Duration.Std().Hours()
			continue
		}
		hours := s.ShardHours(name, s.Duration.Std())
		f.Usage.ShardHours += hours
		f.Usage.FanOutShardHours += hours * float64(len(s.Pipeline.FansOut(name)))
		if stream.Retained() {
			f.Usage.RetainedShardHours += hours
		}
	}
	for _, o := range p.offers {
		size := o.sample.wire()
		mean, peak := o.packing.stored(flow{o.mean, o.mean * size}, size), o.packing.stored(flow{o.peak, o.peak * size}, size)
		f.Loads = append(f.Loads, account.Load{
			Into: o.load.Target(), Records: mean.records, Bytes: mean.bytes, BusiestRecords: peak.records, BusiestBytes: peak.bytes,
		})
	}
	return f, nil
}
