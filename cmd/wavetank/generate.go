package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/scenarios"
)

// generatorKinds are the generators that generate makes records of.
var generatorKinds = []string{"clickstream", "sensor", "transaction", "template"}

// generateFlags say which records to make, and how many.
type generateFlags struct {
	n        int
	seed     string
	rate     string
	key      string
	lanes    string
	set      []string
	file     string
	scenario string
	load     int
	keys     bool
}

func newGenerate(e env) *cobra.Command {
	var f generateFlags
	c := &cobra.Command{
		Use:   "generate KIND",
		Short: "Print records of a generator, one a line",
		Long: "generate prints the records that a load would offer, one a line: of a kind of generator (clickstream, sensor,\n" +
			"transaction, template) or, with --scenario, of a scenario's load. The same seed prints the same records: the load\n" +
			"begins at " + generateStart.Format(time.RFC3339) + ", whenever it is that you ask.",
		Example: "  wavetank generate clickstream -n 5\n" +
			"  wavetank generate transaction -n 1000 --set accounts=100 --set fraud=5% --keys\n" +
			"  wavetank generate template --file orders.jsonl --key orderId\n" +
			"  wavetank generate --scenario hot-shard -n 100",
		Args:      arguments(cobra.MaximumNArgs(1)),
		ValidArgs: generatorKinds,
		RunE: func(c *cobra.Command, args []string) error {
			if f.n < 0 {
				return usage(fmt.Errorf("-n %d: want 0 or more records", f.n))
			}
			s, err := f.open(args)
			if err != nil {
				return usage(err)
			}
			return f.print(c.Context(), e.stdout, s)
		},
	}
	f.add(c)
	return c
}

func (f *generateFlags) add(c *cobra.Command) {
	c.Flags().IntVarP(&f.n, "records", "n", 10, "the `number` of records")
	c.Flags().StringVar(&f.seed, "seed", "", "the `number` that everything random is drawn from (default 1, or the scenario's)")
	c.Flags().StringVar(&f.rate, "rate", "", "the `rate` of the load, which sets the times in the records (default 1000/s, or the scenario's)")
	c.Flags().StringVar(&f.key, "key", "", "the `member` that is the partition key")
	c.Flags().StringVar(&f.lanes, "lanes", "", "the `number` of independent sequences that the records are drawn in (default 4)")
	c.Flags().StringArrayVar(&f.set, "set", nil, "set a `parameter=value` of the generator, as in users=100 (repeatable)")
	c.Flags().StringVar(&f.file, "file", "", "the `file` of JSON Lines, or the template, of the kind template")
	c.Flags().StringVar(&f.scenario, "scenario", "", "print a scenario's load: a `name` of the library or a file; --set is then of its keys")
	c.Flags().IntVar(&f.load, "load", 0, "which of the scenario's loads, from 0")
	c.Flags().BoolVar(&f.keys, "keys", false, "put the partition key and a tab in front of each record")
}

// generateStart is when a printed load begins: fixed, so that the same command prints the same records.
var generateStart = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// open makes a scenario whose load is what is asked for.
func (f *generateFlags) open(args []string) (*scenarios.Scenario, error) {
	switch {
	case f.scenario != "" && len(args) > 0:
		return nil, fmt.Errorf("generate: found both %s and --scenario, want one of the two", args[0])
	case f.scenario != "":
		load := "load." + fmt.Sprint(f.load) + "."
		s, err := scenarios.Open(f.scenario, f.settings(load, ""))
		err = asTyped(err, f.shorthands(load, ""))
		if err == nil && (f.load < 0 || f.load >= len(s.Load)) {
			err = fmt.Errorf("--load %d: %s has %d of them, counted from 0", f.load, s.Name, len(s.Load))
		}
		return s, err
	case len(args) == 0:
		return nil, fmt.Errorf("generate: want a kind (%s) or --scenario, as in wavetank generate clickstream -n 5\nsee wavetank generate --help", strings.Join(generatorKinds, ", "))
	case !slices.Contains(generatorKinds, args[0]):
		return nil, fmt.Errorf("generate: found %q, want a kind: %s", args[0], strings.Join(generatorKinds, ", "))
	case args[0] == "template" && f.file == "":
		return nil, errors.New("generate template: want --file, the JSON Lines or the template to make records of")
	}
	of := "load.0.generator." + args[0] + "."
	text := "version: 1\npipeline: {streams: {records: {}}}\n" +
		"load: [{stream: records, rate: 1000/s, generator: {" + args[0] + ": {}}}]\n"
	s, err := scenarios.Parse("generate", []byte(text), f.settings("load.0.", of))
	return s, f.shorten(err, of)
}

// shorthands are the flags as keys of a scenario. The load's keys begin with load, a generator's parameters with of.
func (f *generateFlags) shorthands(load, of string) []shorthand {
	flags := []shorthand{
		{"--seed", "seed", f.seed}, {"--rate", load + "rate", f.rate}, {"--key", load + "partitionKey", f.key}, {"--lanes", load + "lanes", f.lanes},
	}
	if f.file != "" {
		flags = append(flags, shorthand{"--file", of + "file", fmt.Sprintf("%q", f.file)})
	}
	return flags
}

// settings are all flags as keys of a scenario.
func (f *generateFlags) settings(load, of string) []string {
	set := assignments(f.shorthands(load, of))
	for _, s := range f.set {
		set = append(set, of+s)
	}
	return set
}

// shorten makes errors speak of what was typed: a flag, or a generator's parameter without its path.
func (f *generateFlags) shorten(err error, of string) error {
	err = asTyped(err, f.shorthands("load.0.", of))
	var wrong scenarios.Errors
	if !errors.As(err, &wrong) {
		return err
	}
	for _, w := range wrong {
		w.Flag = strings.Replace(w.Flag, of, "", 1)
		w.Message = strings.Replace(w.Message, of, "", 1)
	}
	return wrong
}

// print writes the records.
func (f *generateFlags) print(ctx context.Context, w io.Writer, s *scenarios.Scenario) error {
	l := &s.Load[f.load]
	l.Generator.Compression = "" // they are to be read
	g, err := l.NewGenerator(s, uint32(s.Seed)+uint32(f.load), generateStart)
	if err != nil {
		return usage(fmt.Errorf("generate: %w", err))
	}
	schedule, err := l.NewSchedule(s)
	if err != nil {
		return usage(fmt.Errorf("generate: %w", err))
	}
	stream := generators.NewStream(g, schedule)
	out := bufio.NewWriterSize(w, 64<<10)
	var r generators.Record
	var line []byte
	for n := range f.n {
		if n%1024 == 0 && ctx.Err() != nil {
			return &exit{exitInterrupted, out.Flush()}
		}
		if !stream.Next(&r) {
			err := fmt.Errorf("generate: the load has only %d records, for its last rate is 0", n)
			return errors.Join(out.Flush(), err)
		}
		line = line[:0]
		if f.keys {
			line = append(append(line, r.Key...), '\t')
		}
		line = append(stream.Append(line), '\n')
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("print records: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print records: %w", err)
	}
	return nil
}
