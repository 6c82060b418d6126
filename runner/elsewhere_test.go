package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/probe"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
)

// An endpoint that tells nothing but what its APIs tell: our server, taken for somebody else's. Its functions are probes,
// which a Lambda of the test's own invokes; their receipts, what the bucket holds and what a consumer reads account for
// every record.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 1s
drain: 30s
storage: {memory: 1MiB, disk: 1MiB, full: fail}
pipeline:
  streams: {clicks: {shardCount: 2}}
  functions:
    f: {model: {duration: 5ms}, eventSources: [{stream: clicks, batchSize: 50}]}
  deliveryStreams:
    archive: {source: clicks, s3: {bucket: objects, bufferingHints: {size: 1MiB, interval: 1s}}}
    direct: {s3: {bucket: objects, prefix: "d/", bufferingHints: {size: 1MiB, interval: 1s}}}
  consumers:
    dashboard: {stream: clicks, every: 300ms}
load:
  - {stream: clicks, generator: {clickstream: {users: 50}}, rate: 200/s, lanes: 2, batch: {records: 20}}
  - {deliveryStream: direct, generator: {sensor: {sensors: 20}}, rate: 100/s}
objectives:
  - integrity.missing == 0
  - lambda.latency p50 < 1h
  - firehose.lag p50 < 1h
  - put.hit == 0
