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

	// Of an HTTP endpoint; nil where there is none.
	requests *measure.Counter // taken, those that came again included
	refused  *measure.Counter // attempts that failed, as far as the sender knows
	backedUp *measure.Counter // records whose delivery was given up
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
	if d.HTTP != nil {
		x.requests = p.rec.Counter("firehose.requests", tags)
		x.refused = p.rec.Counter("firehose.refused", tags)
		x.backedUp = p.rec.Counter("firehose.backedUp", tags)
	}
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

// Delivered measures one object or request. It is counted in the second in which it became visible, or was taken.
func (p *probe) Delivered(o target.Delivery) {
	d, at := p.deliveryStreams[o.DeliveryStream], p.at(o.At)
	if d == nil || at < 0 {
		return
	}
	n := d.sink.out(o.Records, at, at)
	switch {
	case n.records == 0:
	case o.RequestID != "" && d.requests != nil:
		d.requests.Add(at, 1)
		d.bytes.Add(at, n.bytes)
	default:
		d.objects.Add(at, 1)
		d.bytes.Add(at, n.bytes)
		d.stored.Add(at, max(o.Bytes, 0))
	}
}

// Refused counts an attempt to deliver that failed.
func (p *probe) Refused(now time.Time, deliveryStream, _ string) {
	if d, at := p.deliveryStreams[deliveryStream], p.at(now); d != nil && d.refused != nil && at >= 0 {
		d.refused.Add(at, 1)
	}
}

// BackedUp counts an object of a backup. Records whose delivery was given up are dropped on purpose: the ledger says where
// they are.
func (p *probe) BackedUp(b target.Backup) {
	d, at := p.deliveryStreams[b.DeliveryStream], p.at(b.At)
	if d == nil || d.backedUp == nil || d.sink.account == nil || at < 0 {
		return
	}
	d.objects.Add(at, 1)
	if b.Failed {
		d.backedUp.Add(at, d.sink.dropped(b.Records, b.Where))
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
