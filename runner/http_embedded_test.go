package runner_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// TestEmbeddedReceiver runs some seconds on the wall's clock into the run's own receiver, over HTTP: a stream and Direct PUT,
// records of ours and a user's own, compressed and not. Of each delivery stream's requests the first is taken and its answer
// cut off, but for one, whose first is refused and not tried again. The load goes on until the others have come again.
func TestEmbeddedReceiver(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 5s
drain: 30s
pipeline:
  streams: {ours: {shardCount: 1}, theirs: {shardCount: 1}}
  deliveryStreams:
    zipped:
      source: ours
      http: {bufferingHints: {size: 1MiB, interval: 1s}, requestConfiguration: {contentEncoding: GZIP}, model: {duration: 5ms}}
      s3: {bucket: failed, prefix: a/}
    users: {source: theirs, http: {bufferingHints: {size: 1MiB, interval: 1s}}, s3: {bucket: failed, prefix: b/}}
    direct: {http: {bufferingHints: {size: 1MiB, interval: 1s}}, s3: {bucket: failed, prefix: c/}}
    refused:
      source: ours
      http: {bufferingHints: {size: 1MiB, interval: 1s}, retryOptions: {duration: 0s}}
      s3: {bucket: failed, prefix: d/}
load:
  - {stream: ours, generator: {clickstream: {users: 50}}, rate: 200/s}
  - {stream: theirs, generator: {template: {file: body.txt}}, rate: 50/s}
  - {deliveryStream: direct, generator: {sensor: {sensors: 20}}, rate: 100/s}
`, body: 200}.open(t)
	var mu sync.Mutex
	posts, first := map[string]int{}, map[string]int{}
	o := serve(t, s, func(_ time.Time, r fault.Request) fault.Action {
		if r.Service != "http" {
			return fault.Action{}
		}
		mu.Lock()
		defer mu.Unlock()
		posts[r.Resource]++
		switch {
		case posts[r.Resource] > 1:
			return fault.Action{}
		case r.Resource == "refused":
			first[r.Resource] = r.Records
			return fault.Action{Err: &fault.Error{Code: "ServiceUnavailable"}}
		}
		first[r.Resource] = r.Records
		return fault.Action{Cut: true, After: true}
	})

	l := o.Run.End.Ledger
	if l.Acked != l.Offered || !o.Run.End.Drained || len(l.Sinks) != 4 {
		t.Errorf("%d of %d acked, drained %v, %d sinks", l.Acked, l.Offered, o.Run.End.Drained, len(l.Sinks))
	}
	for _, sink := range l.Sinks {
		n := int64(first[sink.Name])
		if sink.Reordered > l.PutReordered { // requests may overtake each other on their way in
			t.Errorf("%s: %d reordered, of which the puts reordered %d", sink.Name, sink.Reordered, l.PutReordered)
		}
		sink.Reordered, sink.ReorderedBounded = 0, false
		want := measure.SinkTotals{Name: sink.Name, Kind: "firehose", Stream: sink.Stream, Observed: true, Delivered: sink.Delivered}
		switch sink.Name {
		case "refused":
			want.Dropped, want.Drops = n, []measure.Drop{{Where: "s3://failed/d/http-endpoint-failed/", Records: n}}
		default:
			want.Duplicated, want.DuplicatedByPipeline = n, n
		}
		if diff := cmp.Diff(want, sink, cmpopts.EquateEmpty()); diff != "" || n == 0 || sink.Delivered == 0 {
			t.Errorf("%d records were in the first request (-want +got):\n%s", n, diff)
		}
		tags := []string{"deliveryStream", sink.Name}
		if taken, refused := o.total("firehose.requests", tags...), o.total("firehose.refused", tags...); taken == 0 || refused != 1 {
			t.Errorf("%s: %d requests taken and %d refused, want 1", sink.Name, taken, refused)
		}
	}
	for _, name := range []string{"zipped.end_to_end", "users.end_to_end", "direct.end_to_end"} {
		if m := o.of(name); m.Count() == 0 || m.Censored != 0 || m.Underflow() != 0 {
			t.Errorf("%s: %d values, %d censored, %d below 0", name, m.Count(), m.Censored, m.Underflow())
		}
	}
	if m := o.of("firehose.lag"); m.Count() == 0 || m.Underflow() != 0 {
		t.Errorf("firehose.lag: %d values, %d below 0", m.Count(), m.Underflow())
	}
}

// A run whose drain is over while the receiver keeps a request waiting ends, and what it did not take is pending.
func TestEmbeddedReceiverAtTheEnd(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 1s
drain: 3s
pipeline:
  deliveryStreams: {d: {http: {bufferingHints: {size: 1MiB, interval: 1s}, model: {duration: 10m}}, s3: {bucket: failed}}}
load:
  - {deliveryStream: d, generator: {clickstream: {}}, rate: 100/s}
`}.open(t)
	o := serve(t, s, nil)
	if d := o.sink("d"); d.Pending != o.Run.End.Ledger.Acked || d.Delivered != 0 || d.Lost != 0 || o.Run.End.Drained {
		t.Errorf("%+v, drained %v", d, o.Run.End.Drained)
	}
}

