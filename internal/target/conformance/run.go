package conformance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Options choose what runs. The zero value runs every case.
type Options struct {
	Only        []string            // names of cases, or of areas; nil: all
	Quick       bool                // leave out the slow cases
	Prefix      string              // of the names of all that is made; default wavetank-
	Role        string              // ARN of the role that Firehose and Lambda get; default one of the streams' account, which local endpoints take
	FunctionZip []byte              // the package that internal/probe makes; nil: the cases that need it are Unknown
	Progress    func(Case, Finding) // called after each case; nil: nobody
}

// prefixes are the names that every service takes: a bucket's are the strictest.
var prefixes = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,15}$`)

// How long one case may take, all its calls and waits together.
const (
	caseBudget = 90 * time.Second
	slowBudget = 3 * time.Minute
)

// Run tries the cases at an endpoint, one after another, and returns a finding for each, in order. Errors are the caller's:
// a name that is no case's, a prefix that no bucket may have, a context that has ended; an endpoint's misbehaviour is a
// finding. Everything a case made is deleted before the next begins. Several Runs may go on at once; they disturb each
// other where they share an account's limits.
func Run(ctx context.Context, e Endpoint, o Options) ([]Finding, error) {
	if o.Prefix == "" {
		o.Prefix = "wavetank-"
	}
	if !prefixes.MatchString(o.Prefix) {
		return nil, fmt.Errorf("run the cases: the prefix %q is not allowed: use up to 16 of a-z, 0-9 and -", o.Prefix)
	}
	cases, err := choose(o)
	if err != nil {
		return nil, err
	}
	c := e.clients()
	defer c.idle()
	there := askServices(ctx, c, cases)
	run := newRunID()
	var findings []Finding
	for _, k := range cases {
		start := time.Now()
		f, ok := there.miss(k.Needs, o.FunctionZip)
		if !ok {
			f = try(ctx, k, &bench{clients: c, prefix: o.Prefix + run + "-" + k.Name, role: o.Role, zip: o.FunctionZip})
		}
		if err := ctx.Err(); err != nil {
			return findings, fmt.Errorf("run the cases: stopped at %s: %w", k.Name, err)
		}
		f.Case, f.Area, f.Claim, f.Took = k.Name, k.Area, k.Claim, time.Since(start)
		f.Detail = short(strings.ReplaceAll(f.Detail, o.Prefix+run+"-"+k.Name+"-", "")) // names as the case gave them
		findings = append(findings, f)
		if o.Progress != nil {
			o.Progress(k, f)
		}
	}
	return findings, nil
}

// choose picks the cases that the options name.
func choose(o Options) ([]Case, error) {
	var chosen []Case
	used := map[string]bool{}
	for _, k := range Cases() {
		named := len(o.Only) == 0
		for _, n := range o.Only {
			if n == k.Name || n == k.Area {
				named, used[n] = true, true
			}
		}
		if named && (!o.Quick || !k.Slow) {
			chosen = append(chosen, k)
		}
	}
	for _, n := range o.Only {
		if !used[n] {
			return nil, fmt.Errorf("run the cases: there is no case or area called %q; the areas are %s", n, strings.Join(areas(), ", "))
		}
	}
	return chosen, nil
}

// areas are the names of all areas, in order.
func areas() []string {
	var names []string
	for _, k := range Cases() {
		if len(names) == 0 || names[len(names)-1] != k.Area {
			names = append(names, k.Area)
		}
	}
	return names
}

// try runs one case within its budget and clears up after it.
func try(ctx context.Context, k Case, b *bench) Finding {
	budget := caseBudget
	if k.Slow {
		budget = slowBudget
	}
	inner, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	f := k.run(inner, b)
	if left := b.clear(ctx); left != "" {
		f.Detail += "; left behind: " + left
	}
	return f
}

// newRunID tells the names of one run from those of another.
func newRunID() string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
