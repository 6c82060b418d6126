package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// arguments checks how many arguments a command has, and answers a mistake with what is wanted and an example.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		_, want, _ := strings.Cut(c.Use, " ")
		var text string
		switch {
		case want == "":
			text = fmt.Sprintf("found %q, want no arguments", args[0])
		case len(args) == 0:
			text = "want " + wanted(want)
		default:
			text = fmt.Sprintf("found %d arguments (%s), want %s", len(args), strings.Join(args, " "), wanted(want))
		}
		if example := firstExample(c); example != "" && want != "" {
			text += ", as in " + example
		}
		return usage(fmt.Errorf("%s: %s\nsee %s --help", c.CommandPath(), text, c.CommandPath()))
	}
}

// firstExample is the first line of a command's examples.
func firstExample(c *cobra.Command) string {
	line, _, _ := strings.Cut(strings.TrimSpace(c.Example), "\n")
	return line
}

// wanted says how many of what a usage line is for: FILE... is one FILE or more.
func wanted(use string) string {
	if name, ok := strings.CutSuffix(use, "..."); ok {
		return "one " + name + " or more"
	}
	if name, ok := strings.CutPrefix(use, "["); ok {
		return "one " + strings.TrimSuffix(name, "]") + " at most"
	}
	return "one " + use
}
