package main

import (
	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/reports"
)

func newReport(e env) *cobra.Command {
	var prices pricesFlag
	c := &cobra.Command{
		Use:   "report DIR",
		Short: "Render a run again, also one that was killed",
		Long: "report reads a run directory's run.jsonl and scenario.yaml, writes every other file of it anew and prints the\n" +
			"summary. Its exit code is the run's verdict. Prices that it is given stay with the run; --prices default takes them\n" +
			"away again.",
		Example: "  wavetank report wavetank-runs/2026-11-24T101500-clickstream",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			list, err := prices.read()
			if err != nil {
				return err
			}
			r, err := reports.Load(args[0])
			if err != nil {
				return err
			}
			if c.Flags().Changed("prices") {
				if err := keepPrices(args[0], list); err != nil {
					return err
				}
				if r, err = reports.Load(args[0]); err != nil {
					return err
				}
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
	prices.add(c)
	return c
}
