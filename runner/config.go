// Package runner carries out a scenario: it offers the load, open-loop, to a target and writes down what became of it.
//
// Every record is due at an instant of its own, and everything is measured from there. A planner cuts the records into
// batches by their due instants alone; a loader lets each request leave at its instant, made ready by then; what
// comes back is settled record by record in a ledger. The engine is the same code on the wall clock and in virtual time.
//
// A run leaves a directory with run.jsonl and scenario.yaml; package reports makes everything else from these.
package runner

import (
	"errors"
	"io"
	"maps"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// Config is what to run. Scenario, Dir and Target must be set.
type Config struct {
	Scenario *scenarios.Scenario
	Dir      string                  // of the run; made where it is not there
	Virtual  bool                    // in virtual time; else on the wall clock
	Target   func(Env) target.Target // makes the target; called once
	Labels   map[string]string       // added to the scenario's own
	Tool     string                  // program and version, for the run file; default "wavetank"
	// Progress is told where the run stands, once a second of its clock and in virtual time a hundred times a run at most,
	// from one goroutine at a time; may be nil.
	Progress func(Status)

	// Of tests; nil otherwise.
	pause  func(*clock.Proc)         // stops a loader where the machine would
	writer func(io.Writer) io.Writer // is written to in place of the run file
}

// Env is what a target needs of its run.
type Env struct {
	Clock    clock.Clock
	Seed     uint64
	Identify record.Identify       // finds a record's lane and number in its body
	Next     func(data []byte) int // where the next record of ours begins in concatenated bodies; -1 nowhere
	Skip     func(data []byte) int // how much of data, which begins with a record of ours, holds no other
	Marker   []byte                // the body of a marker record
	Render   record.Render         // makes a record's body again
	Open     record.Open           // opens a record of a stream for who reads it; nil where no load aggregates
	Scenario *scenarios.Scenario
	Dir      string // of the run: a target may leave files of its own there

	// Phase tells what the target is at while it is being made; Note keeps a sentence for the person, at once where the
	// progress is told and in the report. Both are safe for concurrent use.
	Phase, Note func(text string)

	// End ends the run before its load is over: it is invalid, for that reason. What is under way is not waited for. It is
	// quick, and safe for concurrent use; the first reason counts.
	End func(reason string)
}

func (c Config) withDefaults() (Config, error) {
	switch {
	case c.Scenario == nil:
		return c, errors.New("run: no scenario")
	case c.Dir == "":
		return c, errors.New("run: no directory")
	case c.Target == nil:
		return c, errors.New("run: no target")
	}
	if c.Tool == "" {
		c.Tool = "wavetank"
	}
	if c.writer == nil {
		c.writer = func(w io.Writer) io.Writer { return w }
	}
	return c, nil
}

// labels are the scenario's and the run's own.
func (c *Config) labels() map[string]string {
	labels := maps.Clone(c.Scenario.Labels)
	if labels == nil && len(c.Labels) > 0 {
		labels = map[string]string{}
	}
	maps.Copy(labels, c.Labels)
	return labels
}
