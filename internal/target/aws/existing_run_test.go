package aws_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
)

// inUse is a pipeline that is in use: only what is quiet is not written to.
const inUse = `
version: 1
duration: 1s
drain: 30s
pipeline:
  streams: {orders: {shardCount: 2}, quiet: {}}
  functions:
    process-orders: {eventSources: [{stream: orders, batchSize: 50}]}
  deliveryStreams:
    archive: {source: orders, s3: {bucket: lake, prefix: "orders/", bufferingHints: {size: 1MiB, interval: 1s}}}
    direct: {s3: {bucket: lake, prefix: "direct/!{timestamp:yyyy}/", bufferingHints: {size: 1MiB, interval: 1s}, compressionFormat: GZIP}}
  consumers:
    dashboard: {stream: orders, every: 300ms}
    onlooker: {stream: quiet, every: 300ms}
existing:
  streams: {orders: {allowWrites: true}, quiet: {}}
  functions: {process-orders: {}}
  deliveryStreams: {archive: {}, direct: {allowWrites: true}}
load:
  - {stream: orders, generator: {clickstream: {users: 50}}, rate: 200/s, lanes: 2, batch: {records: 20}}
  - {deliveryStream: direct, generator: {sensor: {sensors: 20}}, rate: 100/s}
objectives:
  - integrity.missing == 0
  - lambda.latency p50 < 1h
  - archive.end_to_end p50 < 1h
`

// A pipeline that others use is loaded: every record of ours is accounted for among theirs, nothing is made or deleted, and
// what may only be read is not written to.
func TestExistingPipeline(t *testing.T) {
	t.Parallel()
	a := newInUse(t)
	before := a.left()
	s := a.parse(inUse, nil)
	others := a.startOthers("orders")
	dir := filepath.Join(t.TempDir(), "run")
	err := runner.Run(t.Context(), runner.Config{Scenario: s, Dir: dir, Target: a.target})
	if err := errors.Join(err, others.stop()); err != nil {
		t.Fatal(err)
	}
	r, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	ledger := r.Run.End.Ledger
	if ledger.Offered < 280 || ledger.Acked != ledger.Offered || !r.Run.End.Drained {
		t.Errorf("ledger %+v", ledger)
	}
	for _, sink := range ledger.Sinks {
		if observed := sink.Name != "process-orders"; sink.Observed != observed || observed && (sink.Missing != 0 || sink.Delivered == 0) {
			t.Errorf("%+v", sink)
		}
		if sink.DuplicatedByPipeline+sink.DuplicatedByProducer > 0 {
			t.Errorf("%s has duplicates: %+v", sink.Name, sink)
		}
	}
	for i, want := range []string{"nothing is known of what process-orders delivered", "leaves no receipts", ""} {
		o := &r.Objectives[i]
		if (o.Holds == nil) != (want != "") || !strings.Contains(o.Reason, want) {
			t.Errorf("%s: holds %v, %q", o.Text, o.Holds, o.Reason)
		}
	}
	if others.n == 0 {
		t.Error("nobody else wrote")
	}
	after := a.left()
	kept := slices.DeleteFunc(slices.Clone(after), func(name string) bool { return strings.HasPrefix(name, "object ") })
	if !slices.Equal(before[:len(kept)], kept) || !slices.Contains(after, "object orders/somebody.txt") {
		t.Errorf("there were\n%q\nand now\n%q", before, after)
	}
	a.wrote("direct", "orders")
}

