package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/account"
)

func newIAMPolicy(e env) *cobra.Command {
	var s account.PolicyScope
	c := &cobra.Command{
		Use:   "iam-policy [" + strings.Join(account.Commands(), "|") + "]",
		Short: "Print the least that IAM has to allow for a command",
		Long: "iam-policy prints the IAM policy that a command needs in an account, as JSON; the default is that of run. What can be\n" +
			"told by name is allowed for names with the prefix only.",
		Example:   "  wavetank iam-policy cleanup --account 123456789012 --region eu-west-1",
		Args:      arguments(cobra.MaximumNArgs(1)),
		ValidArgs: account.Commands(),
		RunE: func(_ *cobra.Command, args []string) error {
			command := "run"
			if len(args) > 0 {
				command = args[0]
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
	return c
}
