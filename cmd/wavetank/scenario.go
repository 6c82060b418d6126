package main

import (
	"errors"
	"fmt"
	"io/fs"
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
	c.Flags().StringVar(&f.duration, "duration", "", "of the load, as in 30s or 1h")
	c.Flags().StringVar(&f.rate, "rate", "", "of the first load, as in 4000/s")
	c.Flags().StringVar(&f.seed, "seed", "", "of everything random")
}

// settings are the flags as keys of the scenario.
func (f *scenarioFlags) settings() []string {
	var set []string
	for _, s := range []struct{ key, value string }{
		{"duration", f.duration}, {"load.0.rate", f.rate}, {"seed", f.seed},
	} {
		if s.value != "" {
			set = append(set, s.key+"="+s.value)
		}
	}
	if f.rate != "" && !strings.Contains(f.rate, "/") {
		set = f.perSecond(set)
	}
	return append(set, f.set...)
}

// perSecond lets --rate 4000 mean 4000/s.
func (f *scenarioFlags) perSecond(set []string) []string {
	for i := range set {
		if strings.HasPrefix(set[i], "load.0.rate=") {
			set[i] += "/s"
		}
	}
	return set
}

// open loads the scenario that the arguments name.
func (f *scenarioFlags) open(args []string) (*scenarios.Scenario, error) {
	name := defaultScenario
	if len(args) > 0 {
		name = args[0]
	}
	s, err := scenarios.Open(name, f.settings())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage(err)
	case err != nil:
		return nil, usage(err)
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
