package aws

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// Arrivals are read off the service's clock, begins and ends of invocations off that of the function's host, everything
// else off this machine's. How far two of them are apart is never known exactly, but what must have come first bounds it.

// apart is by how much one clock is ahead of another, at least and at most.
type apart struct {
	least, most time.Duration
	n           int // observations
}

// between adds an observation.
func (a *apart) between(least, most time.Duration) {
	if a.n++; a.n == 1 {
		a.least, a.most = least, most
		return
	}
	a.least, a.most = max(a.least, least), min(a.most, most)
}

// String is the middle of the bounds and how far it may be off. Bounds that contradict each other mean that a clock was
// set meanwhile, or jumps.
func (a apart) String() string {
	if a.least > a.most {
		return fmt.Sprintf("not steady: at least %s and at most %s ahead", milliseconds(a.least), milliseconds(a.most))
	}
	return fmt.Sprintf("%s ± %s ahead", milliseconds((a.least+a.most)/2), milliseconds((a.most-a.least)/2))
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1e3) }

// arrivalStep is the precision of an arrival that AWS tells.
const arrivalStep = time.Millisecond

// clockPuts is how many records are put to compare the service's clock with this machine's.
const clockPuts = 8

// serviceClock compares the service's clock with this machine's, by records put into a stream of our own: each arrived
// between its request and the answer.
func (t *Target) serviceClock(ctx context.Context, stream string) (apart, error) {
	type sent struct{ from, to time.Time }
	puts := map[string]sent{}
	var first, shard *string
	for range clockPuts {
		s := sent{from: t.config.Clock.Now()}
		out, err := t.kinesis.PutRecord(ctx, &kinesis.PutRecordInput{
			StreamName: t.stream(stream), PartitionKey: aws.String("wavetank"), Data: t.config.Marker,
		})
		if err != nil {
			return apart{}, err
		}
		s.to = t.config.Clock.Now()
		puts[aws.ToString(out.SequenceNumber)] = s
		if first == nil {
			first, shard = out.SequenceNumber, out.ShardId
		}
	}
	at, err := t.kinesis.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
		StreamName: t.stream(stream), ShardId: shard,
		ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: first,
	})
	if err != nil {
		return apart{}, err
	}
	out, err := t.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at.ShardIterator})
	if err != nil {
		return apart{}, err
	}
	var a apart
	for i := range out.Records {
		r := &out.Records[i]
		if s, ok := puts[aws.ToString(r.SequenceNumber)]; ok && r.ApproximateArrivalTimestamp != nil {
			a.between(r.ApproximateArrivalTimestamp.Sub(s.to), r.ApproximateArrivalTimestamp.Add(arrivalStep).Sub(s.from))
		}
	}
	return a, nil
}

// noteServiceClock notes how far the service's clock is from this machine's, where that could be told.
func (t *Target) noteServiceClock(ctx context.Context, stream string) {
	a, err := t.serviceClock(ctx, stream)
	if err != nil || a.n == 0 {
		t.note("how far the service's clock is from this machine's could not be told: latencies from arrivals may be off by it")
		return
	}
	t.note(fmt.Sprintf("the service's clock, which tells arrivals, is %s of this machine's", a))
}

// functionClock bounds how far a function's clock is ahead of the service's: an invocation began after its last record
// arrived, and its receipt arrived after it ended.
func (a *apart) functionClock(lastArrival, begin, end, stored time.Time) {
	a.between(end.Sub(stored.Add(arrivalStep)), begin.Sub(lastArrival))
}
