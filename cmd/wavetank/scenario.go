package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/scenarios"
)

// defaultScenario is what runs where none is named.
const defaultScenario = "clickstream"

// scenarioFlags are the flags that change a scenario, in the order they are applied: --set last, so that it wins.
type scenarioFlags struct {
	set      []string
	duration string
	rate     string
	seed     string
}

func (f *scenarioFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.set, "set", nil, "set any `key=value` of the scenario, as in load.0.rate=4000/s (repeatable)")
	c.Flags().StringVar(&f.duration, "duration", "", "how `long` the load lasts, as in 30s or 1h (default the scenario's)")
	c.Flags().StringVar(&f.rate, "rate", "", "the `rate` of the first load, as in 4000/s (default the scenario's)")
	c.Flags().StringVar(&f.seed, "seed", "", "the `number` that everything random is drawn from (default the scenario's)")
}

// shorthand is a flag that sets a key of the scenario.
type shorthand struct{ flag, key, value string }

func (f *scenarioFlags) shorthands() []shorthand {
	return []shorthand{{"--duration", "duration", f.duration}, {"--rate", "load.0.rate", f.rate}, {"--seed", "seed", f.seed}}
}

// settings are the flags as keys of the scenario.
func (f *scenarioFlags) settings() []string { return append(assignments(f.shorthands()), f.set...) }

// assignments are the shorthands that were given, as --set takes them.
func assignments(flags []shorthand) []string {
	var set []string
	for _, s := range flags {
		if s.value != "" {
			set = append(set, s.key+"="+s.value)
		}
	}
	return set
}

// asTyped makes mistakes speak of the shorthand that was typed, and not of the --set that it stands for.
func asTyped(err error, flags []shorthand) error {
	var wrong scenarios.Errors
	if !errors.As(err, &wrong) {
		return err
	}
	for _, w := range wrong {
		for _, s := range flags {
			if s.value != "" && w.Flag == "--set "+s.key+"="+s.value {
				w.Flag = s.flag + " " + s.value
				w.Message = strings.TrimPrefix(w.Message, s.key+": ")
			}
		}
	}
	return err
}

// open loads the scenario that the arguments name.
func (f *scenarioFlags) open(args []string) (*scenarios.Scenario, error) {
	name := defaultScenario
	if len(args) > 0 {
		name = args[0]
	}
	s, err := scenarios.Open(name, f.settings())
	if err != nil {
		return nil, usage(asTyped(err, f.shorthands()))
	}
	return s, nil
}

// labels reads --label k=v flags.
func labels(flags []string) (map[string]string, error) {
	m := map[string]string{}
	for _, l := range flags {
		key, value, ok := strings.Cut(l, "=")
		if !ok || key == "" {
			return nil, usage(fmt.Errorf("--label %s: found no key=value", l))
		}
		m[key] = value
	}
	return m, nil
}
