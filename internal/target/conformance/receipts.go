package conformance

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/wavetank/wavetank/internal/probe"
)

// rig is a stream of one shard mapped to a probe, which leaves a receipt of each invocation in a stream of its own.
type rig struct {
	bench    *bench
	stream   string
	function string
	receipts string
	mapping  *string

	iterator *string          // into the receipts
	seen     []probe.Receipt  // in the order of their Begin
	numbers  map[string]int   // of the records that were put: sequence number to index
	keys     []string         // by index
	put      []time.Time      // by index: when the put was answered
	have     map[receipt]bool // storing a receipt is at least once
}

type receipt struct {
	environment, invocation uint64
	part                    int
}

// rig makes the streams and the probe; nothing is mapped yet.
func (b *bench) rig(ctx context.Context, set func(*probe.Settings)) (*rig, error) {
	r := &rig{bench: b, numbers: map[string]int{}, have: map[receipt]bool{}}
	var err error
	if r.stream, err = b.stream(ctx, 1); err != nil {
		return nil, err
	}
	if r.receipts, err = b.makeStream(ctx, b.name("seen"), 1); err != nil {
		return nil, err
	}
	s := probe.Settings{Function: b.name("code"), Receipts: r.receipts}
	if set != nil {
		set(&s)
	}
	if r.function, err = b.function(ctx, s.Environment()); err != nil {
		return nil, err
	}
	shards, err := b.shards(ctx, r.receipts)
	if err != nil {
		return nil, err
	}
	r.iterator, err = b.trimHorizon(ctx, r.receipts, *shards[0].ShardId)
	return r, err
}

// write puts one record with each of the keys, as one call.
func (r *rig) write(ctx context.Context, keys ...string) error {
	var entries []entry
	for _, k := range keys {
		entries = append(entries, record(k, []byte("a record that is nobody's")))
	}
	results, err := r.bench.put(ctx, r.stream, entries...)
	if err != nil {
		return err
	}
	now := time.Now()
	for i, e := range results {
		r.numbers[*e.SequenceNumber] = len(r.keys)
		r.keys, r.put = append(r.keys, keys[i]), append(r.put, now)
	}
	return nil
}

// connect maps the stream to the probe and waits until the mapping is Enabled.
func (r *rig) connect(ctx context.Context, set func(*lambda.CreateEventSourceMappingInput)) error {
	out, err := r.bench.mapped(ctx, r.function, r.stream, set)
	if err != nil {
		return err
	}
	r.mapping = out.UUID
	return r.bench.enabled(ctx, out.UUID)
}

// watch reads receipts until done says so or patience is over; which of them it was is the caller's to see.
func (r *rig) watch(ctx context.Context, patience time.Duration, done func() bool) error {
	end := time.Now().Add(patience)
	for !done() && time.Now().Before(end) {
		out, err := r.bench.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: r.iterator})
		switch {
		case tooOften(err):
		case err != nil:
			return at("GetRecords of the receipts", err)
		default:
			r.iterator = out.NextShardIterator
			if err := r.note(out.Records); err != nil {
				return at("read a receipt", err)
			}
		}
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return at("wait for receipts", err)
		}
	}
	return nil
}

func (r *rig) note(records []types.Record) error {
	for _, data := range records {
		in, err := probe.Parse(data.Data)
		if err != nil {
			return err
		}
		id := receipt{in.Environment, in.Invocation, in.Part}
		if r.have[id] {
			continue
		}
		r.have[id] = true
		if in.Error == probe.ErrorEvent {
			return errors.New("the function got an event that is not one of a stream")
		}
		r.seen = append(r.seen, in)
	}
	slices.SortStableFunc(r.seen, func(a, b probe.Receipt) int { return a.Begin.Compare(b.Begin) })
	return nil
}

// batch are the records of one receipt, as indices of what was put; -1 is a record that the rig did not put.
func (r *rig) batch(in *probe.Receipt) []int {
	var list []int
	for _, rec := range in.Records {
		i, ok := r.numbers[rec.SequenceNumber]
		if !ok {
			i = -1
		}
		list = append(list, i)
	}
	return list
}

// arrived is how many different records the function has seen.
func (r *rig) arrived() int {
	seen := map[int]bool{}
	for i := range r.seen {
		for _, n := range r.batch(&r.seen[i]) {
			seen[n] = true
		}
	}
	return len(seen)
}

// sizes are the batches' sizes, in order.
func (r *rig) sizes() []int {
	var list []int
	for i := range r.seen {
		list = append(list, len(r.seen[i].Records))
	}
	return list
}

// batchSize is a mapping with that batch size and nothing else.
func batchSize(n int32) func(*lambda.CreateEventSourceMappingInput) {
	return func(in *lambda.CreateEventSourceMappingInput) { in.BatchSize = aws.Int32(n) }
}
