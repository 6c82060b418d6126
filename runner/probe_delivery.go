package runner

import (
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// deliveryProbe measures one delivery stream.
type deliveryProbe struct {
	sink                   *sink
	fresh                  *measure.Series
	arrival                *measure.Series // of a Direct PUT; nil where there is a source
	objects, bytes, stored *measure.Counter
}

func newDeliveryProbe(p *probe, name string, d scenarios.DeliveryStream) *deliveryProbe {
	tags := measure.Tags{"deliveryStream": name}
	x := &deliveryProbe{}
	from := target.Destination{Stream: d.Source}
	if d.Source == "" {
		from.DeliveryStream = name
		x.arrival = p.rec.Series("put.arrival", tags, population(from))
	}
	x.sink = newSink(p, name, from, nil, p.rec.Series("firehose.lag", tags, population(from)))
	x.fresh = p.rec.Series("firehose.freshness", tags, measure.SeriesOptions{})
	x.objects = p.rec.Counter("firehose.objects", tags)
	x.bytes = p.rec.Counter("firehose.bytes", tags)
	x.stored = p.rec.Counter("firehose.storedBytes", tags)
	return x
}

// DeliveryStreamPut measures the arrival of a Direct PUT's records.
func (p *probe) DeliveryStreamPut(now time.Time, deliveryStream string, records []target.Record, refused []bool) {
	d, at := p.deliveryStreams[deliveryStream], p.at(now)
	if d == nil || d.arrival == nil || d.sink.account == nil || at < 0 {
		return
	}
	batch := d.sink.account.ledger.Begin()
	defer batch.End()
	u := d.arrival.Unit()
	defer u.End()
	for i := range records {
		r := &records[i]
		if refused[i] || !p.book.measured(r) {
			continue
		}
		if due, first := batch.Arrives(r.Lane, r.Number, d.sink.account.placeOf(r)); first {
			u.Add(due, at-due)
		}
	}
}

// Delivered measures one object. It is counted in the second in which it became visible.
func (p *probe) Delivered(o target.Delivery) {
	d, at := p.deliveryStreams[o.DeliveryStream], p.at(o.At)
	if d == nil || at < 0 {
		return
	}
	if n := d.sink.out(o.Records, at, at); n.records > 0 {
		d.objects.Add(at, 1)
		d.bytes.Add(at, n.bytes)
		d.stored.Add(at, max(o.Bytes, 0))
	}
}

// sampleFreshness samples the age of the oldest record that each delivery stream holds.
func (p *probe) sampleFreshness(t target.Target, now time.Time) {
	for name, d := range p.deliveryStreams {
		if age, ok := t.Freshness(name, now); ok {
			d.fresh.Record(p.at(now), age.Nanoseconds())
		}
	}
}
