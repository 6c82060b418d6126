package main

import (
	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/reports"
)

func newReport(e env) *cobra.Command {
	return &cobra.Command{
		Use:   "report DIR",
		Short: "Render a run again, also one that was killed",
		Long: "report reads a run directory's run.jsonl and scenario.yaml, writes every other file of it anew and prints the\n" +
			"summary. Its exit code is the run's verdict.",
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := reports.Load(args[0])
			if err != nil {
				return err
			}
			if err := r.WriteAll(args[0]); err != nil {
				return err
			}
			if err := r.WriteText(e.stdout, textOptions(e)); err != nil {
				return err
			}
			if code := r.ExitCode(); code != exitOK {
				return &exit{code: code}
			}
			return nil
		},
	}
}
