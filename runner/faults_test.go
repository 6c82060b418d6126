package runner_test

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/target"
)

// meddler changes what the services tell: the records of one sink's invocations, objects or reads.
type meddler struct {
	target.Observer
	sink   string
	change func([]target.Record) [][]target.Record // what is told instead, one after another
}

func (m *meddler) Invoked(i target.Invocation) {
	for _, i.Records = range m.told(i.Function, i.Records) {
		m.Observer.Invoked(i)
	}
}

func (m *meddler) Delivered(d target.Delivery) {
	for _, d.Records = range m.told(d.DeliveryStream, d.Records) {
		m.Observer.Delivered(d)
	}
}

func (m *meddler) Consumed(now time.Time, consumer string, records []target.Record) {
	for _, records := range m.told(consumer, records) {
		m.Observer.Consumed(now, consumer, records)
	}
}

func (m *meddler) told(sink string, records []target.Record) [][]target.Record {
	if sink != m.sink {
		return [][]target.Record{records}
	}
	return m.change(slices.Clone(records))
}

// number is where a record of the one lane is among others, or -1.
func number(records []target.Record, n uint64) int {
	return slices.IndexFunc(records, func(r target.Record) bool { return r.Number == n })
}

func dropped(records []target.Record) [][]target.Record {
	if i := number(records, 404); i >= 0 {
		records = slices.Delete(records, i, i+1)
	}
	return [][]target.Record{records}
}

func doubled(records []target.Record) [][]target.Record {
	if i := number(records, 404); i >= 0 {
		return [][]target.Record{records, records[i : i+1]}
	}
	return [][]target.Record{records}
}

func swapped(records []target.Record) [][]target.Record {
	if i := number(records, 404); i >= 0 {
		records[i], records[i-1] = records[i-1], records[i]
	}
	return [][]target.Record{records}
}

// onRequest acts on the nth request that puts records, counted from 0.
func onRequest(n int64, a fault.Action) fault.Hook {
	var count atomic.Int64
	return func(_ time.Time, r fault.Request) fault.Action {
		if r.Operation != "PutRecords" {
			return fault.Action{}
		}
		if count.Add(1) == n+1 {
			return a
		}
		return fault.Action{}
	}
}

// lateAnswer cuts off the answer to a request after the service has acted on it.
var lateAnswer = fault.Action{Cut: true, After: true}

// threeSinks offers 1,000 records of one key, in 100 requests of ten, to a stream with a sink of each kind.
const threeSinks = `
duration: 10s
drain: 30s
pipeline:
  streams: {s: {shardCount: 1}}
  functions:
    function: {model: {duration: 20ms}, eventSources: [{stream: s, batchSize: 50}]}
  deliveryStreams:
    delivery: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 2s}}}
  consumers:
    consumer: {stream: s, every: 700ms}
load:
  - stream: s
    generator: {clickstream: {users: 1}}
    rate: 100/s
    lanes: 1
    batch: {records: 10, linger: 1s}
`

