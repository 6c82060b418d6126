package main

import (
	"fmt"
	"strings"

	"github.com/wavetank/wavetank/scenarios"
)

// functionPlan is one event source mapping of a function.
type functionPlan struct {
	name   string
	model  scenarios.FunctionModel
	source scenarios.EventSource
	stream *streamPlan
	lanes  *lanes
}

// describe says how often the function is invoked and whether it keeps up.
func (f *functionPlan) describe(out *page) {
	e, l := f.source, f.lanes
	out.section("%s reads %s", f.name, e.Stream)
	out.row("model", "%s", modelWords(f.model))
	out.row("batches", "%s", batchWords(e))
	rate := l.invocations()
	if rate == 0 {
		out.warn("Nothing comes: it is never invoked.")
		return
	}
	of := fmt.Sprintf("%s there can be (%s × %d)", count(int64(len(l.flows))), plural(f.stream.shards, "shard"), e.ParallelizationFactor)
	if l.hopeless() {
		out.row("invocations", "%s/s, all of them failing", sayNumber(rate))
		out.row("concurrency", "%s of the %s", sayNumber(l.concurrency()), of)
		out.warn("No batch ever succeeds: each shard stands at its first one, which is sent again about once a minute.")
		return
	}
	lane, share := l.busiest()
	out.row("invocations", "%s/s of %s %s", sayNumber(rate), sayNumber(l.processed()*l.attempts/rate), recordWord(f.stream.offers...))
	out.row("concurrency", "%s of the %s; the busiest lane, in %s, runs %s of the time", sayNumber(l.concurrency()), of,
		shardName(lane/e.ParallelizationFactor), sayShare(min(1, l.batches(l.flows[lane])*l.busy())))
	if share > 1 {
		f.warnBehind(out, lane)
	}
}

// warnBehind says that records wait longer and longer, and what helps.
func (f *functionPlan) warnBehind(out *page, lane int) {
	help := "Raise batchSize or parallelizationFactor, add shards, or make the function faster."
	if key := f.stream.atMean.key; key.accepted().records > f.lanes.capacity() {
		help = "A key's batches run one after another, and " + key.key + " alone is too much for that: neither shards nor " +
			"parallelizationFactor help it. Raise batchSize, or make the function faster."
	}
	out.warn("It cannot keep up: a lane takes %s %s/s at most and the busiest gets %s, so records wait longer and longer. %s",
		sayNumber(f.lanes.capacity()), recordWord(f.stream.offers...), sayNumber(f.lanes.flows[lane]), help)
}

// modelWords is how a function behaves: takes 20ms (p50) to 80ms (p99), cold start 250ms, 1% of invocations fail, 256MiB.
func modelWords(m scenarios.FunctionModel) string {
	words := []string{"takes " + m.Duration.P50.String()}
	if !m.Duration.Constant() {
		words[0] += " (p50) to " + m.Duration.P99.String() + " (p99)"
	}
	if m.ColdStart > 0 {
		words = append(words, "cold start "+m.ColdStart.String())
	}
	if m.Errors > 0 {
		words = append(words, m.Errors.String()+" of invocations fail")
	}
	if m.MemorySize > 0 {
		words = append(words, m.MemorySize.String())
	}
	return strings.Join(words, ", ")
}

func batchWords(e scenarios.EventSource) string {
	when := "as soon as there are any"
	if e.MaximumBatchingWindow > 0 {
		when = "when full or after " + e.MaximumBatchingWindow.String()
	}
	words := fmt.Sprintf("at most %s, sent %s; %d at once a shard; from %s",
		plural(e.BatchSize, "record"), when, e.ParallelizationFactor, e.StartingPosition)
	if e.EnhancedFanOut {
		words += "; pushed by enhanced fan-out"
	}
	return words
}
