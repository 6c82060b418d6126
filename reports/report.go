package reports

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// The files of a run directory that a report is made from.
const (
	RunFile      = "run.jsonl"
	ScenarioFile = "scenario.yaml"
	PricesFile   = "prices.yaml" // only where the user has prices of their own
)

// Report is what happened in a run.
type Report struct {
	Run      *measure.Run
	Scenario *scenarios.Scenario
	Dir      string // of the run; empty where it was built in memory

	Verdict      Verdict
	Validity     Validity
	Objectives   []Objective
	Measurements []Measurement // for each name the whole run, then each tagged series
	Counters     []Counter     // likewise
	Shards       []Shard       // empty where the target cannot see inside
	Keys         Keys
	Goodput      []Goodput
	Cost         *Cost // nil where the sizes of records are not known

	measured span  // the seconds that tables and objectives are about
	late     []int // of these, the seconds in which the harness itself was late
	prices   *pricing.List
}

// Load reads a run directory. A run that was killed can be read up to its last second; one without its scenario cannot be
// judged and is an error.
func Load(dir string) (*Report, error) {
	file, err := os.Open(filepath.Join(dir, RunFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no run: there is no %s in it", dir, RunFile)
	}
	if err != nil {
		return nil, fmt.Errorf("open the run: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	run, err := measure.Read(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Join(dir, RunFile), err)
	}
	path := filepath.Join(dir, ScenarioFile)
	s, err := scenarios.ReadFile(path, nil)
	if err != nil {
		return nil, fmt.Errorf("read the run's scenario: %w", err)
	}
	s.Name = run.Header.Scenario
	prices, err := keptPrices(dir)
	if err != nil {
		return nil, err
	}
	r := Build(run, s)
	r.Dir = dir
	r.Price(prices)
	return r, nil
}

// Build judges a run.
func Build(run *measure.Run, s *scenarios.Scenario) *Report {
	r := &Report{Run: run, Scenario: s}
	r.measured.from, r.measured.to = run.Measured()
	r.Keys = r.readKeys()
	r.Shards = r.readShards()
	r.Measurements = r.measurements()
	r.Counters = r.counters()
	r.Goodput = r.readGoodput()
	r.validate()
	r.Objectives = make([]Objective, 0, len(s.Objectives))
	for _, o := range s.Objectives {
		r.Objectives = append(r.Objectives, r.judge(o))
	}
	r.decide()
	r.Cost = r.estimate()
	return r
}

// elapsed is how long the load went on, warm-up included, in seconds.
func (r *Report) elapsed() float64 {
	if r.Run.End != nil {
		return r.Run.End.ElapsedSeconds
	}
	return min(r.Run.Last, r.Run.Header.DurationSeconds)
}

// complete tells whether the whole load was offered.
func (r *Report) complete() bool { return r.Run.End != nil && r.Run.End.Complete }

// whole is a measurement of the whole run; nil where it was not taken.
func (r *Report) whole(name string) *Measurement {
	for i := range r.Measurements {
		if m := &r.Measurements[i]; m.Name == name && len(m.Tags) == 0 {
			return m
		}
	}
	return nil
}

// counter is a count of the whole run.
func (r *Report) counter(name string) int64 {
	for i := range r.Counters {
		if c := &r.Counters[i]; c.Name == name && len(c.Tags) == 0 {
			return c.Value
		}
	}
	return 0
}

// Goodput is how many distinct records a second came out of a sink within its objective's latency.
type Goodput struct {
	Sink   string  `json:"sink"`
	Rate   float64 `json:"rate"`   // records/s, over the measured seconds
	Within *int64  `json:"within"` // ns; null: the sink has no objective, whatever came out counts
}

func (r *Report) readGoodput() []Goodput {
	all := []Goodput{}
	if r.measured.seconds() == 0 {
		return all
	}
	for _, s := range r.sinks() {
		g := r.goodLatency(s)
		if !r.Run.Header.Shown(g.name) {
			continue
		}
		out := Goodput{Sink: s.name, Rate: readGoodput(r.Run.Find(g.name, g.tags), g.limit, []span{r.measured}).value}
		if g.limit != measure.Top {
			out.Within = &g.limit
		}
		all = append(all, out)
	}
	return all
}
