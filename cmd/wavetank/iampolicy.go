package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/scenarios"
)

func newIAMPolicy(e env) *cobra.Command {
	var s account.PolicyScope
	var scenario string
	c := &cobra.Command{
		Use:   "iam-policy [" + strings.Join(account.Commands(), "|") + "]",
		Short: "Print the least that IAM has to allow for a command",
		Long: "iam-policy prints the IAM policy that a command needs in an account, as JSON; the default is that of run. What can be\n" +
			"told by name is allowed for names with the prefix only. What a scenario names under existing is there already and has\n" +
			"no prefix: with --scenario a run may use it, and write to it where the scenario does. Some scenarios ask for more than a\n" +
			"run of others (reshards, a longer retention period): --scenario allows that, too.",
		Example:   "  wavetank iam-policy cleanup --account 123456789012 --region eu-west-1",
		Args:      arguments(cobra.MaximumNArgs(1)),
		ValidArgs: account.Commands(),
		RunE: func(_ *cobra.Command, args []string) error {
			command := "run"
			if len(args) > 0 {
				command = args[0]
			}
			if scenario != "" {
				var err error
				if s.Scenario, err = scenarios.Open(scenario, nil); err != nil {
					return usage(err)
				}
			}
			d, err := account.Policy(command, s)
			if err != nil {
				return usage(err)
			}
			text, err := d.JSON()
			if err != nil {
				return err
			}
			_, err = e.stdout.Write(text)
			return err
		},
	}
	c.Flags().StringVar(&s.Account, "account", "", "only in this account of 12 `digits` (default any)")
	c.Flags().StringVar(&s.Region, "region", "", "only in this `region` (default any)")
	c.Flags().StringVar(&s.Prefix, "prefix", account.DefaultPrefix, "what the names begin with")
	c.Flags().StringVar(&scenario, "scenario", "", "also what this `scenario` needs: what it names under existing, by its name, and what it does to streams")
	return c
}
