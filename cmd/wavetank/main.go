// Command wavetank makes waves in a tank: it loads an Amazon Kinesis pipeline that is simulated, served locally or
// somewhere else, and reports what was throttled, what was late and what was lost.
//
// Exit codes: 0 the objectives hold, or cannot be told; 1 the run could not be done; 2 the scenario or the command line is
// wrong; 3 an objective is broken; 4 the run is invalid; 130 interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/wavetank/wavetank/internal/probe"
	"github.com/wavetank/wavetank/internal/startup"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
	"github.com/wavetank/wavetank/scenarios"
)

func main() {
	startup.Over()
	if os.Getenv(probe.RuntimeAPI) != "" { // started by Lambda: this program is its own probe
		fmt.Fprintln(os.Stderr, probe.Main(context.Background(), httpclient.New(nil)))
		os.Exit(exitFailed)
	}
	os.Exit(run(os.Args[1:], env{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}))
}

// version is the program's. A build from a module proxy or a tagged checkout knows its own.
const version = "0.1.0"

// env is what a command knows of the world around it, so that a test can bring its own.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// exit is an error that carries its exit code. A nil cause prints nothing: what happened has been said.
type exit struct {
	code  int
	cause error
}

func (e *exit) Error() string {
	if e.cause == nil {
		return ""
	}
	return e.cause.Error()
}

func (e *exit) Unwrap() error { return e.cause }

// usage marks an error as the command line's or the scenario's.
func usage(err error) error { return &exit{exitUsage, err} }

// run carries out one command line and returns its exit code.
func run(args []string, e env) int {
	ctx, stop := interruptible(e.stderr)
	defer stop()
	root := newRoot(e)
	root.SetArgs(args)
	code, text := outcome(ctx, root.ExecuteContext(ctx))
	if text != "" {
		fmt.Fprintln(e.stderr, text)
	}
	return code
}

// outcome is the exit code of a command that ended with an error, or with none, and what is said of it.
func outcome(ctx context.Context, err error) (code int, text string) {
	if err == nil {
		return exitOK, ""
	}
	text = strings.TrimSpace(err.Error()) // of several, some may have nothing to say
	var x *exit
	var wrong scenarios.Errors
	switch {
	case errors.As(err, &x):
		return x.code, text
	case errors.As(err, &wrong):
		return exitUsage, text
	case ctx.Err() != nil && canceled(err):
		return exitInterrupted, "interrupted"
	}
	return exitFailed, text
}

// interruptible is a context that the first ^C cancels; the second ends the program at once.
func interruptible(stderr io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case <-signals:
			}
			if n > 0 {
				os.Exit(exitInterrupted)
			}
			cancel()
			fmt.Fprintln(stderr, "\ninterrupted: finishing what is under way; again stops at once")
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}

func newRoot(e env) *cobra.Command {
	root := &cobra.Command{
		Use:   "wavetank",
		Short: "Load a Kinesis pipeline and report what was throttled, late and lost",
		Long: "wavetank loads an Amazon Kinesis pipeline (streams, Lambda, Firehose) that is simulated in virtual time, served\n" +
			"by the embedded AWS on this machine, or anywhere that speaks the APIs, and reports in HDR histograms what was\n" +
			"throttled, what was late and what was lost.\n\n" +
			"What is loaded, and what is held of it, stands in a scenario: one of the built-in library, or a file of your own.",
		Example: "  wavetank run\n" +
			"  wavetank explain hot-shard\n" +
			"  wavetank simulate hot-shard --duration 1h\n" +
			"  wavetank scenarios clickstream > mine.yaml",
		Version:       toolVersion(),
		Args:          noSuchCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,

		SuggestionsMinimumDistance: 2,
	}
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage(fmt.Errorf("%w\nsee %s --help", err, c.CommandPath()))
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newRun(e), newSimulate(e), newServe(e), newDoctor(e), newCleanup(e), newIAMPolicy(e), newReport(e), newValidate(e), newExplain(e), newScenarios(e),
		newGenerate(e), newSchema(e), newPrices(e),
	)
	group(root)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { writeHelp(e.stdout, newPage(e, e.stdout), c) })
	return root
}

// noSuchCommand answers a first word that is no command, with those that are near.
func noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	near := ""
	if names := c.SuggestionsFor(args[0]); len(names) > 0 {
		near = fmt.Sprintf("; did you mean %q?", names[0])
	}
	return usage(fmt.Errorf("unknown command %q%s\nsee %s --help", args[0], near, c.CommandPath()))
}

// toolVersion is the version, with the commit where the build knows it.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return version + " (" + s.Value[:12] + ")"
		}
	}
	return version
}

// terminal is the file behind w if that is a terminal.
func terminal(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}
