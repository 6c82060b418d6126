package main

import (
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// describeCost says what AWS would bill.
func (p *plan) describeCost(out *page) {
	used := p.usage()
	run, month := p.prices.Estimate(used), p.prices.Estimate(used.PerMonth(p.scenario.Duration.Std()))
	out.section("cost on AWS, an estimate by %s", p.prices.Basis())
	out.paragraph("  ", p.prices.Summary(run, month))
	if len(month.Lines) == 0 {
		return
	}
	var rows [][]string
	for _, l := range month.Lines {
		rows = append(rows, []string{l.Price.Name, sayNumber(l.Quantity), l.Price.Unit, pricing.FormatUSD(l.USD), dated(l.Price)})
	}
	out.table([]string{"a month", "quantity", "unit", "USD", "price dated"}, rows, "price dated", "unit")
	out.paragraph("  ", "Free tiers, transfer, storage, taxes and discounts are left out.")
}

// dated is how old a price is, or that it is the user's own.
func dated(p pricing.Price) string {
	if p.Confidence == pricing.Own {
		return "your own"
	}
	return p.Date
}

// usage is what AWS would bill for the run: the load's duration, and the records that are accepted.
func (p *plan) usage() pricing.Usage {
	var u pricing.Usage
	length := p.scenario.Duration.Std()
	seconds := length.Seconds()
	for _, s := range p.streams {
		u = u.Add(s.usage(p.scenario.Pipeline.Streams[s.name], seconds, p.scenario.ShardHours(s.name, length)))
	}
	for _, f := range p.functions {
		n := f.lanes.invocations() * seconds
		u.LambdaRequests += n
		u.LambdaGBSeconds += n * (f.lanes.took + halfStep) * float64(f.model.MemorySize) / pricing.GB
	}
	for _, d := range p.deliveries {
		kept := 1.0
		if d.spec.Source != "" {
			kept = p.stream(d.spec.Source).keptOfAll()
		}
		for _, o := range d.offers {
			u.FirehoseGB += o.records() * kept * o.sample.firehose / pricing.GB
		}
		u.S3Puts += d.puts() * seconds
	}
	return u
}

// halfStep is what billing full milliseconds adds to an invocation, on average, in seconds.
const halfStep = 0.0005

// usage is what is billed for the stream and its readers.
func (p *streamPlan) usage(spec scenarios.Stream, seconds, shardHours float64) (u pricing.Usage) {
	kept := p.keptOfAll()
	pushed := total(p.taken).bytes * seconds * float64(p.fanned) / pricing.GB
	if spec.StreamMode == scenarios.OnDemand {
		u.OnDemandStreamHours = seconds / 3600
		u.OnDemandGBOut = total(p.taken).bytes * seconds * float64(len(p.readers)) / pricing.GB
		u.OnDemandFanOutGB = pushed
		for _, o := range p.offers {
			u.OnDemandGBIn += o.records() * kept * o.billed(o.sample.onDemand, o.packing.onDemand) / pricing.GB
		}
		return u
	}
	u.ShardHours = shardHours
	u.FanOutShardHours, u.FanOutGB = shardHours*float64(p.fanned), pushed
	if spec.Retained() {
		u.RetainedShardHours = shardHours
	}
	for _, o := range p.offers {
		u.PayloadUnits += o.records() * kept * o.billed(o.sample.units, o.packing.units)
	}
	return u
}

// billed is what a record of the load counts for, alone or in an aggregate.
func (o *offer) billed(alone, aggregate float64) float64 {
	if o.packing.aggregates() {
		return aggregate / o.packing.users
	}
	return alone
}

// keptOfAll is the share of all its load that the stream takes.
func (p *streamPlan) keptOfAll() float64 {
	offered := total(p.atMean.shards).records
	if offered == 0 {
		return 1
	}
	return total(p.taken).records / offered
}
