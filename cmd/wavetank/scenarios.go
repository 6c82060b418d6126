package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/scenarios"
)

func newScenarios(e env) *cobra.Command {
	return &cobra.Command{
		Use:   "scenarios [NAME]",
		Short: "List the built-in scenarios, or print one",
		Long: "scenarios lists the built-in library. With a name it prints that scenario as it is written, comments and all: the\n" +
			"best start for one of your own.",
		Example: "  wavetank scenarios clickstream > mine.yaml\n" +
			"  wavetank run mine.yaml",
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listScenarios(e)
			}
			source, ok := scenarios.Source(args[0])
			if !ok {
				return unknownScenario(args[0])
			}
			_, err := e.stdout.Write(source)
			return err
		},
	}
}

func listScenarios(e env) error {
	p, library := newPage(e, e.stdout), scenarios.Library()
	width := 0
	for _, s := range library {
		width = max(width, len(s.Name))
	}
	for _, s := range library {
		p.paragraph(fmt.Sprintf("%-*s  ", width, s.Name), s.Description)
	}
	_, err := io.WriteString(e.stdout, p.String())
	return err
}

// unknownScenario answers a name that the library does not have as opening it would, which names the nearest one.
func unknownScenario(name string) error {
	_, err := scenarios.Open(name, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return usage(err)
	}
	return usage(fmt.Errorf("scenarios: %s is a file; a name of the library is printed, as in wavetank scenarios %s", name, defaultScenario))
}
