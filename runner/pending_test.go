package runner_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/target"
)

// A run whose drain is over before everything has come out: what the pipeline still holds is pending, what it lost is lost.
func TestPendingIsNotLost(t *testing.T) {
	// Ten seconds of 100 records/s. The function takes 50 at a time and 7.5 s for them, so that some are in flight, some
	// wait for the mapping and some are still in the stream; the delivery stream's buffer is cut after a minute, and the
	// consumer asks each 4 s, at 0, 4 and 8 s.
	const slow = `
duration: 10s
drain: 1ms
pipeline:
  streams: {s: {shardCount: 1}}
  functions:
    function: {model: {duration: 7500ms}, eventSources: [{stream: s, batchSize: 50}]}
  deliveryStreams:
    delivery: {source: s, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 60s}}}
  consumers:
    consumer: {stream: s, every: 4s}
load:
  - stream: s
    generator: {clickstream: {users: 1}}
    rate: 100/s
    lanes: 1
    batch: {records: 10, linger: 1s}
`
	consumed := int64(800) // due and stored by 8 s
	tests := []struct {
		name    string
		hook    fault.Hook
		observe func(target.Observer) target.Observer
		want    [3]measure.SinkTotals // consumer, delivery, function
		twice   int64
	}{
		{
			name: "nothing is lost",
			want: [3]measure.SinkTotals{
				{Delivered: consumed, Pending: 200, Missing: 200},
				{Pending: 1000, Missing: 1000},
				{Delivered: 50, Pending: 950, Missing: 950},
			},
		},
		{
			name: "the consumer's reader loses one",
			observe: func(o target.Observer) target.Observer {
				return &meddler{o, "consumer", dropped}
			},
			want: [3]measure.SinkTotals{
				{Delivered: consumed - 1, Lost: 1, Pending: 200, Missing: 201},
				{Pending: 1000, Missing: 1000},
				{Delivered: 50, Pending: 950, Missing: 950},
			},
		},
		{
			name: "held twice, as it is stored twice",
			hook: onRequest(90, lateAnswer), // what is due from 9 s on
			want: [3]measure.SinkTotals{
				{Delivered: consumed, Pending: 200, Missing: 200},
				{Pending: 1000, Missing: 1000},
				{Delivered: 50, Pending: 950, Missing: 950},
			},
			twice: 10,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := tank{scenario: slow, hook: test.hook, observe: test.observe}.run(t)
			for i, s := range [][2]string{{"consumer", "consumer"}, {"delivery", "firehose"}, {"function", "lambda"}} {
				want := test.want[i]
				want.Name, want.Kind, want.Stream, want.Observed = s[0], s[1], "s", true
				if diff := cmp.Diff(want, o.sink(s[0])); diff != "" {
					t.Errorf("%s (-want +got):\n%s", s[0], diff)
				}
			}
			if got := o.Run.End.Ledger.StoredTwice; got != test.twice {
				t.Errorf("%d records stored twice, want %d", got, test.twice)
			}
			if o.Run.End.Drained {
				t.Error("the run says that it was drained")
			}
		})
	}
}

// By Direct PUT there is no stream: what is buffered is pending.
func TestPendingOfDirectPut(t *testing.T) {
	o := tank{scenario: `
duration: 10s
drain: 1ms
pipeline:
  deliveryStreams:
    delivery: {s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 6s}}}
load:
  - {deliveryStream: delivery, generator: {template: {file: body.txt}}, rate: 10/s, lanes: 1, batch: {records: 1}}
`}.run(t)
	want := measure.SinkTotals{Name: "delivery", Kind: "firehose", Observed: true, Delivered: 60, Pending: 40, Missing: 40}
	if diff := cmp.Diff(want, o.sink("delivery")); diff != "" {
		t.Errorf("delivery (-want +got):\n%s", diff)
	}
}

// A load that is over while its target holds every request: what could not be sent was offered, and never stored.
func TestWhatWasNeverSentIsGivenUp(t *testing.T) {
	o := tank{scenario: `
duration: 10s
drain: 1s
pipeline:
  streams: {s: {shardCount: 1}}
  consumers: {c: {stream: s, every: 200ms}}
load:
  - stream: s
    generator: {template: {file: body.txt}}
    rate: 100/s
    lanes: 1
    batch: {records: 10, linger: 1s, inFlight: 3, timeout: 1m}
faults: [{at: 5s, for: 1h, stall: {stream: s}}]
`}.run(t)
	l := o.Run.End.Ledger
	want := measure.LedgerTotals{Offered: 1000, Acked: 500, Unknown: 30, GivenUp: 470, Sinks: l.Sinks}
	if diff := cmp.Diff(want, l); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	if o.Run.End.Planned != 1000 || o.Run.End.Offered != 1000 {
		t.Errorf("%d of %d offered in time: the target held the rest, not the harness", o.Run.End.Offered, o.Run.End.Planned)
	}
	if m := o.of("put.response"); m.Count() != 50 || m.Censored != 50 {
		t.Errorf("put.response: %d answers, %d censored", m.Count(), m.Censored)
	}
	if lag := o.of("schedule.lag"); lag.Max() != 0 {
		t.Errorf("schedule.lag up to %d ns", lag.Max())
	}
}
