package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/wavetank/wavetank/scenarios"
)

// describe says how the stream's load falls on its shards.
func (p *streamPlan) describe(out *page, spec scenarios.Stream) {
	out.section("%s: %s of 1,000 records/s and 1"+gap+"MiB/s%s", p.name, shardWords(spec), retentionWords(spec))
	if len(p.offers) == 0 || p.atPeak.key.records == 0 {
		out.warn("Nothing is put into it.")
		return
	}
	p.shardTable(out)
	if k := p.atMean.key; k.share() >= 0.001 {
		out.row("hottest key", "%s in %s: %s records/s and %s/s, %s of a shard's limit",
			k.key, shardName(k.shard), sayNumber(k.records), sayBytes(k.bytes), sayShare(k.share()))
	} else {
		out.row("hottest key", "none has as much as 0.1%% of a shard's limit")
	}
	if len(p.readers) > 0 {
		out.row("readers", "%d: %s of %d reads/s a shard, %s of 2 MiB/s of the busiest one",
			len(p.readers), sayNumber(p.reads()), shardReads, sayBytes(p.readBytes()))
	}
	if p.fanned > 0 {
		out.row("fan-out", "%s, each with 2 MiB/s of a shard of its own", plural(p.fanned, "consumer"))
	}
	if len(p.readers)+p.fanned == 0 {
		out.warn("Nothing reads it.")
	}
	p.warnings(out)
}

func shardWords(s scenarios.Stream) string {
	words := plural(s.Shards(), "shard")
	if s.StreamMode == scenarios.OnDemand {
		words += " (on demand, to begin with)"
	}
	return words
}

// retentionWords say how long records are kept and how large they may be, where it is more than a new stream has: 24h, 1MiB.
func retentionWords(s scenarios.Stream) string {
	words := ""
	if s.Retained() {
		words = ", records kept for " + s.RetentionPeriod.String()
	}
	if s.LargeRecords() {
		words += ", records of up to " + s.MaxRecordSize.String()
	}
	return words
}

// shownShards is how many shards of a stream are listed: the busiest of them where there are more.
const shownShards = 8

func (p *streamPlan) shardTable(out *page) {
	order := make([]int, p.shards)
	for i := range order {
		order[i] = i
	}
	head := []string{"shard", "records/s", "of limit", "MiB/s", "of limit"}
	if !p.steady() {
		head = append(head, "busiest s")
	}
	if p.shards > shownShards {
		slices.SortStableFunc(order, func(a, b int) int { return compareFlows(p.atMean.shards[b], p.atMean.shards[a]) })
		order = order[:shownShards]
	}
	var rows [][]string
	for _, i := range order {
		f := p.atMean.shards[i]
		row := []string{
			shardName(i), sayNumber(f.records), sayShare(f.records / shardRecords),
			sayNumber(f.bytes / shardBytes), sayShare(f.bytes / shardBytes),
		}
		if !p.steady() {
			row = append(row, sayShare(p.atPeak.shards[i].share()))
		}
		rows = append(rows, row)
	}
	out.table(head, rows, "busiest s", "MiB/s")
	if n := p.shards - len(order); n > 0 {
		out.line("  and " + plural(n, "less busy one"))
	}
}

// warnings are what the limits will refuse, and what helps.
func (p *streamPlan) warnings(out *page) {
	busiest := p.atMean.busiest()
	peak := p.atPeak.shards[p.atPeak.busiest()]
	switch key := p.atMean.key; {
	case key.share() > 1:
		out.warn("The key %s alone is over a shard's limit: no number of shards helps, because a key lies on one shard. "+
			"%s refuses %s of what it is offered. Spread the key, by a suffix or a finer member.",
			key.key, shardName(key.shard), sayShare(p.refused(key.shard)))
	case p.atMean.shards[busiest].share() > 1:
		out.warn("%s is offered %s of its limit and refuses %s of its records: %s.", shardName(busiest),
			sayShare(p.atMean.shards[busiest].share()), sayShare(p.refused(busiest)), helpful(p.mean, p.shards))
	case peak.share() > 1:
		shard := p.atPeak.busiest()
		out.warn("In the busiest second, at %s, %s is offered %s of its limit, and over the run it refuses about %s of its records "+
			"(a rested shard has one second's worth in reserve): %s.", scenarios.Duration(p.peakAt), shardName(shard),
			sayShare(peak.share()), sayShare(p.refused(shard)), helpful(p.during(p.peakAt, p.peakAt+time.Second), p.shards))
	}
	if p.reads() > shardReads {
		out.warn("The readers ask each shard for %s reads a second; it answers %d. The others are refused and asked again.",
			sayNumber(p.reads()), shardReads)
	}
	if p.readBytes() > shardReadBytes {
		out.warn("The readers want more than the 2 MiB a second that a shard gives to all of them: they fall behind. " +
			"Use more shards, or fewer readers of the stream.")
	}
}

// helpful says how many shards are enough.
func helpful(inlets []inlet, shards int) string {
	if n := enough(inlets, shards); n > 0 {
		return plural(n, "shard") + " would take it"
	}
	return "sixteen times as many shards would not take it, for few keys have most of the load"
}

// refused is the share of its records that a shard refuses.
func (p *streamPlan) refused(shard int) float64 { return 1 - p.kept(shard) }

func shardName(i int) string { return fmt.Sprintf("…-%012d", i) }
