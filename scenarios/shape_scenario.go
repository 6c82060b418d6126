package scenarios

import (
	"strconv"
	"time"
)

// scenarioShape is the top of a scenario file.
var scenarioShape = shape[Scenario]{
	name: "scenario",
	doc:  "A wavetank scenario: a pipeline, the load offered to it, and the objectives it is held to.",
	keys: []key[Scenario]{
		row("version", version, func(s *Scenario) *int { return &s.Version },
			"Version of the scenario format: 1.", required),
		row("description", text(1000), func(s *Scenario) *string { return &s.Description },
			"What the scenario is about, in a sentence."),
		row("labels", mapOf(labelNames, labelValue), func(s *Scenario) *map[string]string { return &s.Labels },
			"Words of your own, carried into every result."),
		row("seed", seed, func(s *Scenario) *uint64 { return &s.Seed },
			"Seed of everything random: in virtual time, the same seed gives the same run.", byDefault("1")),
		row("duration", duration(1, longest), func(s *Scenario) *Duration { return &s.Duration },
			"How long load is offered, warm-up included. It cuts phases short; after the last phase its final rate goes on.",
			derived("as long as the longest load's phases, or 30s")),
		row("warmup", duration(0, longest), func(s *Scenario) *Duration { return &s.Warmup },
			"How much of the beginning is left out of tables and objectives. The ledger counts it.", byDefault("0s")),
		row("drain", duration(0, longest), func(s *Scenario) *Duration { return &s.Drain },
			"How long to wait, at most, after the load until every record has arrived.",
			derived("15s more than the longest buffering interval and batching window")),
		row("model", oneOf([]string{ModelLocal, ModelAWS}), func(s *Scenario) *string { return &s.Model },
			"What the simulator does where AWS documents nothing: local adds no service latency, aws adds typical ones.",
			byDefault(ModelLocal)),
		row("limits", allLimits, func(s *Scenario) *Limits { return &s.Limits },
			"By how much the limits of the embedded services differ from AWS's: off, aws, or a multiple such as 10x."),
		row("storage", storageShape.codec(), func(s *Scenario) *Storage { return &s.Storage },
			"Where the embedded target keeps records, and what it does when there is no more room: trim, refuse or fail."),
		row("pipeline", pipelineShape.codec(), func(s *Scenario) *Pipeline { return &s.Pipeline },
			"What the records go through.", required),
		row("existing", existingShape.codec(), func(s *Scenario) *Existing { return &s.Existing },
			"What of the pipeline is there already: it is neither made nor deleted, and written to only with allowWrites."),
		row("load", listOf(loadShape.codec()), func(s *Scenario) *[]Load { return &s.Load },
			"What is offered, all at the same time."),
		row("reshards", listOf(reshardShape.codec()), func(s *Scenario) *[]Reshard { return &s.Reshards },
			"When the number of a stream's shards is changed, and to what."),
		row("faults", listOf(faultShape.codec()), func(s *Scenario) *[]Fault { return &s.Faults },
			"What goes wrong, and when."),
		row("objectives", listOf(objective), func(s *Scenario) *[]Objective { return &s.Objectives },
			"What the run is held to, such as: put.latency p99 < 100ms.",
			derived("integrity.missing == 0, where the pipeline has a sink")),
	},
	finish: finishScenario,
}

var version = scalar[int]{
	want:   "1, the only version there is",
	kinds:  []kind{number},
	parse:  func(text string) (int, bool) { return 1, text == "1" },
	format: strconv.Itoa,
	number: true,
	schema: map[string]any{"const": 1},
}.codec()

var labelNames = names{what: "a label's name", most: 64, pattern: "[a-zA-Z0-9_./-]"}

// labelValue is text like any other, but may be written as a number or a boolean, and may be empty.
var labelValue = codec[string]{
	decode: text(256).decode,
	encode: func(v string, _ mode) *node { return textNode(v) },
	schema: func(*schemaWriter) map[string]any {
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	},
}

// Defaults that follow from the rest of the scenario.
const (
	defaultDuration = Duration(30 * time.Second)
	drainMargin     = Duration(15 * time.Second)
)

// finishScenario fills in what follows from several keys.
func finishScenario(d *decoder, n *node, s *Scenario) {
	s.Seed = max(s.Seed, 1)
	if !n.has("duration") {
		for _, l := range s.Load {
			s.Duration = max(s.Duration, phasesDuration(l.Phases))
		}
		if s.Duration == 0 {
			s.Duration = defaultDuration
		}
	}
	if s.Warmup >= s.Duration {
		d.errorf(n.at("warmup"), "found %v, want less than the duration, %v", s.Warmup, s.Duration)
	}
	if !n.has("drain") {
		s.Drain = s.Pipeline.longestBuffer() + drainMargin
	}
	if !n.has("objectives") && len(s.Pipeline.Sinks()) > 0 {
		s.Objectives = []Objective{{Name: "integrity.missing", Op: "==", Unit: UnitCount}}
		s.Objectives[0].Text = s.Objectives[0].String()
	}
}

// longestBuffer is the longest that a service of the pipeline may hold a record back on purpose.
func (p *Pipeline) longestBuffer() (most Duration) {
	for _, f := range p.Functions {
		for _, e := range f.EventSources {
			most = max(most, e.MaximumBatchingWindow)
		}
	}
	for _, s := range p.DeliveryStreams {
		most = max(most, s.Hints().Interval)
	}
	return most
}

func phasesDuration(phases []Phase) (total Duration) {
	for _, p := range phases {
		total += Duration(p.Duration())
	}
	return total
}
