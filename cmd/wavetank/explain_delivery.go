package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wavetank/wavetank/scenarios"
)

// deliveryPlan is a delivery stream and its buffers.
type deliveryPlan struct {
	name    string
	spec    scenarios.DeliveryStream
	offers  []*offer // whose records it delivers, directly or from its source
	buffers []buffer
}

// describe says how many objects or requests there will be, and of which size.
func (d *deliveryPlan) describe(out *page) {
	units, format := "objects", d.spec.S3.CompressionFormat
	if h := d.spec.HTTP; h != nil {
		units, format = "requests", h.RequestConfiguration.ContentEncoding
	}
	out.section("%s delivers %s to %s", d.name, cmp.Or(d.spec.Source, "Direct PUT"), d.destination())
	hints := d.spec.Hints()
	out.row("buffers", "%s, each delivered at %s or after %s", count(int64(len(d.buffers))), hints.Size, hints.Interval)
	rate, size := objects(d.buffers)
	if rate == 0 {
		out.warn("Nothing comes: there are no %s.", units)
		return
	}
	out.row("first met", "%s", d.metFirst())
	what := sayBytes(size)
	if format == scenarios.Gzip {
		what += ", about " + sayBytes(size*d.gzipRatio()) + " in GZIP"
	}
	out.row(units, "%s a minute, each of %s", sayNumber(rate*60), what)
	d.describeReceiver(out)
	if d.spec.Source == "" && d.overQuota() {
		out.warn("Direct PUT takes %s records, 5 MiB and %s requests a second (us-east-1): the rest is refused and retried.",
			count(directRecords), count(directRequests))
	}
}

// metFirst is what ends the objects.
func (d *deliveryPlan) metFirst() string {
	full := 0
	for _, b := range d.buffers {
		if b.fills() {
			full++
		}
	}
	byPeriod := func(a, b buffer) int { return cmp.Compare(a.filled(), b.filled()) }
	fastest, slowest := slices.MinFunc(d.buffers, byPeriod), slices.MaxFunc(d.buffers, byPeriod)
	switch {
	case full == 0:
		return fmt.Sprintf("the interval: %s would take %s", fastest.amount(), sayTime(fastest.filled()))
	case full == len(d.buffers):
		return fastest.bound() + ", within " + sayTime(slowest.period())
	}
	return fmt.Sprintf("%s in %s, the interval in %s", fastest.bound(), plural(full, "buffer"), count(int64(len(d.buffers)-full)))
}

// gzipRatio is that of the records of the load that brings most.
func (d *deliveryPlan) gzipRatio() float64 {
	most := slices.MaxFunc(d.offers, func(a, b *offer) int { return cmp.Compare(a.mean, b.mean) })
	return gzipRatio(most.stream())
}

// overQuota tells whether Direct PUT refuses some of what the loads bring, on average.
func (d *deliveryPlan) overQuota() bool {
	b, requests := d.buffers[0], 0.0
	for _, o := range d.offers {
		requests += o.requests
	}
	return b.records > directRecords || b.bytes > directBytes || requests > directRequests
}
