package reports

import (
	_ "embed" // the schema
	"encoding/json"
	"fmt"
	"io"

	"github.com/wavetank/wavetank/internal/measure"
)

// ResultVersion is the version of result.json that this package writes. It grows when a member changes its meaning or
// goes away; members may be added without it.
const ResultVersion = 1

// Result is result.json: a run in numbers, for other programs. Times are nanoseconds where a unit is not in the name.
// A measurement or counter without tags is the whole run. Null is a rank among records that never came, or what could
// not be told.
type Result struct {
	Schema          int                `json:"schema"` // ResultVersion
	Tool            string             `json:"tool"`
	Scenario        string             `json:"scenario"`
	Digest          string             `json:"digest"`
	Labels          map[string]string  `json:"labels"`
	Seed            uint64             `json:"seed"`
	Target          string             `json:"target"`
	Clock           string             `json:"clock"`
	Model           string             `json:"model"`             // of the embedded target; empty for another
	Started         string             `json:"started,omitempty"` // RFC 3339; not in virtual time
	DurationSeconds float64            `json:"durationSeconds"`   // of the load as it went, warm-up included
	WarmupSeconds   float64            `json:"warmupSeconds"`
	Complete        bool               `json:"complete"` // the whole load was offered
	Drained         bool               `json:"drained"`  // everything came out before the drain was over
	Verdict         Verdict            `json:"verdict"`
	Validity        Validity           `json:"validity"`
	Measurements    []Measurement      `json:"measurements"`
	Counters        []Counter          `json:"counters"`
	Objectives      []Objective        `json:"objectives"`
	Goodput         []Goodput          `json:"goodput"`
	Ledger          *Ledger            `json:"ledger"` // null: the run was killed
	Shards          []Shard            `json:"shards"`
	Keys            Keys               `json:"keys"`
	Cost            *Cost              `json:"cost"`   // null: not known
	Limits          map[string]float64 `json:"limits"` // of the target, by name
	CannotTell      []Untold           `json:"cannotTell"`
	CloudWatch      []CloudWatch       `json:"cloudWatch,omitempty"`    // beside the run's own figures; not there where it told nothing
	LambdaReports   []LambdaReports    `json:"lambdaReports,omitempty"` // likewise, of the functions' logs
	Notes           []string           `json:"notes"`
}

// Untold is a measurement that the target cannot tell. Objectives on it are null.
type Untold struct {
	Name     string `json:"name"` // "lambda.*" is all of a family
	Reason   string `json:"reason"`
	Measured bool   `json:"measured,omitzero"` // it has figures all the same, which a pipeline should not be judged by
}

// Ledger is what became of every record that was offered, warm-up included: offered = acked + givenUp + unknown.
type Ledger struct {
	Offered int64                 `json:"offered"`
	Acked   int64                 `json:"acked"`
	GivenUp int64                 `json:"givenUp"`
	Unknown int64                 `json:"unknown"`
	Sinks   map[string]LedgerSink `json:"sinks"`
}

// LedgerSink is one sink's side: acked = delivered + dropped + pending + lost.
type LedgerSink struct {
	Kind                 string `json:"kind"`     // lambda, firehose or consumer
	Observed             bool   `json:"observed"` // false: nothing is known of it and every figure is 0
	Delivered            int64  `json:"delivered"`
	DeliveredUnacked     int64  `json:"deliveredUnacked"`
	Dropped              int64  `json:"dropped"`
	Pending              int64  `json:"pending"`
	Lost                 int64  `json:"lost"`
	Missing              int64  `json:"missing"`
	Duplicated           int64  `json:"duplicated"`
	DuplicatedByProducer int64  `json:"duplicatedByProducer"`
	DuplicatedByPipeline int64  `json:"duplicatedByPipeline"`
	Reordered            int64  `json:"reordered"`
	ReorderedBounded     bool   `json:"reorderedBounded,omitempty"` // Reordered is a lower bound
}

// Result is the run in numbers.
func (r *Report) Result() *Result {
	h := &r.Run.Header
	res := &Result{
		Schema: ResultVersion, Tool: h.Tool, Scenario: h.Scenario, Digest: h.Digest, Labels: h.Labels, Seed: h.Seed,
		Target: h.Target, Clock: h.Clock, Model: r.model(), Started: h.Started,
		DurationSeconds: r.elapsed(), WarmupSeconds: h.WarmupSeconds, Complete: r.complete(), Verdict: r.Verdict,
		Validity: r.Validity, Measurements: r.Measurements, Counters: r.Counters, Objectives: r.Objectives,
		Goodput: r.Goodput, Shards: r.Shards, Keys: r.Keys, Cost: r.Cost, Limits: h.Limits,
		CannotTell: []Untold{}, Notes: []string{}, CloudWatch: r.cloudWatch(), LambdaReports: r.lambdaReports(),
	}
	if res.Labels == nil {
		res.Labels = map[string]string{}
	}
	if res.Limits == nil {
		res.Limits = map[string]float64{}
	}
	for _, t := range h.CannotTell {
		res.CannotTell = append(res.CannotTell, Untold(t))
	}
	if end := r.Run.End; end != nil {
		res.Drained = end.Drained
		res.Ledger = newLedger(&end.Ledger)
		res.Notes = append(res.Notes, end.Notes...)
	}
	return res
}

func newLedger(l *measure.LedgerTotals) *Ledger {
	out := &Ledger{Offered: l.Offered, Acked: l.Acked, GivenUp: l.GivenUp, Unknown: l.Unknown, Sinks: map[string]LedgerSink{}}
	for _, s := range l.Sinks {
		out.Sinks[s.Name] = LedgerSink{
			Kind: s.Kind, Observed: s.Observed, Delivered: s.Delivered, DeliveredUnacked: s.DeliveredUnacked,
			Dropped: s.Dropped, Pending: s.Pending, Lost: s.Lost, Missing: s.Missing,
			Duplicated: s.Duplicated, DuplicatedByProducer: s.DuplicatedByProducer, DuplicatedByPipeline: s.DuplicatedByPipeline,
			Reordered: s.Reordered, ReorderedBounded: s.ReorderedBounded,
		}
	}
	return out
}

// WriteResult writes result.json.
func (r *Report) WriteResult(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r.Result()); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

//go:embed result.schema.json
var resultSchema []byte

// ResultSchema is the JSON Schema (draft 2020-12) of result.json.
func ResultSchema() []byte { return append([]byte(nil), resultSchema...) }