// An endpoint of this machine that tells nothing but what its APIs tell comes to the run's receiver as well: what is taken is
// known at once, and a record arrived when it was acknowledged.
func TestReceiverElsewhere(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 1s
drain: 30s
pipeline:
  streams: {clicks: {shardCount: 1}}
  deliveryStreams:
    read: {source: clicks, http: {bufferingHints: {size: 1MiB, interval: 1s}, model: {duration: 5ms, errors: 20%}}, s3: {bucket: failed}}
    archive: {source: clicks, s3: {bucket: lake, bufferingHints: {size: 1MiB, interval: 1s}}}
    direct: {http: {bufferingHints: {size: 1MiB, interval: 1s}, requestConfiguration: {contentEncoding: GZIP}}, s3: {bucket: failed}}
load:
  - {stream: clicks, generator: {clickstream: {users: 50}}, rate: 200/s}
  - {deliveryStream: direct, generator: {sensor: {sensors: 20}}, rate: 100/s}
`}.open(t)
	run := elsewhere(t, s)
	if _, err := run(nil); err == nil || !strings.Contains(err.Error(), "cannot reach") {
		t.Errorf("without a receiver that it can reach: %v", err)
	}
	o, err := run(&aws.Receive{Models: simulated.Receivers(s, s.Seed)})
	if err != nil {
		t.Fatal(err)
	}
	o.closes()
	for _, name := range []string{"read", "archive", "direct"} {
		d := o.sink(name)
		if d.Delivered == 0 || d.Missing != 0 || d.Duplicated != 0 {
			t.Errorf("%+v", d)
		}
		if n := o.total("firehose.requests", "deliveryStream", name); n == 0 && name != "archive" {
			t.Errorf("%s: no requests", name)
		}
		// Each sink's lags are its own: a record arrived once, and is asked for at each.
		m := measure.Combine(o.Run.Find("firehose.lag", measure.Tags{"deliveryStream": name}), measure.FirstSecond, measure.LastSecond)
		if m.Count() != d.Delivered || m.Underflow() != 0 {
			t.Errorf("%s: %d lags of %d records, %d below 0", name, m.Count(), d.Delivered, m.Underflow())
		}
	}
}

// A receiver that refuses all does not keep a run elsewhere from its load, and what is backed up there nobody reads: whether
// something is missing is not told.
func TestRefusedElsewhere(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 1s
drain: 1s
pipeline:
  deliveryStreams:
    direct: {http: {bufferingHints: {size: 1MiB, interval: 1s}, retryOptions: {duration: 0s}, model: {errors: 100%}}, s3: {bucket: failed}}
load:
  - {deliveryStream: direct, generator: {sensor: {sensors: 20}}, rate: 100/s}
objectives: [integrity.missing == 0]
`}.open(t)
	o, err := elsewhere(t, s)(&aws.Receive{Models: simulated.Receivers(s, s.Seed)})
	if err != nil {
		t.Fatal(err)
	}
	if d := o.sink("direct"); d.Delivered != 0 || d.Pending == 0 {
		t.Errorf("%+v", d)
	}
	if j := o.Objectives[0]; j.Holds != nil || !strings.Contains(j.Reason, "backs up") {
		t.Errorf("%+v", j)
	}
}

// elsewhere serves an AWS on loopback of which a run knows the URL alone.
func elsewhere(t *testing.T, s *scenarios.Scenario) func(*aws.Receive) (*outcome, error) {
	t.Helper()
	c := clock.NewWall()
	t.Cleanup(c.Stop)
	sender := server.NewSender(t.Context(), server.SenderConfig{})
	t.Cleanup(sender.Close) // before the clock stops
	world := simulator.New(simulator.Config{Clock: c, Firehose: firehose.Config{Endpoints: sender}})
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.New(server.Config{AWS: world}), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return func(receive *aws.Receive) (*outcome, error) {
		dir := filepath.Join(t.TempDir(), "run")
		err := runner.Run(t.Context(), runner.Config{Scenario: s, Dir: dir, Target: func(e runner.Env) target.Target {
			return aws.New(aws.Config{
				Endpoint: l.URL(), Clock: e.Clock, Identify: e.Identify, Next: e.Next, Marker: e.Marker, Receive: receive,
			})
		}})
		if err != nil {
			return nil, err
		}
		r, err := reports.Load(dir)
		return &outcome{Report: r, t: t, dir: dir}, err
	}
}
