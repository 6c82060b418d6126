package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
)

// listPrices is the name of the dated table, in place of a file.
const listPrices = "default"

// pricesFlag says whose prices a cost is worked out by.
type pricesFlag struct{ file string }

func (f *pricesFlag) add(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "prices", "", "estimate the cost by the prices in this `file`; wavetank prices prints one to begin from")
}

// read is the list that the flag names; nil for the table.
func (f *pricesFlag) read() (*pricing.List, error) {
	if f.file == "" || f.file == listPrices {
		return nil, nil
	}
	return readPrices(f.file)
}

func readPrices(file string) (*pricing.List, error) {
	text, err := os.ReadFile(file)
	var at *fs.PathError
	switch {
	case errors.As(err, &at):
		return nil, usage(fmt.Errorf("read prices: %s: %w; wavetank prices prints some to begin from", at.Path, at.Err))
	case err != nil:
		return nil, usage(fmt.Errorf("read prices: %w", err))
	}
	l, err := pricing.ReadList(file, text)
	if err != nil {
		return nil, usage(err)
	}
	return l, nil
}

// keepPrices keeps a list beside a run, whose report is made by it from then on. No list removes the one that is there.
func keepPrices(dir string, l *pricing.List) error {
	path := filepath.Join(dir, reports.PricesFile)
	if l == nil {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the run's prices: %w", err)
		}
		return nil
	}
	if err := os.WriteFile(path, l.Text(), 0o644); err != nil {
		return fmt.Errorf("keep the run's prices: %w", err)
	}
	return nil
}

// loadPhase is what a run calls the phase of its load.
const loadPhase = "load"

// pricesKeeper keeps the list once the load begins: a run that fails before leaves nothing.
type pricesKeeper struct {
	dir    string
	prices *pricing.List
	next   func(runner.Status)
	kept   bool
	err    error
}

func (k *pricesKeeper) tell(s runner.Status) {
	if k.prices != nil && !k.kept && s.Phase == loadPhase {
		k.kept = true
		k.err = keepPrices(k.dir, k.prices)
	}
	k.next(s)
}

func newPrices(e env) *cobra.Command {
	return &cobra.Command{
		Use:   "prices [FILE]",
		Short: "Print the prices that costs are estimated by, to change them",
		Long: "prices prints what one unit of each item costs, in US dollars, with where each price is from: list prices, which are\n" +
			"dated and not your own. Change what you pay otherwise, leave out the rest, and give the file to run, simulate, explain\n" +
			"or report as --prices FILE. With a FILE it is checked, and the whole list is printed that estimates then go by.",
		Example: "  wavetank prices > mine.yaml\n" +
			"  wavetank explain clickstream --prices mine.yaml",
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			f := pricesFlag{}
			if len(args) > 0 {
				f.file = args[0]
			}
			l, err := f.read()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(e.stdout, "# US dollars, by %s. 5/million is 5 dollars for a million units.\n"+
				"# A price that falls with a month's quantity is a list of tiers, each up to a number of units.\n\n%s", l.Basis(), l.YAML())
			return err
		},
	}
}
