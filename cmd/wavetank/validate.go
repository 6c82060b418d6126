package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/scenarios"
)

func newValidate(e env) *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check scenario files, with every mistake's place",
		Long: "validate loads each scenario as run would and starts nothing. A file that is right is named on standard output;\n" +
			"each mistake of one that is wrong is a line on standard error, as file:line:column: what was found and what is\n" +
			"allowed. The exit code is 2 where any file is wrong.",
		Example: "  wavetank validate mine.yaml",
		Args:    arguments(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			var wrong []error
			for _, file := range args {
				if err := validate(file); err != nil {
					wrong = append(wrong, err)
				} else if _, err := fmt.Fprintf(e.stdout, "%s: ok\n", file); err != nil {
					return err
				}
			}
			if err := errors.Join(wrong...); err != nil {
				return usage(err)
			}
			return nil
		},
	}
}

// validate loads a scenario file and makes what only making it can find a mistake in: its generators and schedules.
func validate(file string) error {
	s, err := scenarios.ReadFile(file, nil)
	if err != nil {
		return err
	}
	for i := range s.Load {
		if _, err := newOffer(s, &s.Load[i]); err != nil {
			return fmt.Errorf("%s: load.%d: %w", file, i, err)
		}
	}
	return nil
}
