package main

import (
	"slices"
	"time"

	"github.com/wavetank/wavetank/scenarios"
)

// streamPlan is a stream under its loads.
type streamPlan struct {
	name    string
	shards  int
	offers  []*offer
	mean    []inlet       // the loads at their mean rates
	atMean  use           // what these make
	atPeak  use           // what the busiest second of all loads together makes
	peakAt  time.Duration // when that begins
	taken   []flow        // what each shard takes, on average over the run
	fanned  int           // readers with enhanced fan-out
	readers []float64     // how often each reader reads every shard, a second, while it keeps up; of those that poll
}

// newStreamPlan spreads loads over a stream's shards, at their mean rates, in the busiest second and over the run.
func newStreamPlan(name string, shards int, offers []*offer) *streamPlan {
	p := &streamPlan{name: name, shards: shards, offers: offers, taken: make([]flow, shards)}
	var length time.Duration
	for _, o := range offers {
		length = max(length, o.length)
		p.mean = append(p.mean, o.inlet(o.mean))
	}
	_, p.peakAt = busiestSecond(func(t time.Duration) float64 {
		sum := 0.0
		for _, o := range offers {
			sum += o.due(t)
		}
		return sum
	}, length)
	p.atMean = spread(p.mean, shards)
	p.atPeak = spread(p.during(p.peakAt, min(p.peakAt+time.Second, length)), shards)
	if length > 0 {
		p.take(length)
	}
	return p
}

// inlet is the load at a rate.
func (o *offer) inlet(rate float64) inlet { return inlet{rate, &o.sample, &o.packing} }

// during is the loads at their mean rates of a stretch of time.
func (p *streamPlan) during(from, to time.Duration) []inlet {
	list := make([]inlet, len(p.offers))
	for i, o := range p.offers {
		list[i] = o.inlet((o.due(to) - o.due(from)) / (to - from).Seconds())
	}
	return list
}

// stretches is into how many a run is divided to tell what its shards take of a rate that changes.
const stretches = 600

// take adds up what each shard takes, stretch by stretch. What the reserve of a rested shard takes besides, and what
// succeeds in a later stretch because it was retried, is left out.
func (p *streamPlan) take(length time.Duration) {
	units := make([][]flow, len(p.offers)) // of each load, shard by shard, at one record a second
	for i, o := range p.offers {
		units[i] = spread([]inlet{o.inlet(1)}, p.shards).shards
	}
	step := max(time.Second, length/stretches)
	for from := time.Duration(0); from < length; from += step {
		to := min(from+step, length)
		part := float64(to-from) / float64(length)
		inlets := p.during(from, to)
		for shard := range p.taken {
			var f flow
			for i, in := range inlets {
				f = f.plus(units[i][shard].times(in.rate))
			}
			p.taken[shard] = p.taken[shard].plus(f.accepted().times(part))
		}
	}
}

// kept is the share of a shard's load that it takes.
func (p *streamPlan) kept(shard int) float64 {
	if p.atMean.shards[shard].records == 0 {
		return 1
	}
	return p.taken[shard].records / p.atMean.shards[shard].records
}

// steady tells whether the stream's load is the same in every second.
func (p *streamPlan) steady() bool {
	return !slices.ContainsFunc(p.offers, func(o *offer) bool { return !o.steady() })
}

// arrivals are those of all loads: the dispersion of their counts, by their rates, and the period where the only load is
// aligned.
func (p *streamPlan) arrivals() (dispersion float64, period time.Duration) {
	sum := 0.0
	for _, o := range p.offers {
		sum += o.mean
		switch a := o.load.Arrivals; {
		case a.Kind == scenarios.Poisson:
			dispersion += o.mean
		case a.Kind == scenarios.Bursty:
			dispersion += o.mean * a.Dispersion
		case a.Kind == scenarios.Aligned && len(p.offers) == 1:
			period = a.Period.Std()
		}
	}
	if sum == 0 {
		return 0, 0
	}
	return dispersion / sum, period
}

// users is how many records of the loads are in one of the stream.
func (p *streamPlan) users() float64 {
	var users, stored float64
	for _, o := range p.offers {
		users += o.mean
		stored += o.stored
	}
	if stored == 0 {
		return 1
	}
	return users / stored
}

// bodies is the part of the bytes that is neither partition keys nor of aggregates.
func (p *streamPlan) bodies() float64 {
	var bodies, all float64
	for _, o := range p.offers {
		bodies += o.mean * o.sample.size
		all += o.packing.stored(flow{o.mean, o.mean * o.sample.wire()}, o.sample.wire()).bytes
	}
	if all == 0 {
		return 1
	}
	return bodies / all
}

// reader adds a reader that is pushed to, or that polls so many seconds apart.
func (p *streamPlan) reader(fanOut bool, every float64) {
	if fanOut {
		p.fanned++
		return
	}
	p.read(1 / every)
}

// read adds a reader that polls.
func (p *streamPlan) read(perSecond float64) { p.readers = append(p.readers, perSecond) }

// requests is how many puts a second there are.
func (p *streamPlan) requests() (sum float64) {
	for _, o := range p.offers {
		sum += o.requests
	}
	return sum
}

// reads is how often all readers together read each shard, a second.
func (p *streamPlan) reads() (sum float64) {
	for _, r := range p.readers {
		sum += r
	}
	return sum
}

// readBytes is what all readers together read from the busiest shard, a second.
func (p *streamPlan) readBytes() float64 {
	most := 0.0
	for _, f := range p.taken {
		most = max(most, f.bytes)
	}
	return most * float64(len(p.readers))
}
