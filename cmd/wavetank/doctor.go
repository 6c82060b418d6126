package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

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

	account  accountFlags
	unpacked error // why there is no package of the function
}

func newDoctor(e env) *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "What an endpoint does as AWS does, what it does not, and what it refuses",
		Long: "doctor tries the assumptions of the simulator at an endpoint, one after another, and prints what it found: does,\n" +
			"does not, differs, refuses (the API is not there) or unknown (why). What it makes there it deletes again. In your\n" +
			"account it says first what it makes and what that costs, and asks; cleanup finds what a doctor that was killed left.",
		Example: "  wavetank doctor --target http://127.0.0.1:4566\n" +
			"  wavetank doctor --target localstack --only 'write limits,read limits'\n" +
			"  wavetank doctor --target aws --quick",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.account.misplaced(c, f.target); err != nil {
				return err
			}
			return f.examine(c.Context(), e)
		},
	}
	c.Flags().StringVar(&f.target, "target", "embedded", "embedded, localstack (started in Docker), aws (your account), or the `URL` of an endpoint")
	c.Flags().StringVar(&f.image, "localstack-image", localstack.DefaultImage, "the `image` of --target localstack")
	c.Flags().StringSliceVar(&f.only, "only", nil, "only these `cases` or areas, separated by commas")
	c.Flags().BoolVar(&f.quick, "quick", false, "leave out the cases that take longer than some seconds")
	c.Flags().BoolVar(&f.markdown, "markdown", false, "print the table as Markdown")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "no progress, only the table")
	f.addAccount(c)
	return c
}

// options are those of a run of the cases, without an owner and without anybody who is told.
func (f *doctorFlags) options() conformance.Options {
	return conformance.Options{Only: f.only, Quick: f.quick, Package: f.pack}
}

// pack packs the probe, and keeps why it could not be.
func (f *doctorFlags) pack(ctx context.Context, arch string) (zip []byte, err error) {
	zip, f.unpacked = packProbe(ctx, arch)
	return zip, f.unpacked
}

// examine runs the cases and prints the table.
func (f *doctorFlags) examine(ctx context.Context, e env) error {
	cases, err := conformance.Choose(f.options())
	if err != nil {
		return usage(fmt.Errorf("--only: %w", err))
	}
	if len(cases) == 0 {
		return usage(errors.New("--quick leaves out every case that --only names"))
	}
	if f.target == accountTarget {
		return f.examineAccount(ctx, e, cases)
	}
	told := newCaseProgress(e, f.quiet)
	defer told.done()
	at, end, err := f.endpoint(ctx, told)
	if err != nil {
		return err
	}
	defer end()
	if err := answers(ctx, at, firstAnswer); err != nil {
		return err
	}
	findings, err := f.find(ctx, told, conformance.Endpoint{URL: at}, nil)
	told.done()
	return f.report(e, findings, err)
}

// find runs the cases. What was found until an interruption is true all the same.
func (f *doctorFlags) find(
	ctx context.Context, told caseProgress, at conformance.Endpoint, owner conformance.Owner,
) ([]conformance.Finding, error) {
	o := f.options()
	o.Owner, o.Phase, o.Begin, o.Progress = owner, told.phase, told.begin, told.end
	findings, err := conformance.Run(ctx, at, o)
	if ctx.Err() != nil {
		err = &exit{code: exitInterrupted}
	}
	return findings, err
}

// report prints the table of what was found before err, which it returns.
func (f *doctorFlags) report(e env, findings []conformance.Finding, err error) error {
	if len(findings) == 0 {
		return err
	}
	if f.unpacked != nil {
		fmt.Fprintf(e.stderr, "cases that invoke a function were left out: %v\n", f.unpacked)
	}
	var written error
	if f.markdown {
		written = conformance.WriteMarkdown(e.stdout, []conformance.Column{{Name: f.target, Findings: findings}})
	} else {
		written = conformance.WriteTable(e.stdout, findings, widthOf(e.stdout))
	}
	if err == nil && !slices.ContainsFunc(findings, func(d conformance.Finding) bool { return !d.Unasked }) {
		err = fmt.Errorf("nothing can be told of %s: no service that a case needs could be asked; the table says why", f.target)
	}
	return errors.Join(err, written)
}

// widthOf is how many characters a line of w has: those of its terminal, and 80 where it is none.
func widthOf(w io.Writer) int {
	if file, ok := terminal(w); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

// firstAnswer is how long the first answer of an endpoint is waited for. Any answer will do; what loads a service first answers a
// request of none at once.
const firstAnswer = 15 * time.Second

// answers tells whether anybody listens at a URL and answers within patience, before ninety cases find out one after another.
func answers(ctx context.Context, at string, patience time.Duration) error {
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
	if err := c.Close(); err != nil {
		return err
	}
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(asked, http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	t := &http.Transport{DisableKeepAlives: true}
	answer, err := t.RoundTrip(r)
	if err == nil {
		return answer.Body.Close()
	}
	if ctx.Err() == nil && asked.Err() != nil {
		return fmt.Errorf("the target %s takes connections and does not answer: nothing came within %v; is it an AWS endpoint, and is it up?",
			at, patience)
	}
	return ctx.Err() // another error is for the cases to tell
}

// endpoint is where the examined endpoint is, and what ends it where it was started for this.
func (f *doctorFlags) endpoint(ctx context.Context, told caseProgress) (at string, end func(), err error) {
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
		told.phase("starting LocalStack")
		l, err := localstack.Start(ctx, localstack.Config{Image: f.image})
		if err != nil {
			return "", nil, err
		}
		return l.Endpoint(), func() { _ = l.Close(context.WithoutCancel(ctx)) }, nil
	}
	at, err = endpointOf(f.target, "embedded, localstack, "+accountTarget)
	return at, func() {}, err
}
