package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// Forecast is what a scenario's loads will do, worked out elsewhere.
type Forecast struct {
	Loads []Load
	Usage pricing.Usage // of the whole run, hours pro rata

	// Price is the price list; nil is that of package pricing.
	Price func(pricing.Usage) pricing.Estimate
	Basis string // of Price, in words; "" where it is nil
}

// Load is what goes into a stream or a delivery stream.
type Load struct {
	Into           string  // the name in the scenario
	Records        float64 // a second, on average
	Bytes          float64 // a second, on average, partition keys included
	BusiestRecords float64 // in the busiest second
	BusiestBytes   float64
}

// Plan is what a run is going to do to an account. It is plain data.
type Plan struct {
	Run      Run
	Caller   Caller
	Region   string
	Duration time.Duration // of the load
	Creates  []Resource    // in the order in which they are made
	Existing []Existing    // what is there already, and stays
	Loads    []Load
	Reshards []scenarios.Reshard
	Quotas   []Quota          // empty until Check
	Cost     pricing.Estimate // of the run, hours pro rata
	AtMost   pricing.Estimate // of the run where AWS bills begun hours in full
	Basis    string           // what both rest on, where it is not list prices

	Less string // how less would be asked of the account; default "make the scenario smaller"

	needs needs
}

// NewPlan plans a run. Nothing is asked of the account.
func NewPlan(s *scenarios.Scenario, run Run, who Caller, region string, f Forecast) *Plan {
	price := f.Price
	if price == nil {
		price = pricing.Usage.Estimate
	}
	p := &Plan{
		Run: run, Caller: who, Region: region, Duration: s.Duration.Std(), Loads: f.Loads, Reshards: s.Reshards, Basis: f.Basis,
		Creates: Pipeline(s, run, who.Account, region), Existing: existingOf(s, who.Account, region),
	}
	p.needs = needsOf(s, p.Creates)
	p.Cost = price(f.Usage)
	begun := NewMeter(s, 0).Usage(s.Duration.Std()+s.Drain.Std(), Counts{})
	most := f.Usage
	most.ShardHours = max(most.ShardHours, begun.ShardHours)
	most.RetainedShardHours = max(most.RetainedShardHours, begun.RetainedShardHours)
	most.FanOutShardHours = max(most.FanOutShardHours, begun.FanOutShardHours)
	most.OnDemandStreamHours = max(most.OnDemandStreamHours, begun.OnDemandStreamHours)
	p.AtMost = price(most)
	return p
}

// Check asks the account for its quotas. What it does not tell is noted as not known; the error is the context's.
func (p *Plan) Check(ctx context.Context, c *Clients) error {
	p.Quotas = c.check(ctx, p.needs)
	return ctx.Err()
}

// ErrQuota is the error of a plan that does not fit the account.
var ErrQuota = errors.New("the account's quota does not suffice")

// ErrBudget is the error of a plan that costs more than its budget.
var ErrBudget = errors.New("the run may cost more than its budget")

// Fits is ErrQuota or ErrBudget where the run had better not begin: a quota that is known to be too small, or a cost that
// may exceed the budget.
func (p *Plan) Fits(b Budget) error {
	less := cmp.Or(p.Less, "make the scenario smaller")
	for _, q := range p.Quotas {
		if q.Short() {
			return fmt.Errorf("%w: %s: needs %d, and of %d %d are used; ask for more in Service Quotas, or %s",
				ErrQuota, q.Name, q.Need, q.Limit, max(q.Used, 0), less)
		}
	}
	if b > 0 && p.AtMost.Total > float64(b) {
		return fmt.Errorf("%w: up to %s of %s; raise --budget, or %s", ErrBudget, pricing.FormatUSD(p.AtMost.Total), b, less)
	}
	return nil
}
