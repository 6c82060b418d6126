package conformance

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"
)

// How long one case may take, all its calls and waits together. AWS takes a minute to make a delivery stream and as long
// to enable a mapping, which at other endpoints are seconds.
const (
	caseBudget    = 90 * time.Second
	slowBudget    = 3 * time.Minute
	accountBudget = 10 * time.Minute // of any case in an account
)

// lab is what the cases of one Run share.
type lab struct {
	*clients
	owner  Owner             // nil: nobody, names begin with prefix
	prefix string            // wavetank-4f1a2b-
	role   string            // as the options say; "" for one of the account's
	roles  map[string]string // ARNs of the owner's, by base
	zip    []byte            // the package of functions that are invoked

	there    *services
	patience time.Duration // with the first invocation of all
	running  *Finding      // whether functions run here; nil where no case asks
}

func newLab(e Endpoint, o Options) *lab {
	l := &lab{
		clients: e.clients(), owner: o.Owner, prefix: cmp.Or(o.Prefix, "wavetank-") + newRunID() + "-", role: o.Role,
		roles: map[string]string{}, patience: firstPatience,
	}
	if l.owner != nil {
		l.patience = firstAccountPatience
	}
	return l
}

// bench is a bench whose names bear the base.
func (l *lab) bench(base string) *bench { return &bench{lab: l, base: base} }

// prepare asks what is there, and makes the package of functions where a case is going to need it: what cannot be packed
// costs nothing then.
func (l *lab) prepare(ctx context.Context, cases []Case, o Options) {
	tell := func(text string) {
		if o.Phase != nil {
			o.Phase(text)
		}
	}
	tell("asking which services are there")
	l.there = askServices(ctx, l, cases)
	invokes := slices.ContainsFunc(cases, func(k Case) bool {
		_, misses := l.there.miss(k.Needs)
		return slices.Contains(k.Needs, NeedsFunction) && !misses
	})
	if !invokes {
		return
	}
	if o.Package == nil {
		l.running = new(unknown("needs a function package"))
		return
	}
	tell("packing the function")
	var err error // the caller's own, and more than one line: whoever packs tells it
	if l.zip, err = o.Package(ctx, runtime.GOARCH); err != nil {
		l.running = new(unknown("needs a function package, and none could be made"))
		return
	}
	tell("asking whether functions run here")
	l.running = new(l.askFunctions(ctx))
}

// try runs one case within its budget and clears up after it. One that needs what is not there is not begun.
func (l *lab) try(ctx context.Context, k Case) Finding {
	start := time.Now()
	f, misses := l.there.miss(k.Needs)
	if !misses && slices.Contains(k.Needs, NeedsFunction) && l.running.Verdict != Does {
		f, misses = *l.running, true
	}
	if !misses {
		b := l.bench(k.Name)
		f = b.within(ctx, l.budget(k.Slow), k.run)
		f.Detail = b.plain(f.Detail)
	}
	f.Case, f.Area, f.Claim, f.Took, f.Detail = k.Name, k.Area, k.Claim, time.Since(start), short(f.Detail)
	return f
}

func (l *lab) budget(slow bool) time.Duration {
	switch {
	case l.owner != nil:
		return accountBudget
	case slow:
		return slowBudget
	}
	return caseBudget
}

// within runs something at the bench for so long at most, and clears up after it. What is left behind is told, except
// where the owner deletes it at the end.
func (b *bench) within(ctx context.Context, budget time.Duration, run func(context.Context, *bench) Finding) Finding {
	inner, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	f := run(inner, b)
	if left := b.clear(ctx); left != "" && b.owner == nil {
		f.Detail += "; left behind: " + left
	}
	return f
}

// How long the first invocation is waited for, from an Enabled mapping on. Where functions run at all it takes seconds,
// and at AWS up to minutes.
const (
	firstPatience        = 30 * time.Second
	firstAccountPatience = 5 * time.Minute
)

// askFunctions puts one record before one function, once for all cases: where no function runs, each of them would wait
// for what does not come.
func (l *lab) askFunctions(ctx context.Context) Finding {
	b := l.bench(firstFunction)
	f := b.within(ctx, l.patience+slowBudget, func(ctx context.Context, b *bench) Finding {
		r, err := sentWithin(ctx, b, l.patience, nil, keys(1, 1), nil)
		switch {
		case err != nil:
			return stuck(err)
		case r.arrived() == 0:
			return unknown("no function runs here: nothing of a first one within %v", l.patience)
		}
		return does("functions run")
	})
	f.Detail = b.plain(f.Detail)
	return f
}

// firstFunction is the base of the names of what askFunctions makes.
const firstFunction = "first-function"