// What the run makes may read what is there already: it goes at the end, and the stream stays. A stream that others write
// to and that is only read here gets no marker.
func TestExistingIsRead(t *testing.T) {
	t.Parallel()
	a := newInUse(t)
	before := a.left()
	s := a.parse(`
version: 1
duration: 1s
drain: 30s
pipeline:
  streams: {orders: {shardCount: 2}, quiet: {}}
  deliveryStreams:
    copy: {source: orders, s3: {bucket: copies, bufferingHints: {size: 1MiB, interval: 1s}}}
    copy-of-quiet: {source: quiet, s3: {bucket: copies, bufferingHints: {size: 1MiB, interval: 1s}}}
  consumers:
    onlooker: {stream: quiet, every: 300ms}
existing:
  streams: {orders: {allowWrites: true}, quiet: {}}
load:
  - {stream: orders, generator: {clickstream: {users: 50}}, rate: 100/s}
`, nil)
	others := a.startOthers("quiet")
	dir := filepath.Join(t.TempDir(), "run")
	err := runner.Run(t.Context(), runner.Config{Scenario: s, Dir: dir, Target: a.target})
	if err := errors.Join(err, others.stop()); err != nil {
		t.Fatal(err)
	}
	r, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	ledger := r.Run.End.Ledger
	if len(ledger.Sinks) != 1 || ledger.Sinks[0].Name != "copy" || ledger.Sinks[0].Missing != 0 || ledger.Sinks[0].Delivered == 0 {
		t.Errorf("%+v", ledger)
	}
	after := a.left()
	if kept := slices.DeleteFunc(slices.Clone(after), func(name string) bool {
		return strings.HasPrefix(name, "object ")
	}); !slices.Equal(before[:len(kept)], kept) {
		t.Errorf("there were\n%q\nand now\n%q", before, after)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, call := range a.calls {
		if operation, on, _ := strings.Cut(call, " "); call != "PutRecords orders" && !strings.HasSuffix(on, "-0a1b") &&
			!strings.HasPrefix(on, "/copies-0a1b") {
			t.Errorf("the run called %s on %s", operation, on)
		}
	}
}

// others put into a stream what is not of the run: records of their own, and those of another run.
type others struct {
	n      int // until they stopped
	failed error
	end    chan struct{}
	ended  sync.WaitGroup
}

func (a *inUseAccount) startOthers(stream string) *others {
	o := &others{end: make(chan struct{})}
	another := append(generators.AppendIdentity(nil, 7, 0, 3), `"userId":"u"}`...)
	o.ended.Go(func() {
		ticks := time.NewTicker(20 * time.Millisecond)
		defer ticks.Stop()
		for {
			_, err := a.streams.PutRecords(context.Background(), &kinesis.PutRecordsInput{StreamName: &stream, Records: []types.PutRecordsRequestEntry{
				{Data: []byte(`{"order":1}`), PartitionKey: sdk.String("a")}, {Data: another, PartitionKey: sdk.String("b")},
			}})
			if err != nil {
				o.failed = err
				return
			}
			o.n += 2
			select {
			case <-ticks.C:
			case <-o.end:
				return
			}
		}
	})
	return o
}

func (o *others) stop() error {
	close(o.end)
	o.ended.Wait()
	return o.failed
}

// What is not as the scenario says is told before the load, in one line, and before anything is made.
func TestExistingMistakes(t *testing.T) {
	t.Parallel()
	const more = "; change the scenario, as with --set pipeline."
	rows := []struct {
		name string
		set  []string
		want string
	}{
		{
			"a stream that is not there",
			[]string{"pipeline.streams.gone={}", "existing.streams.gone={}"},
			"existing stream gone: it is not there: make it, or take it out of existing: in the scenario, and it is made for the run",
		},
		{
			"larger records",
			[]string{"pipeline.streams.orders.maxRecordSize=2MiB"},
			"existing stream orders: it is not what the scenario says: maxRecordSize is 1MiB there and 2MiB in the scenario" + more + "streams.orders.maxRecordSize=1MiB",
		},
		{
			"shards",
			[]string{"pipeline.streams.orders.shardCount=3"},
			"existing stream orders: it is not what the scenario says: shardCount is 2 there and 3 in the scenario" + more + "streams.orders.shardCount=2",
		},
		{
			"another mode",
			[]string{"pipeline.streams.orders={streamMode: ON_DEMAND}"},
			"existing stream orders: it is not what the scenario says: streamMode is PROVISIONED there and ON_DEMAND in the scenario, " +
				"shardCount is 2 there and 0 in the scenario" + more + "streams.orders.streamMode=PROVISIONED --set pipeline.streams.orders.shardCount=2",
		},
		{
			"a function that is not there",
			[]string{"pipeline.functions.gone={}", "existing.functions.gone={}"},
			"existing function gone: it is not there: make it, or take it out of existing: in the scenario, and it is made for the run",
		},
		{
			"a mapping that is not there",
			[]string{"pipeline.functions.process-orders.eventSources.1={stream: quiet}"},
			"existing function process-orders: it has no event source mapping of the stream quiet: make one, or take pipeline.functions.process-orders.eventSources.1 out of the scenario",
		},
		{
			"a mapping",
			[]string{"pipeline.functions.process-orders.eventSources.0={stream: orders, batchSize: 51, maximumBatchingWindow: 1s}"},
			"existing function process-orders: it is not what the scenario says: eventSources.0.batchSize is 50 there and 51 in the scenario, " +
				"eventSources.0.maximumBatchingWindow is 0s there and 1s in the scenario" + more + "functions.process-orders.eventSources.0.batchSize=50 " +
				"--set pipeline.functions.process-orders.eventSources.0.maximumBatchingWindow=0s",
		},
		{
			"a delivery stream that is not there",
			[]string{"pipeline.deliveryStreams.gone={s3: {bucket: lake}}", "existing.deliveryStreams.gone={}"},
			"existing delivery stream gone: it is not there: make it, or take it out of existing: in the scenario, and it is made for the run",
		},
		{
			"another source",
			[]string{"pipeline.deliveryStreams.archive.source="},
			"existing delivery stream archive: it is not what the scenario says: source is orders there and \"\" in the scenario" + more + "deliveryStreams.archive.source=orders",
		},
		{
			"another place",
			[]string{"pipeline.deliveryStreams.archive.s3={bucket: pond}"},
			"existing delivery stream archive: it is not what the scenario says: s3.bucket is lake there and pond in the scenario, " +
				"s3.prefix is orders/ there and \"\" in the scenario, s3.bufferingHints.size is 1MiB there and 5MiB in the scenario, " +
				"s3.bufferingHints.interval is 1s there and 5m in the scenario" + more + "deliveryStreams.archive.s3.bucket=lake",
		},
	}
	a := newInUse(t)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := a.parse(inUse, append([]string{"objectives=[]", "pipeline.streams.made={}"}, row.set...))
			err := a.target(runner.Env{Scenario: s, Marker: []byte("<0>")}).Deploy(t.Context(), s, nil)
			if err == nil || !strings.HasPrefix(err.Error(), row.want) {
				t.Errorf("%v\nwant %s", err, row.want)
			}
		})
	}
	a.wrote()
}