`}.open(t)
	c := clock.NewWall()
	defer c.Stop()
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.New(server.Config{AWS: simulator.New(simulator.Config{Clock: c})}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	lambda := newStandInLambda(l.URL(), "clicks-0a1b", "wavetank-receipts-0a1b")
	dir := filepath.Join(t.TempDir(), "run")
	err = runner.Run(t.Context(), runner.Config{Scenario: s, Dir: dir, Target: func(e runner.Env) target.Target {
		return aws.New(aws.Config{
			Endpoint: l.URL(), Clock: e.Clock, Identify: e.Identify, Next: e.Next, Marker: e.Marker, Note: e.Note, Phase: e.Phase,
			Package: func(context.Context, string) ([]byte, error) { lambda.start(); return []byte("a package"), nil },
			Untold:  []target.Untold{{Prefix: "put.hit", Reason: "no limits", Measured: true}},
			StandIn: true, Suffix: "0a1b", // its ceilings are measured, and everything there has a name of this run
		})
	}})
	if err := errors.Join(err, lambda.stop()); err != nil {
		t.Fatal(err)
	}
	r, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := &outcome{Report: r, t: t, dir: dir}
	o.closes()

	ledger := o.Run.End.Ledger
	if ledger.Offered < 280 || ledger.Acked != ledger.Offered || len(ledger.Sinks) != 4 || !o.Run.End.Drained {
		t.Errorf("ledger %+v", ledger)
	}
	for _, sink := range ledger.Sinks {
		if sink.Missing != 0 || sink.Delivered == 0 || sink.DuplicatedByPipeline != 0 || sink.DuplicatedByProducer != 0 {
			t.Errorf("%+v", sink)
		}
	}
	for _, name := range []string{"lambda.wait", "lambda.latency", "firehose.lag", "stream.propagation", "f.end_to_end", "direct.end_to_end"} {
		if m := o.of(name); m.Count() == 0 || m.Underflow() > 0 {
			t.Errorf("%s has %d values, %d below 0", name, m.Count(), m.Underflow())
		}
	}
	if d := o.of("lambda.duration"); d.Count() == 0 || d.Min() < (5*time.Millisecond).Nanoseconds() {
		t.Errorf("lambda.duration: %d values from %v on, want the model's 5 ms or more", d.Count(), time.Duration(d.Min()))
	}
	if n := o.of("put.arrival").Count(); n != 0 {
		t.Errorf("put.arrival has %d values: only the inside could tell them", n)
	}
	for i := range o.Objectives {
		objective := &o.Objectives[i]
		told := i < 2 // the others rest on what this endpoint does not tell, or does not do
		if (objective.Holds != nil) != told {
			t.Errorf("%s: holds %v, %q", objective.Text, objective.Holds, objective.Reason)
		}
	}
	notes := strings.Join(o.Run.End.Notes, "\n")
	for _, want := range []string{
		"the service's clock", "the functions' clock", "this target's own ceiling", "its mapping hands f about",
		"storage is of the embedded target: " + l.URL() + " keeps records in its own way",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes say nothing of %q: %q", want, notes)
		}
	}
}

// standInLambda invokes the probe's handler with what it reads of a stream, as an event source mapping does, and stores
// its receipts.
type standInLambda struct {
	client           *kinesis.Client
	stream, receipts string
	once             sync.Once
	end              chan struct{}
	ended            sync.WaitGroup
	failed           error
}

func newStandInLambda(endpoint, stream, receipts string) *standInLambda {
	client := kinesis.New(kinesis.Options{
		Region: "us-east-1", BaseEndpoint: &endpoint, Retryer: sdk.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("other", "other", ""),
	})
	return &standInLambda{client: client, stream: stream, receipts: receipts, end: make(chan struct{})}
}

// start begins to poll, from the stream's beginning.
func (l *standInLambda) start() {
	l.once.Do(func() { l.ended.Go(l.poll) })
}

// stop ends the polling and tells what it failed of. That its stream is gone is no failure: the run takes away what it
// made before this stand-in is told to stop.
func (l *standInLambda) stop() error {
	close(l.end)
	l.ended.Wait()
	if gone := (*types.ResourceNotFoundException)(nil); errors.As(l.failed, &gone) {
		return nil
	}
	return l.failed
}

// Put stores a receipt.
func (l *standInLambda) Put(ctx context.Context, key string, data []byte) error {
	_, err := l.client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &l.receipts, PartitionKey: &key, Data: data})
	return err
}

func (l *standInLambda) poll() {
	const took = 5 * time.Millisecond
	h := probe.NewHandler(probe.Config{
		Settings: probe.Settings{Function: "f", Receipts: l.receipts, Duration: probe.Distribution{P50: took, P99: took}},
		Receipts: l, Environment: 1,
	})
	iterators := make([]*string, 2)
	ticks := time.NewTicker(400 * time.Millisecond)
	defer ticks.Stop()
	for {
		for shard := range iterators {
			if err := l.invoke(h, shard, &iterators[shard]); err != nil {
				l.failed = err
				return
			}
		}
		select {
		case <-ticks.C:
		case <-l.end:
			return
		}
	}
}

// invoke reads a shard once and invokes the function with what there was.
func (l *standInLambda) invoke(h *probe.Handler, shard int, iterator **string) error {
	ctx := context.Background()
	id := fmt.Sprintf("shardId-%012d", shard)
	if *iterator == nil {
		out, err := l.client.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
			StreamName: &l.stream, ShardId: &id, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if missing := (*types.ResourceNotFoundException)(nil); errors.As(err, &missing) {
			return nil // the package is asked for before the stream is made
		}
		if err != nil {
			return err
		}
		*iterator = out.ShardIterator
	}
	out, err := l.client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: *iterator})
	if limit := (*types.ProvisionedThroughputExceededException)(nil); errors.As(err, &limit) {
		return nil // the next turn reads it
	}
	if err != nil || len(out.Records) == 0 {
		return err
	}
	*iterator = out.NextShardIterator
	var records []any
	for i := range out.Records {
		r := &out.Records[i]
		records = append(records, map[string]any{
			"eventID":        id + ":" + *r.SequenceNumber,
			"eventSourceARN": "arn:aws:kinesis:us-east-1:123456789012:stream/" + l.stream,
			"kinesis": map[string]any{
				"sequenceNumber": *r.SequenceNumber, "data": r.Data,
				"approximateArrivalTimestamp": float64(r.ApproximateArrivalTimestamp.UnixMilli()) / 1000,
			},
		})
	}
	event, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		return err
	}
	_, err = h.Invoke(ctx, event)
	return err
}
