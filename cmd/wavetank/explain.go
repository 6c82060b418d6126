package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/scenarios"
)

func newExplain(e env) *cobra.Command {
	var f scenarioFlags
	var prices pricesFlag
	c := &cobra.Command{
		Use:   "explain [SCENARIO]",
		Short: "Say in words and numbers what a scenario will do, and what it would cost on AWS",
		Long: "explain works out what a scenario will do before anything runs: records and bytes, how they fall on shards and\n" +
			"keys against the limits, requests, invocations, objects, faults, objectives, and the cost on AWS. Figures are means\n" +
			"of the plan; sizes and keys are those of the first records that the seed draws. SCENARIO is a name of the library (see wavetank scenarios) or a file; the default is " + defaultScenario + ".",
		Example: "  wavetank explain hot-shard\n" +
			"  wavetank explain mine.yaml --rate 4000/s --prices prices.yaml",
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := prices.read()
			if err != nil {
				return err
			}
			s, err := f.open(args)
			if err != nil {
				return err
			}
			p, err := newPlan(s)
			if err != nil {
				return usage(err)
			}
			p.prices = list
			out := newPage(e, e.stdout)
			p.explain(out)
			_, err = io.WriteString(e.stdout, out.String())
			return err
		},
	}
	f.add(c)
	prices.add(c)
	return c
}

// explain writes the plan out.
func (p *plan) explain(out *page) {
	p.title(out)
	for _, o := range p.offers {
		o.describe(out, p.scenario.Warmup.Std())
	}
	for _, s := range p.streams {
		s.describe(out, p.scenario.Pipeline.Streams[s.name])
	}
	for _, f := range p.functions {
		f.describe(out)
	}
	for _, d := range p.deliveries {
		d.describe(out)
	}
	p.describeLimits(out)
	p.describeStorage(out)
	p.describeReshards(out)
	p.describeFaults(out)
	p.describeObjectives(out)
	p.describeCost(out)
}

// title names the scenario and draws its pipeline.
func (p *plan) title(out *page) {
	s := p.scenario
	out.section("%s · seed %d · %s · model %s", s.Name, s.Seed, s.Duration, modelName(s.Model))
	if s.Description != "" {
		out.paragraph("", s.Description)
	}
	out.section("pipeline")
	for _, line := range pipelineLines(s, out.columns()-2) {
		out.line("  " + line)
	}
	if len(p.offers) == 0 {
		out.section("load")
		out.warn("There is none: the pipeline is made, and nothing is offered.")
	}
}

func modelName(model string) string {
	if model == scenarios.ModelLocal {
		return model + " (no AWS service time)"
	}
	return model
}
