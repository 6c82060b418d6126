package conformance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Options choose what runs. The zero value runs every case.
type Options struct {
	Only   []string // names of cases, or of areas; nil: all
	Quick  bool     // leave out the slow cases
	Prefix string   // of the names of all that is made; default wavetank-; an owner has its own
	Role   string   // ARN of the role that Firehose and Lambda get; default one of the streams' account, which local endpoints take
	Owner  Owner    // in whose name things are made in an account; nil: nobody

	// Package makes the package of internal/probe for an architecture as Go calls it. It is called once at most, and only
	// where a case needs it. Nil: the cases that need it are Unknown.
	Package func(ctx context.Context, arch string) ([]byte, error)

	// What a Run is at is told to these, one call after another; nil: nobody.
	Phase    func(text string)       // what it does before the first case
	Begin    func(k Case, n, of int) // before each case; n counts from 1
	Progress func(Case, Finding)     // after each case
}

// prefixes are the names that every service takes: a bucket's are the strictest.
var prefixes = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,15}$`)

// Run tries the cases at an endpoint, one after another, and returns a finding for each, in order. Errors are the caller's:
// a name that is no case's, a prefix that no bucket may have, a context that has ended; an endpoint's misbehaviour is a
// finding. Everything a case made is deleted before the next begins. Several Runs may go on at once; they disturb each
// other where they share an account's limits.
func Run(ctx context.Context, e Endpoint, o Options) ([]Finding, error) {
	if o.Prefix != "" && !prefixes.MatchString(o.Prefix) {
		return nil, fmt.Errorf("run the cases: the prefix %q is not allowed: use up to 16 of a-z, 0-9 and -", o.Prefix)
	}
	cases, err := Choose(o)
	if err != nil {
		return nil, err
	}
	l := newLab(e, o)
	defer l.idle()
	l.prepare(ctx, cases, o)
	var findings []Finding
	for i, k := range cases {
		if o.Begin != nil {
			o.Begin(k, i+1, len(cases))
		}
		f := l.try(ctx, k)
		if err := ctx.Err(); err != nil {
			return findings, fmt.Errorf("run the cases: stopped at %s: %w", k.Name, err)
		}
		findings = append(findings, f)
		if o.Progress != nil {
			o.Progress(k, f)
		}
	}
	return findings, nil
}

// Choose picks the cases that the options name, in the order in which they run. A name that is no case's and no area's is an
// error.
func Choose(o Options) ([]Case, error) {
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
			return nil, fmt.Errorf("there is no case or area called %q; the areas are %s", n, strings.Join(areas(), ", "))
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

// newRunID tells the names of one run from those of another.
func newRunID() string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
