package runner_test

import "testing"

// A request that is cut off before the service sees it is sent again and stored once; one whose answer is cut off is sent
// again, too, and stored twice. Nothing is lost by either.
func TestCuts(t *testing.T) {
	for _, tt := range []struct {
		when  string
		twice bool
	}{{"request", false}, {"answer", true}} {
		t.Run(tt.when, func(t *testing.T) {
			t.Parallel()
			o := tank{scenario: `
duration: 10s
drain: 1m
pipeline:
  streams: {s: {}}
  functions: {f: {eventSources: [{stream: s}]}}
load:
  - {stream: s, generator: {clickstream: {users: 10}}, rate: 100/s, retry: {attempts: 20}}
faults:
  - {at: 3s, for: 2s, cut: {service: kinesis, operation: PutRecords, share: 50%, when: ` + tt.when + `}}
objectives:
  - integrity.missing == 0
`}.run(t)
			f := o.sink("f")
			if unanswered := o.total("put.unanswered"); unanswered == 0 || f.Delivered != 1000 || o.Run.End.Ledger.Acked != 1000 {
				t.Errorf("%d requests without an answer, %d records acked; %+v", unanswered, o.Run.End.Ledger.Acked, f)
			}
			if twice := f.DuplicatedByProducer > 0; twice != tt.twice || f.Duplicated != f.DuplicatedByProducer {
				t.Errorf("stored twice: %+v", f)
			}
		})
	}
}
