package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/scenarios"
)

func newSchema(e env) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [scenario|result]",
		Short: "Print the JSON Schema of a scenario or of result.json",
		Long: "schema prints a JSON Schema (draft 2020-12): of a scenario file, which is the default, or of a run's result.json.\n" +
			"An editor completes and checks a scenario that begins with\n\n" +
			"  # yaml-language-server: $schema=scenario.schema.json\n\n" +
			"once the schema has been printed into that file beside it.",
		Example:   "  wavetank schema > scenario.schema.json",
		Args:      arguments(cobra.MaximumNArgs(1)),
		ValidArgs: []string{"scenario", "result"},
		RunE: func(_ *cobra.Command, args []string) error {
			of := "scenario"
			if len(args) > 0 {
				of = args[0]
			}
			schema := scenarios.JSONSchema
			switch of {
			case "scenario":
			case "result":
				schema = reports.ResultSchema
			default:
				return usage(fmt.Errorf("schema: found %q, want scenario or result", of))
			}
			_, err := e.stdout.Write(schema())
			return err
		},
	}
}
