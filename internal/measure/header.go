package measure

import "strings"

// Schema is the version of the run file that this package writes, and the newest it reads.
const Schema = 1

// The clocks a run can have.
const (
	ClockWall    = "wall"
	ClockVirtual = "virtual"
)

// Header is the first line of a run file: everything about a run that is known before it begins.
//
// On the virtual clock the file must be the same bytes whenever the run is repeated: NewRecorder then leaves Started out.
type Header struct {
	Schema   int               `json:"schema"` // set by NewRecorder
	Tool     string            `json:"tool"`   // program and version: "wavetank 0.1.0"
	Scenario string            `json:"scenario"`
	Digest   string            `json:"digest"` // of the resolved scenario, "sha256:…"
	Labels   map[string]string `json:"labels,omitzero"`
	Seed     uint64            `json:"seed"`
	Target   string            `json:"target"` // "embedded", or the endpoint
	Clock    string            `json:"clock"`  // ClockWall or ClockVirtual
	Model    string            `json:"model"`  // profile of what was invented: "local" or "aws"
	Go       string            `json:"go,omitzero"`
	Arch     string            `json:"arch,omitzero"`
	Started  string            `json:"started,omitzero"` // RFC 3339, of the load's second 0; wall clock only

	DurationSeconds float64 `json:"durationSeconds"` // of the load as planned, warm-up included
	WarmupSeconds   float64 `json:"warmupSeconds"`   // at the beginning of it; in the ledger, in no table
	DrainSeconds    float64 `json:"drainSeconds"`    // at most so long after the load
	LagLimit        int64   `json:"lagLimit"`        // nanoseconds of schedule.lag p99 over which the run is invalid

	Limits     map[string]float64 `json:"limits,omitzero"`     // of the target by name, such as shard.write.records: 1000
	Load       []PlannedLoad      `json:"load,omitzero"`       // in the scenario's order
	CannotTell []Trait            `json:"cannotTell,omitzero"` // what the target does not know or does not enforce
}

// PlannedLoad is what one load of the scenario is going to offer.
type PlannedLoad struct {
	Stream         string  `json:"stream,omitzero"`         // or
	DeliveryStream string  `json:"deliveryStream,omitzero"` // where it goes
	Generator      string  `json:"generator"`
	Lanes          int     `json:"lanes"`
	Keys           int     `json:"keys,omitzero"` // distinct partition keys; 0 is unbounded
	Records        float64 `json:"records"`       // expected over the whole duration
	MeanRate       float64 `json:"meanRate"`      // records/s
	PeakRate       float64 `json:"peakRate"`      // records/s, the highest second
}

// Trait is a measurement the target cannot tell. Objectives on it are null.
type Trait struct {
	Name   string `json:"name"`   // of a series or counter; "lambda.*" is all of a family
	Reason string `json:"reason"` // one clause, for the report
	// Measured tells that there are figures all the same: of what the target does, which is not what a pipeline should be
	// judged by.
	Measured bool `json:"measured,omitzero"`
}

// Unknown tells whether the target could not tell the named measurement, and why.
func (h *Header) Unknown(name string) (reason string, unknown bool) {
	t := h.trait(name)
	return t.Reason, t.Name != ""
}

// Shown tells whether the named measurement has figures to show: those that the target tells, and those that it only
// should not be judged by.
func (h *Header) Shown(name string) bool {
	t := h.trait(name)
	return t.Name == "" || t.Measured
}

// trait is what is said of a measurement; the zero trait where nothing is.
func (h *Header) trait(name string) Trait {
	for _, t := range h.CannotTell {
		family, all := strings.CutSuffix(t.Name, "*")
		if t.Name == name || all && strings.HasPrefix(name, family) {
			return t
		}
	}
	return Trait{}
}
