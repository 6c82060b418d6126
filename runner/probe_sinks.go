package runner

import (
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// functionProbe measures one function. A record is of several streams where the function has several event sources, so
// that its population is the sum of what is due on them.
type functionProbe struct {
	probe                              *probe
	name                               string
	wait, latency, endToEnd            map[string]*measure.Series // by stream
	duration, age                      *measure.Series
	invocations, errors, cold, records *measure.Counter
}

func newFunctionProbe(p *probe, name string, f scenarios.Function) *functionProbe {
	tags := measure.Tags{"function": name}
	x := &functionProbe{
		probe: p, name: name,
		wait: map[string]*measure.Series{}, latency: map[string]*measure.Series{}, endToEnd: map[string]*measure.Series{},
		duration:    p.rec.Series("lambda.duration", tags, measure.SeriesOptions{}),
		age:         p.rec.Series("lambda.iterator_age", tags, measure.SeriesOptions{}),
		invocations: p.rec.Counter("lambda.invocations", tags),
		errors:      p.rec.Counter("lambda.errors", tags),
		cold:        p.rec.Counter("lambda.coldStarts", tags),
		records:     p.rec.Counter("lambda.records", tags),
	}
	for _, e := range f.EventSources {
		of := population(measure.Tags{"stream": e.Stream})
		from := measure.Tags{"function": name, "stream": e.Stream}
		x.wait[e.Stream] = p.rec.Series("lambda.wait", from, of)
		x.latency[e.Stream] = p.rec.Series("lambda.latency", from, of)
		x.endToEnd[e.Stream] = p.rec.Series(name+".end_to_end", measure.Tags{"stream": e.Stream}, of)
	}
	return x
}

// Invoked measures one invocation. The wait is to a record's first invocation, the latency to the end of the one that
// succeeded; a record that comes again has neither.
func (p *probe) Invoked(i target.Invocation) {
	f := p.functions[i.Function]
	begin, end := p.at(i.Begin), p.at(i.End)
	if f == nil || len(i.Records) == 0 || begin < 0 {
		return
	}
	if i.Attempt == 1 {
		f.waited(&i, begin)
	}
	if n := p.measuredAmong(i.Records); n > 0 {
		f.invocations.Add(begin, 1)
		f.records.Add(begin, int64(n))
		f.duration.Record(begin, end-begin)
		last := i.Records[len(i.Records)-1].Arrival
		f.age.Record(begin, i.Sent.UnixNano()-last)
		if i.Cold {
			f.cold.Add(begin, 1)
		}
		if i.Failed {
			f.errors.Add(begin, 1)
		}
	}
	if !i.Failed {
		f.delivered(&i, end)
	}
}

// measuredAmong counts the records of a call that are in the ledger.
func (p *probe) measuredAmong(records []target.Record) (n int) {
	for i := range records {
		if p.book.measured(&records[i]) || !records[i].Ours {
			n++
		}
	}
	return n
}

func (f *functionProbe) waited(i *target.Invocation, begin int64) {
	p := f.probe
	a := p.book.byStream[i.Stream]
	if a == nil || a.binds {
		return // without an identity, a record's due is known only once it is acknowledged
	}
	dues := p.dues(len(i.Records))
	defer p.scratch.Put(dues)
	batch := a.ledger.Begin()
	for n := range i.Records {
		if r := &i.Records[n]; p.book.measured(r) {
			if due, ok := batch.Due(r.Lane, r.Number); ok {
				(*dues)[n] = due
			}
		}
	}
	batch.End()
	u := f.wait[i.Stream].Unit()
	for n, due := range *dues {
		if due != notDue {
			u.Add(due, begin-i.Records[n].Arrival+p.book.start)
		}
	}
	u.End()
}

func (f *functionProbe) delivered(i *target.Invocation, end int64) {
	p := f.probe
	latency, endToEnd := f.latency[i.Stream], f.endToEnd[i.Stream]
	dues := p.firsts(f.name, i.Stream, i.Records, func(due, arrival int64) {
		latency.Record(due, end-arrival)
		endToEnd.Record(due, end-due)
	})
	p.sink(latency, endToEnd, end, i.Records, dues)
}

// sink records how long each record that came out for the first time took, since its arrival and since it was due.
func (p *probe) sink(latency, endToEnd *measure.Series, at int64, records []target.Record, dues *[]int64) {
	u := latency.Unit()
	for n, due := range *dues {
		if due != notDue && records[n].Arrival != 0 {
			u.Add(due, at-(records[n].Arrival-p.book.start))
		}
	}
	u.End()
	u = endToEnd.Unit()
	for _, due := range *dues {
		if due != notDue {
			u.Add(due, at-due)
		}
	}
	u.End()
	p.scratch.Put(dues)
}

// deliveryProbe measures one delivery stream.
type deliveryProbe struct {
	name                   string
	source                 string // whose records it delivers: a stream, or itself
	lag, endToEnd, fresh   *measure.Series
	arrival                *measure.Series // of a Direct PUT
	objects, bytes, stored *measure.Counter
}

func newDeliveryProbe(p *probe, name string, d scenarios.DeliveryStream) *deliveryProbe {
	tags := measure.Tags{"deliveryStream": name}
	of := tags
	x := &deliveryProbe{name: name, source: name}
	if d.Source != "" {
		x.source, of = d.Source, measure.Tags{"stream": d.Source}
	} else {
		x.arrival = p.rec.Series("put.arrival", tags, population(tags))
	}
	x.lag = p.rec.Series("firehose.lag", tags, population(of))
	x.endToEnd = p.rec.Series(name+".end_to_end", nil, population(of))
	x.fresh = p.rec.Series("firehose.freshness", tags, measure.SeriesOptions{})
	x.objects = p.rec.Counter("firehose.objects", tags)
	x.bytes = p.rec.Counter("firehose.bytes", tags)
	x.stored = p.rec.Counter("firehose.storedBytes", tags)
	return x
}

// DeliveryStreamPut measures the arrival of a Direct PUT's records.
func (p *probe) DeliveryStreamPut(now time.Time, deliveryStream string, records []target.Record, refused []bool) {
	d := p.deliveryStreams[deliveryStream]
	at := p.at(now)
	a := p.book.byStream[deliveryStream]
	if d == nil || d.arrival == nil || a == nil || at < 0 {
		return
	}
	dues := p.dues(len(records))
	defer p.scratch.Put(dues)
	batch := a.ledger.Begin()
	for i := range records {
		if r := &records[i]; !refused[i] && p.book.measured(r) {
			if due, ok := batch.Due(r.Lane, r.Number); ok {
				(*dues)[i] = due
			}
		}
	}
	batch.End()
	u := d.arrival.Unit()
	for _, due := range *dues {
		if due != notDue {
			u.Add(due, at-due)
		}
	}
	u.End()
}

// Delivered measures one object. It is counted by the second it became visible in.
func (p *probe) Delivered(o target.Delivery) {
	d := p.deliveryStreams[o.DeliveryStream]
	at := p.at(o.At)
	if d == nil || at < 0 {
		return
	}
	if p.measuredAmong(o.Records) > 0 {
		d.objects.Add(at, 1)
		d.stored.Add(at, max(o.Bytes, 0))
		var bytes int64
		for i := range o.Records {
			bytes += int64(o.Records[i].Size)
		}
		d.bytes.Add(at, bytes)
	}
	dues := p.firsts(d.name, d.source, o.Records, func(due, arrival int64) {
		d.lag.Record(due, at-arrival)
		d.endToEnd.Record(due, at-due)
	})
	p.sink(d.lag, d.endToEnd, at, o.Records, dues)
}

// sampleFreshness samples the age of the oldest record that each delivery stream holds.
func (p *probe) sampleFreshness(t target.Target, now time.Time) {
	for name, d := range p.deliveryStreams {
		if age, ok := t.Freshness(name, now); ok {
			d.fresh.Record(p.at(now), age.Nanoseconds())
		}
	}
}

// consumerProbe measures one plain consumer.
type consumerProbe struct {
	name, stream          string
	propagation, endToEnd *measure.Series
}

func newConsumerProbe(p *probe, name string, c scenarios.Consumer) *consumerProbe {
	of := population(measure.Tags{"stream": c.Stream})
	return &consumerProbe{
		name: name, stream: c.Stream,
		propagation: p.rec.Series("stream.propagation", measure.Tags{"consumer": name}, of),
		endToEnd:    p.rec.Series(name+".end_to_end", nil, of),
	}
}

// Consumed measures the records of one read.
func (p *probe) Consumed(now time.Time, consumer string, records []target.Record) {
	c := p.consumers[consumer]
	at := p.at(now)
	if c == nil || at < 0 {
		return
	}
	dues := p.firsts(c.name, c.stream, records, func(due, arrival int64) {
		c.propagation.Record(due, at-arrival)
		c.endToEnd.Record(due, at-due)
	})
	p.sink(c.propagation, c.endToEnd, at, records, dues)
}
