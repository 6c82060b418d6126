package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target/conformance"
	"github.com/wavetank/wavetank/internal/target/localstack"
)

// doctorFlags say which endpoint is examined, and for what.
type doctorFlags struct {
	target   string
	image    string
	only     []string
	quick    bool
	markdown bool
	quiet    bool
}

func newDoctor(e env) *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "What an endpoint does as AWS does, what it does not, and what it refuses",
		Long: "doctor tries the assumptions of the simulator at an endpoint, one after another, and prints what it found: does,\n" +
			"does not, differs, refuses (the API is not there) or unknown (why). What it makes there it deletes again.",
		Example: "  wavetank doctor --target http://127.0.0.1:4566\n" +
			"  wavetank doctor --target localstack --only 'write limits,read limits'",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return f.examine(c.Context(), e) },
	}
	c.Flags().StringVar(&f.target, "target", "embedded", "embedded, localstack (started in Docker), or the `URL` of an endpoint")
	c.Flags().StringVar(&f.image, "localstack-image", localstack.DefaultImage, "the `image` of --target localstack")
	c.Flags().StringSliceVar(&f.only, "only", nil, "only these `cases` or areas, separated by commas")
	c.Flags().BoolVar(&f.quick, "quick", false, "leave out the cases that take longer than some seconds")
	c.Flags().BoolVar(&f.markdown, "markdown", false, "print the table as Markdown")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "no progress, only the table")
	return c
}

// examine runs the cases and prints the table.
func (f *doctorFlags) examine(ctx context.Context, e env) error {
	if err := f.check(); err != nil {
		return usage(err)
	}
	at, done, err := f.endpoint(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := answers(ctx, at); err != nil {
		return err
	}
	o := conformance.Options{Only: f.only, Quick: f.quick, FunctionZip: f.function(ctx, e)}
	var findings []conformance.Finding
	o.Progress = func(k conformance.Case, found conformance.Finding) {
		findings = append(findings, found)
		if !f.quiet {
			fmt.Fprintf(e.stderr, "%3d  %-8s %s (%.1f s)\n", len(findings), found.Verdict, k.Name, found.Took.Seconds())
		}
	}
	_, err = conformance.Run(ctx, conformance.Endpoint{URL: at}, o)
	if ctx.Err() != nil { // what was found until then is true all the same
		return errors.Join(f.write(e.stdout, findings), &exit{code: exitInterrupted})
	}
	if err != nil {
		return err
	}
	return f.write(e.stdout, findings)
}

// answers tells whether anybody listens at a URL, before ninety cases find out one after another.
func answers(ctx context.Context, at string) error {
	u, err := url.Parse(at)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return fmt.Errorf("the target %s does not answer: %w", at, err)
	}
	return c.Close()
}

// function is the package of the function that cases need which invoke one. The embedded AWS models its functions.
func (f *doctorFlags) function(ctx context.Context, e env) []byte {
	if f.target == "embedded" {
		return nil
	}
	zip, err := packProbe(ctx, runtime.GOARCH)
	if err != nil {
		fmt.Fprintf(e.stderr, "cases that invoke a function are left out: %v\n", err)
	}
	return zip
}

// check finds names that are no case's and no area's.
func (f *doctorFlags) check() error {
	var areas []string
	for _, k := range conformance.Cases() {
		if !slices.Contains(areas, k.Area) {
			areas = append(areas, k.Area)
		}
	}
	for _, name := range f.only {
		isCase := slices.ContainsFunc(conformance.Cases(), func(k conformance.Case) bool { return k.Name == name })
		if !isCase && !slices.Contains(areas, name) {
			return fmt.Errorf("--only %s: there is no such case or area; the areas are %s", name, strings.Join(areas, ", "))
		}
	}
	return nil
}

func (f *doctorFlags) write(w io.Writer, findings []conformance.Finding) error {
	if f.markdown {
		return conformance.WriteMarkdown(w, []conformance.Column{{Name: f.target, Findings: findings}})
	}
	return conformance.WriteTable(w, findings)
}

// endpoint is where the examined endpoint is, and what ends it where it was started for this.
func (f *doctorFlags) endpoint(ctx context.Context) (at string, done func(), err error) {
	switch f.target {
	case "embedded":
		c := clock.NewWall()
		l, err := server.Listen(ctx, "127.0.0.1:0", server.New(server.Config{AWS: simulator.New(simulator.Config{Clock: c})}), nil)
		if err != nil {
			c.Stop()
			return "", nil, err
		}
		return l.URL(), func() { _ = l.Close(); c.Stop() }, nil
	case "localstack":
		l, err := localstack.Start(ctx, localstack.Config{Image: f.image})
		if err != nil {
			return "", nil, err
		}
		return l.Endpoint(), func() { _ = l.Close(context.WithoutCancel(ctx)) }, nil
	}
	at, err = endpointURL(f.target)
	return at, func() {}, err
}
