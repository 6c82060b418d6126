package runner

import (
	"cmp"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// functionProbe measures one function, for each stream that it reads a sink of its own.
type functionProbe struct {
	sinks                              map[string]*sink // by stream
	duration, age                      *measure.Series
	invocations, errors, cold, records *measure.Counter
	kinesisRecords                     *measure.Counter // records of streams, which Lambda counts; nil where no load aggregates
}

func newFunctionProbe(p *probe, name string, f scenarios.Function) *functionProbe {
	tags := measure.Tags{"function": name}
	x := &functionProbe{
		sinks:       map[string]*sink{},
		duration:    p.rec.Series("lambda.duration", tags, measure.SeriesOptions{}),
		age:         p.rec.Series("lambda.iterator_age", tags, measure.SeriesOptions{}),
		invocations: p.rec.Counter("lambda.invocations", tags),
		errors:      p.rec.Counter("lambda.errors", tags),
		cold:        p.rec.Counter("lambda.coldStarts", tags),
		records:     p.rec.Counter("lambda.records", tags),
	}
	if p.aggregates != nil {
		x.kinesisRecords = p.rec.Counter("lambda.kinesisRecords", tags)
	}
	for _, e := range f.EventSources {
		from := target.Destination{Stream: e.Stream}
		both := measure.Tags{"function": name, "stream": e.Stream}
		wait := p.rec.Series("lambda.wait", both, population(from))
		latency := p.rec.Series("lambda.latency", both, population(from))
		s := newSink(p, name, from, destinationTags(from), latency)
		s.wait = wait
		x.sinks[e.Stream] = s
	}
	return x
}

// partial measures an invocation whose last records come again: the others have come out. It tells how many records it had.
func (p *probe) partial(s *sink, i *target.Invocation, end, begin int64) int64 {
	done := i.Done()
	n := s.out(p.aggregates.opened(done, p.aggregates.take), end, begin).records
	return n + p.measuredAmong(p.aggregates.opened(i.Records[len(done):], p.aggregates.look))
}

// Invoked measures one invocation, by the second in which it began. The wait and the latency of its records are of the
// invocation that succeeded: their difference is its duration, and what failed before is part of the wait.
func (p *probe) Invoked(i target.Invocation) {
	f := p.functions[i.Function]
	begin, end := p.at(i.Begin), p.at(i.End)
	if f == nil || len(i.Records) == 0 || begin < 0 {
		return
	}
	var n int64
	records, s := i.Records, f.sinks[i.Stream]
	switch {
	case s == nil || i.Failed:
		records = p.aggregates.opened(records, p.aggregates.look)
		n = p.measuredAmong(records)
	case i.Remaining > 0:
		records = p.aggregates.opened(records, p.aggregates.look) // before those that come out are taken
		n = p.partial(s, &i, end, begin)
	default:
		records = p.aggregates.opened(records, p.aggregates.take)
		n = s.out(records, end, begin).records
	}
	if n == 0 {
		return
	}
	f.invocations.Add(begin, 1)
	f.records.Add(begin, n)
	if f.kinesisRecords != nil {
		f.kinesisRecords.Add(begin, cmp.Or(int64(i.Batch), p.kinesisRecordsAmong(records)))
	}
	f.duration.Record(begin, end-begin)
	f.age.Record(begin, i.Sent.UnixNano()-i.Records[len(i.Records)-1].Arrival)
	if i.Cold {
		f.cold.Add(begin, 1)
	}
	if i.Failed {
		f.errors.Add(begin, 1)
	}
}