// Each fault is counted as what it is, at the sink where it happened, and nowhere else.
func TestFaultsAreCountedAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	const requests, records = 100, 10
	once := "    retry: {attempts: 1}\n"
	at := func(change func(*measure.SinkTotals), sinks ...int) func(*measure.LedgerTotals) {
		return func(l *measure.LedgerTotals) {
			for _, i := range sinks {
				change(&l.Sinks[i])
			}
		}
	}
	const consumer, delivery, function = 0, 1, 2 // by name
	lost := func(s *measure.SinkTotals) { s.Delivered--; s.Lost++; s.Missing++ }
	twice := func(s *measure.SinkTotals) { s.Duplicated++; s.DuplicatedByPipeline++ }
	behind := func(s *measure.SinkTotals) { s.Reordered++ }
	tests := []struct {
		name  string
		retry string // of the load; "": the default
		sink  string
		tell  func([]target.Record) [][]target.Record
		hook  fault.Hook
		want  func(*measure.LedgerTotals) // changes the ledger of a run without a fault
	}{
		{name: "nothing happens", want: func(*measure.LedgerTotals) {}},

		{name: "a record is dropped before the function", sink: "function", tell: dropped, want: at(lost, function)},
		{name: "a record is dropped before the bucket", sink: "delivery", tell: dropped, want: at(lost, delivery)},
		{name: "a record is dropped before the consumer", sink: "consumer", tell: dropped, want: at(lost, consumer)},
		{name: "a record comes to the function twice", sink: "function", tell: doubled, want: at(twice, function)},
		{name: "a record comes to the bucket twice", sink: "delivery", tell: doubled, want: at(twice, delivery)},
		{name: "a record comes to the consumer twice", sink: "consumer", tell: doubled, want: at(twice, consumer)},
		{name: "two records come to the function swapped", sink: "function", tell: swapped, want: at(behind, function)},
		{name: "two records come to the bucket swapped", sink: "delivery", tell: swapped, want: at(behind, delivery)},
		{name: "two records come to the consumer swapped", sink: "consumer", tell: swapped, want: at(behind, consumer)},

		{name: "an answer is cut off, and the request is tried again", hook: onRequest(40, lateAnswer), want: func(l *measure.LedgerTotals) {
			l.StoredTwice = records
			at(func(s *measure.SinkTotals) { s.Duplicated, s.DuplicatedByProducer = records, records }, 0, 1, 2)(l)
		}},
		{name: "an answer is cut off, and that was the last attempt", retry: once, hook: onRequest(40, lateAnswer), want: func(l *measure.LedgerTotals) {
			l.Acked -= records
			l.Unknown = records
			at(func(s *measure.SinkTotals) { s.Delivered -= records; s.DeliveredUnacked = records }, 0, 1, 2)(l)
		}},
		{name: "an answer comes too late", hook: onRequest(40, fault.Action{Delay: time.Minute, After: true}), want: func(l *measure.LedgerTotals) {
			l.StoredTwice = records
			at(func(s *measure.SinkTotals) { s.Duplicated, s.DuplicatedByProducer = records, records }, 0, 1, 2)(l)
		}},
		{name: "a request is cut off, and tried again behind later ones", hook: onRequest(40, fault.Action{Cut: true}), want: func(l *measure.LedgerTotals) {
			l.PutReordered = records
			at(func(s *measure.SinkTotals) { s.Reordered = records }, 0, 1, 2)(l)
		}},
		{name: "a request is cut off, and that was the last attempt", retry: once, hook: onRequest(40, fault.Action{Cut: true}), want: func(l *measure.LedgerTotals) {
			l.Acked -= records
			l.Unknown = records
			at(func(s *measure.SinkTotals) { s.Delivered -= records; s.Missing = records }, 0, 1, 2)(l)
		}},
		{
			name: "a request fails, and that was the last attempt", retry: once,
			hook: onRequest(40, fault.Action{Err: &fault.Error{Code: "InternalFailure"}}), want: func(l *measure.LedgerTotals) {
				l.Acked -= records
				l.GivenUp = records
				at(func(s *measure.SinkTotals) { s.Delivered -= records; s.Missing = records }, 0, 1, 2)(l)
			},
		},
		{
			name: "a request's records are refused, and that was the last attempt", retry: once,
			hook: onRequest(40, fault.Action{Share: 1}), want: func(l *measure.LedgerTotals) {
				l.Acked -= records
				l.GivenUp = records
				at(func(s *measure.SinkTotals) { s.Delivered -= records; s.Missing = records }, 0, 1, 2)(l)
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := tank{scenario: threeSinks + test.retry, hook: test.hook}
			if test.tell != nil {
				k.observe = func(o target.Observer) target.Observer { return &meddler{o, test.sink, test.tell} }
			}
			o := k.run(t)
			want := measure.LedgerTotals{Offered: requests * records, Acked: requests * records}
			for _, s := range [][2]string{{"consumer", "consumer"}, {"delivery", "firehose"}, {"function", "lambda"}} {
				want.Sinks = append(want.Sinks, measure.SinkTotals{
					Name: s[0], Kind: s[1], Stream: "s", Observed: true, Delivered: requests * records,
				})
			}
			test.want(&want)
			if diff := cmp.Diff(want, o.Run.End.Ledger); diff != "" {
				t.Errorf("ledger (-want +got):\n%s", diff)
			}
		})
	}
}

// What a fault refuses is a fault's, on both clocks, for streams and for Direct PUT, record by record and as a whole: no report
// takes it for a limit of the service. An error that is no limit's goes by its code.
func TestRefusalsOfFaultsAreTheFaults(t *testing.T) {
	t.Parallel()
	const scenario = `
duration: 1s
drain: 10s
pipeline:
  streams: {s: {shardCount: 1}}
  deliveryStreams:
    d: {s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 1s}}}
load:
  - {stream: s, generator: {clickstream: {users: 10}}, rate: 100/s, batch: {records: 10}, retry: {attempts: 1}}
  - {deliveryStream: d, generator: {clickstream: {users: 10}}, rate: 100/s, batch: {records: 10}, retry: {attempts: 1}}
`
	tests := []struct {
		name, fault, stream, deliveryStream string // what they refuse of each, by limit or code; "": nothing
	}{
		{"records of a stream", "throttle: {stream: s, share: 50%}", "injected", ""},
		{"records of Direct PUT", "throttle: {deliveryStream: d, share: 50%}", "", "injected"},
		{"whole calls", "error: {code: ProvisionedThroughputExceededException}", "injected", "injected"},
		{"half of the calls", "error: {code: ServiceUnavailableException, share: 50%}", "injected", "injected"},
		{"calls that fail", "error: {code: InternalFailure}", "InternalFailure", "InternalFailure"},
	}
	for _, test := range tests {
		k := tank{scenario: scenario + "faults: [{for: 10s, " + test.fault + "}]\n"}
		for name, o := range map[string]*outcome{"in virtual time": k.run(t), "over the wire": serve(t, k.open(t), nil)} {
			for _, to := range [][3]string{{"stream", "s", test.stream}, {"deliveryStream", "d", test.deliveryStream}} {
				throttled, failed := o.total("put.throttled", to[0], to[1]), o.total("put.failed", to[0], to[1])
				byLimit := o.total("put.throttled", to[0], to[1], "limit", to[2])
				byCode := o.total("put.failed", to[0], to[1], "code", to[2])
				if throttled != byLimit || failed != byCode || (throttled+failed > 0) != (to[2] != "") {
					t.Errorf("%s, %s: %s refused %d records, %d of them as %s; %d failed, %d of them so",
						test.name, name, to[1], throttled, byLimit, to[2], failed, byCode)
				}
			}
		}
	}
}
