package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// helpGroups are the commands as a newcomer meets them, in the order of the help.
var helpGroups = []struct {
	id, title string
	commands  []string
}{
	{"load", "Load a pipeline", []string{"run", "simulate", "report"}},
	{"scenario", "Write a scenario", []string{"scenarios", "explain", "validate", "generate", "schema", "prices"}},
	{"endpoint", "Serve and examine the APIs", []string{"serve", "doctor"}},
	{"account", "An account of AWS", []string{"iam-policy", "cleanup"}},
}

// group puts the root's commands into their groups.
func group(root *cobra.Command) {
	for _, g := range helpGroups {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, name := range g.commands {
			for _, c := range root.Commands() {
				if c.Name() == name {
					c.GroupID = g.id
				}
			}
		}
	}
}

// writeHelp writes what a command is for, how it is called and what its flags mean, in lines of the page's width.
func writeHelp(w io.Writer, p *page, c *cobra.Command) {
	about := c.Long
	if about == "" {
		about = c.Short
	}
	paragraphs(p, about)
	p.section("Usage")
	p.line("  " + c.UseLine())
	if c.HasAvailableSubCommands() {
		p.line("  " + c.CommandPath() + " COMMAND --help")
	}
	if c.Example != "" {
		p.section("Examples")
		for line := range strings.Lines(c.Example) {
			p.line(strings.TrimRight(line, "\n"))
		}
	}
	if c.HasAvailableSubCommands() {
		commands(p, c)
	}
	for _, s := range flagSections(c.LocalFlags().FlagUsages()) {
		p.section("%s", s.title)
		for _, line := range s.lines {
			p.paragraph(line[:s.column], line[s.column:])
		}
	}
	fmt.Fprint(w, p.String())
}

// paragraphs writes a text whose lines were broken for the source. Indented lines stay as they are.
func paragraphs(p *page, text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			p.line("")
		}
		if strings.HasPrefix(paragraph, " ") {
			p.line(paragraph)
		} else {
			p.paragraph("", paragraph)
		}
	}
}

// commands lists the commands below one: the root's by group, and those that are in none behind them.
func commands(p *page, c *cobra.Command) {
	rest := c.Commands()
	if !c.HasParent() {
		for _, g := range helpGroups {
			p.section("%s", g.title)
			for _, name := range g.commands {
				if sub, _, err := c.Find([]string{name}); err == nil {
					p.entry(pageLabel, sub.Name(), sub.Short)
				}
			}
		}
		rest = slices.DeleteFunc(slices.Clone(rest), func(sub *cobra.Command) bool {
			return sub.GroupID != "" || sub.Name() == "help" || !sub.IsAvailableCommand()
		})
	}
	if len(rest) == 0 {
		return
	}
	p.section("Commands")
	for _, sub := range rest {
		p.entry(pageLabel, sub.Name(), sub.Short)
	}
}

// flagSection is flags that belong together, a line each, whose meanings begin at a column.
type flagSection struct {
	title  string
	lines  []string
	column int // in bytes; all before it is ASCII
}

// flagSections takes a command's flags apart: those that are for one target only come last, each target's together.
func flagSections(usages string) []flagSection {
	sections := []flagSection{{title: "Flags"}, {title: "Flags with --target localstack"}, {title: "Flags with --target aws"}}
	lines := strings.Split(strings.TrimRight(usages, "\n"), "\n")
	column := 0
	for _, line := range lines {
		if i := strings.Index(line, "help for "); i > 0 { // every command has that one
			column = i
		}
	}
	for _, line := range lines {
		if len(line) < column {
			continue
		}
		to := &sections[0]
		meaning, ofAccount := strings.CutPrefix(line[column:], "with --target aws: ")
		switch {
		case ofAccount:
			to = &sections[2]
		case strings.HasPrefix(strings.TrimSpace(line), "--localstack-") && strings.Contains(usages, "--target"):
			to = &sections[1]
		}
		to.lines, to.column = append(to.lines, line[:column]+meaning), column
	}
	var shown []flagSection
	for _, s := range sections {
		if len(s.lines) > 0 {
			shown = append(shown, s)
		}
	}
	return shown
}
