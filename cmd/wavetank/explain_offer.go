package main

import (
	"fmt"
	"math"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/scenarios"
)

// offer is one load as it is going to be offered.
type offer struct {
	load      *scenarios.Load
	generator generators.Generator
	schedule  *generators.Schedule
	length    time.Duration
	due       func(time.Duration) float64 // records due before an instant, on average over seeds
	mean      float64                     // records/s over the load
	peak      float64                     // records/s in the busiest second
	peakAt    time.Duration               // when that begins
	stored    float64                     // records/s of the stream: aggregates, where there are any
	requests  float64                     // puts a second
	sample    sample
	packing   packing
}

// newOffer makes what a load is made of. Nothing is drawn yet.
func newOffer(s *scenarios.Scenario, l *scenarios.Load) (*offer, error) {
	g, err := l.NewGenerator(s, uint32(s.Seed), generateStart)
	if err != nil {
		return nil, err
	}
	schedule, err := l.NewSchedule(s)
	if err != nil {
		return nil, err
	}
	o := &offer{
		load: l, generator: g, schedule: schedule,
		length: schedule.Duration(), due: dueOf(schedule.Expected, l.Arrivals),
	}
	o.mean = o.records() / o.length.Seconds()
	o.peak, o.peakAt = busiestSecond(o.due, o.length)
	o.sample = draw(o.stream(), o.length)
	o.stored, o.requests = o.mean, requestRate(o.mean, o.sample.wire(), l)
	if o.packing = o.newPacking(s.Pipeline.Streams[l.Stream].Shards()); o.packing.aggregates() {
		o.stored = o.mean / o.packing.users
		o.requests = o.stored / o.packing.gathered
	}
	return o, nil
}

// stream is the load's records from the beginning.
func (o *offer) stream() *generators.Stream { return generators.NewStream(o.generator, o.schedule) }

// records are how many the load offers.
func (o *offer) records() float64 { return o.due(o.length) }

// steady tells whether the rate is the same throughout, to 1 in 1,000.
func (o *offer) steady() bool { return o.peak <= o.mean*1.001 }

// dueOf is how many records are due before an instant. Aligned arrivals have all of a period due at the mark that opens
// it; the others follow the intensity.
func dueOf(expected func(time.Duration) float64, a scenarios.Arrivals) func(time.Duration) float64 {
	if a.Kind != scenarios.Aligned {
		return expected
	}
	period := a.Period.Std()
	return func(t time.Duration) float64 {
		if begun := t % period; begun > 0 {
			t += period - begun
		}
		return expected(t)
	}
}

// busiestSecond is the largest number of records due in one second of the load, by the second in which due counts, and
// when that begins. A load shorter than a second is one second.
func busiestSecond(due func(time.Duration) float64, length time.Duration) (records float64, at time.Duration) {
	before := 0.0
	for t := time.Duration(0); t < length; t += time.Second {
		upTo := due(min(t+time.Second, length))
		if upTo-before > records*(1+1e-9) {
			records, at = upTo-before, t
		}
		before = upTo
	}
	return records, at
}

// maxRequest is how many bytes the load engine puts into one request: what every operation takes.
const maxRequest = 4 << 20

// requestRate is how many requests a second leave at a rate of records that take size bytes each: one leaves when it is
// full or its first record has waited for the linger, by when rate·linger more are due, half a record less where they are
// evenly spaced. Bursts come whole, and aligned records a period's at once.
func requestRate(rate, size float64, l *scenarios.Load) float64 {
	if rate <= 0 {
		return 0
	}
	full := float64(l.Batch.Records)
	if size > 0 {
		full = min(full, max(1, math.Floor(maxRequest/size)))
	}
	more := rate * l.Batch.Linger.Std().Seconds()
	gathered := max(1, more+0.5)
	switch l.Arrivals.Kind {
	case scenarios.Aligned:
		period := l.Arrivals.Period.Std().Seconds()
		return math.Ceil(rate*period/full) / period
	case scenarios.Poisson:
		gathered = 1 + more
	case scenarios.Bursty:
		gathered = (l.Arrivals.Dispersion+1)/2 + more // the first is a whole burst
	}
	return rate / min(full, gathered)
}

// describe writes what a load offers.
func (o *offer) describe(p *page, warmup time.Duration) {
	l := o.load
	operation := "PutRecords"
	if l.DeliveryStream != "" {
		operation = "PutRecordBatch"
	}
	p.section("load into %s", l.Target())
	if o.records() <= 0 {
		p.warn("The rate is 0 throughout: nothing is offered.")
		return
	}
	lead := ""
	if warmup > 0 {
		lead = fmt.Sprintf(", the first %s of it warm-up", scenarios.Duration(warmup))
	}
	p.row("records", "%s in %s%s", sayNumber(o.records()), scenarios.Duration(o.length), lead)
	p.row("rate", "%s, %s", o.rateWords(), arrivalWords(l.Arrivals))
	keys := "of " + count(int64(o.generator.Keys()))
	if o.generator.Keys() == 0 {
		keys = "of which new ones keep coming"
	}
	p.row("record", "%s, key %s %s: mean %s, p50 %s, p99 %s (%s drawn)", l.Generator.Kind(), l.PartitionKey, keys,
		sayBytes(o.sample.size), sayBytes(o.sample.quantile(0.50)), sayBytes(o.sample.quantile(0.99)), count(int64(o.sample.drawn)))
	p.row("bytes", "%s/s, %s in all", sayBytes(o.mean*o.sample.size), sayBytes(o.records()*o.sample.size))
	o.describeAggregates(p)
	p.row(operation, "%s requests/s of %s %s (at most %d, linger %s), retries not counted",
		sayNumber(o.requests), sayNumber(o.stored/o.requests), recordWord(o), l.Batch.Records, l.Batch.Linger)
}

func (o *offer) rateWords() string {
	if o.steady() {
		return sayNumber(o.mean) + "/s throughout"
	}
	return fmt.Sprintf("mean %s/s, %s in the busiest second, at %s", sayNumber(o.mean), sayNumber(o.peak), scenarios.Duration(o.peakAt))
}

func arrivalWords(a scenarios.Arrivals) string {
	switch a.Kind {
	case scenarios.Bursty:
		return fmt.Sprintf("in bursts (dispersion %s)", sayNumber(a.Dispersion))
	case scenarios.Aligned:
		return fmt.Sprintf("all of %s at its full mark", a.Period)
	case scenarios.Poisson:
		return "Poisson arrivals"
	}
	return "evenly spaced"
}
