package aws

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/probe"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
)

// receiptsEvery is the time between two looks at the receipts. It delays what the run is told and nothing that it
// measures: a receipt carries its own instants.
const receiptsEvery = 250 * time.Millisecond

// receiptReader reads what the probes leave and tells the observer of each invocation. An environment's receipts may go on
// in another shard after a reshard, so that there is one for all of them.
type receiptReader struct {
	target *Target

	mu    sync.Mutex
	from  map[uint64]*environment // by its name
	clock apart                   // the functions' from the service's
	body  []byte
}

// environment is what has come of one execution environment. It has one invocation at a time, so that its receipts come in
// order; one that was stored twice comes again.
type environment struct {
	invocation uint64 // the one to come, or in parts
	part       int    // of it
	records    []target.Record
}

// readReceipts starts to read the receipts.
func (t *Target) readReceipts(ctx context.Context) error {
	r := &receiptReader{target: t, from: map[uint64]*environment{}}
	got := func(_ time.Time, read []types.Record) {
		r.mu.Lock()
		defer r.mu.Unlock()
		for i := range read {
			r.receipt(read[i].Data, aws.ToTime(read[i].ApproximateArrivalTimestamp))
		}
	}
	return t.follow(ctx, &follower{
		process: "receipts", stream: receipts, start: record.TrimHorizon, ended: r.noteClock,
		reader: func(string) *shardReader {
			return &shardReader{every: receiptsEvery, got: got, refused: func(time.Time) {}}
		},
	})
}

// receipt tells what one receipt says, once all its parts are there. stored is when it arrived in its stream.
func (r *receiptReader) receipt(data []byte, stored time.Time) {
	t := r.target
	if bytes.Equal(data, t.config.Marker) {
		return // of the clocks
	}
	in, err := probe.Parse(data)
	if err != nil {
		t.note("a receipt could not be read: " + err.Error())
		return
	}
	if in.Lost > 0 {
		t.note("function " + in.Function + " could not leave some receipts: its figures are not of every invocation")
	}
	env := r.from[in.Environment]
	if env == nil {
		env = new(environment)
		r.from[in.Environment] = env
	}
	if in.Invocation < env.invocation || in.Invocation == env.invocation && in.Part < env.part {
		return
	}
	if in.Invocation > env.invocation {
		*env = environment{invocation: in.Invocation}
	}
	records := env.records
	for i := range in.Records {
		records = append(records, r.record(&in.Records[i]))
	}
	if env.records, env.part = records, in.Part+1; in.Part < in.Parts-1 {
		return
	}
	*env = environment{invocation: in.Invocation + 1}
	if !stored.IsZero() {
		r.clock.functionClock(in.LastArrival, in.Begin, in.End, stored)
	}
	shard, stream := shardNumber(in.Shard), t.names.stream(in.Stream)
	records = t.ours(stream, records)
	t.observer.Invoked(target.Invocation{
		Function: in.Function, Stream: stream, Shard: shard, Attempt: in.Attempt,
		Sent: in.Begin, Begin: in.Begin, End: in.End, Cold: in.Cold, Failed: in.Error != "", Batch: in.Batch, Records: records,
	})
	t.markers.seen(markedShard(in.Function, stream, shard), records)
	if d := t.drains.Load(); d != nil && d.function == in.Function && d.stream == stream {
		d.invoked(in.Begin, in.End, markersAmong(records))
	}
}

// noteClock notes how far the functions' clock was from the service's.
func (r *receiptReader) noteClock() {
	if r.clock.n > 0 {
		r.target.note(fmt.Sprintf("the functions' clock, which tells begins and ends, was %s of the service's", r.clock))
	}
}

// record is a record that a probe saw, as the services hold it. The receipt has no room for the place of what is ours.
func (r *receiptReader) record(in *probe.Record) target.Record {
	out := target.Record{Arrival: in.Arrival.UnixNano(), Shard: target.NoPlace}
	if in.SequenceNumber != "" {
		return out
	}
	r.body = in.AppendIdentity(r.body[:0])
	out.Lane, out.Number, out.Ours = r.target.config.Identify(r.body)
	out.Marker = out.Ours && out.Lane == target.MarkerLane
	return out
}

func markersAmong(records []target.Record) (n int) {
	for i := range records {
		if records[i].Marker {
			n++
		}
	}
	return n
}

// note keeps a sentence for the report, where somebody listens.
func (t *Target) note(text string) {
	if t.config.Note != nil {
		t.config.Note(text)
	}
}
