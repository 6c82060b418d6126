package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wavetank/wavetank/scenarios"
)

// describeLimits says that the embedded services are told to have other limits than those that all figures here rest on.
func (p *plan) describeLimits(out *page) {
	if l := p.scenario.Limits; l.Changed() {
		out.section("limits of the embedded services: %s", strings.Join(l.Words(), ", "))
		out.warn("What is told here is by AWS's own limits.")
	}
}

// describeFaults says what goes wrong, and when.
func (p *plan) describeFaults(out *page) {
	if len(p.scenario.Faults) == 0 {
		return
	}
	out.section("faults, from the start of the load")
	faults := slices.Clone(p.scenario.Faults)
	slices.SortStableFunc(faults, func(a, b scenarios.Fault) int { return cmp.Compare(a.At, b.At) })
	for _, f := range faults {
		out.row(fmt.Sprintf("%s to %s", f.At, f.At+f.For), "%s", faultWords(f))
	}
	if last := faults[len(faults)-1]; last.At >= p.scenario.Duration {
		out.warn("The load is over after %s: what begins later meets no record of it.", p.scenario.Duration)
	}
}

func faultWords(f scenarios.Fault) string {
	switch {
	case f.Throttle != nil:
		return fmt.Sprintf("%s of the records put into %s are refused", f.Throttle.Share, f.Throttle.Stream+f.Throttle.DeliveryStream)
	case f.Latency != nil:
		return fmt.Sprintf("%s take %s longer", requestWords(f.Latency.Service, f.Latency.Operation, ""), f.Latency.Add)
	case f.Error != nil:
		return fmt.Sprintf("%s of %s fail with %s", f.Error.Share, requestWords(f.Error.Service, f.Error.Operation, ""), f.Error.Code)
	case f.Stall != nil:
		on := f.Stall.Stream + f.Stall.DeliveryStream
		words := requestWords("", f.Stall.Operation, on)
		if f.Stall.ShardID != "" {
			words += " that touch " + f.Stall.ShardID
		}
		return words + " are held until it is over"
	case f.Cut != nil && f.Cut.When == scenarios.CutAnswer:
		return fmt.Sprintf("%s of %s are done, and cut off from their answers", f.Cut.Share, requestWords(f.Cut.Service, f.Cut.Operation, ""))
	case f.Cut != nil:
		return fmt.Sprintf("%s of %s are cut off before they are seen", f.Cut.Share, requestWords(f.Cut.Service, f.Cut.Operation, ""))
	}
	return "nothing"
}

// requestWords names requests: "all PutRecords requests to kinesis".
func requestWords(service, operation, resource string) string {
	words := "all requests"
	if operation != "" {
		words = "all " + operation + " requests"
	}
	if service == "http" {
		return "all requests to the run's HTTP receiver"
	}
	if to := cmp.Or(resource, service); to != "" {
		words += " to " + to
	}
	return words
}

// describeObjectives says what the run is held to.
func (p *plan) describeObjectives(out *page) {
	if len(p.scenario.Objectives) == 0 {
		return
	}
	out.section("objectives")
	width := pageLabel
	for _, o := range p.scenario.Objectives {
		width = max(width, min(len(o.String())+4, 38))
	}
	for _, o := range p.scenario.Objectives {
		out.entry(width, o.String(), objectiveWords(o))
	}
}

// objectiveWords is a claim as a sentence: what is measured, then the limit.
func objectiveWords(o scenarios.Objective) string {
	doc, per, of := "due → at the sink", "record", o.Of()
	for _, m := range scenarios.Measurements() {
		if m.Name == o.Name {
			doc, per = m.Doc, m.Per
		}
	}
	words := doc + ": " + limitWords(o)
	if of != "" {
		words += " of " + of
	}
	if q, ok := o.Quantile(); ok {
		words += fmt.Sprintf(" for %s%% of the %ss", trim(q*100), per)
	} else if o.Stat != "" {
		words += map[string]string{"min": ", the smallest", "mean": " on average", "max": " for every " + per}[o.Stat]
	}
	if o.Over > 0 {
		words += ", in every " + scenarios.Duration(o.Over).String()
	}
	return words
}

func limitWords(o scenarios.Objective) string {
	limit := o.LimitText()
	if o.Unit == scenarios.UnitCount {
		limit = count(int64(o.Limit))
	}
	switch {
	case o.Op == "==" && o.Limit == 0:
		return "none"
	case o.Op == "==":
		return "exactly " + limit
	}
	return map[string]string{"<": "less than ", "<=": "at most ", ">": "more than ", ">=": "at least "}[o.Op] + limit
}

// trim writes a percentage without idle digits.
func trim(v float64) string {
	text := strings.TrimRight(strconv.FormatFloat(v, 'f', 4, 64), "0")
	return strings.TrimSuffix(text, ".")
}
