package conformance

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func writeCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "put-500-records", Area: "writing", Needs: needs, Makes: oneShard, run: put500,
			Claim:  "500 records in one PutRecords are accepted",
			Source: "API reference PutRecords",
		},
		{
			Name: "put-501-records", Area: "writing", Needs: needs, Makes: oneShard, run: put501,
			Claim:  "501 records in one PutRecords are refused: ValidationException",
			Source: "API reference PutRecords; service model",
		},
		{
			Name: "put-7-mib", Area: "writing", Needs: needs, Makes: oneShard, run: put7MiB,
			Claim:  "a PutRecords of 7 MiB is taken, up to 10 MiB since 2025-10",
			Source: "API reference PutRecords",
		},
		{
			Name: "put-11-mib", Area: "writing", Needs: needs, Makes: oneShard, run: put11MiB,
			Claim:  "a PutRecords of more than 10 MiB is refused: InvalidArgumentException",
			Source: "API reference PutRecords",
		},
		{
			Name: "record-over-1-mib", Area: "writing", Needs: needs, Makes: oneShard, run: recordOver1MiB,
			Claim:  "a record of more than 1 MiB with its key is refused; AWS does not say with which error",
			Source: "developer guide \"Handle large records\"",
		},
		{
			Name: "empty-record", Area: "writing", Needs: needs, Makes: oneShard, run: emptyRecord,
			Claim:  "a record without a byte is accepted and read back",
			Source: "service model",
		},
		{
			Name: "long-partition-key", Area: "writing", Needs: needs, Makes: oneShard, run: longKey,
			Claim:  "a partition key of 257 characters is refused: ValidationException",
			Source: "service model",
		},
		{
			Name: "dry-run", Area: "writing", Needs: needs, Makes: oneShard, run: dryRun,
			Claim:  "PutRecord with DryRun answers DryRunOperationException and writes nothing",
			Source: "API reference PutRecord, since 2026-09",
		},
		{
			Name: "arrival-time", Area: "writing", Needs: needs, Makes: oneShard, run: arrivalTime,
			Claim:  "ApproximateArrivalTimestamp lies within the time of the request, to the millisecond",
			Source: "API reference Record",
		},
	}
}

func put500(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	if _, err := b.put(ctx, name, records(500, 10)...); err != nil {
		return refused(err)
	}
	return does("all accepted")
}

func put501(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	_, err = b.offer(ctx, name, records(501, 10)...)
	return wants(err, "ValidationException", "")
}

// put7MiB asks whether the call is taken: its shards may well throttle most of the records.
func put7MiB(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	if _, err := b.offer(ctx, name, records(14, 512<<10)...); err != nil {
		return refused(err)
	}
	return does("the call is taken")
}

func put11MiB(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	_, err = b.offer(ctx, name, records(22, 512<<10)...)
	return wants(err, "InvalidArgumentException", "")
}

// recordOver1MiB puts 1 MiB of data with a key of one byte, and where that is taken 1 MiB and a byte.
func recordOver1MiB(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	put := func(size int) error {
		_, err := b.kinesis.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: aws.String("k"), Data: make([]byte, size)})
		return err
	}
	switch err := put(1 << 20); {
	case err == nil && put(1<<20+1) != nil:
		return differs("the key is not counted: refused from 1 MiB of data and a byte on")
	case err == nil:
		return doesNot("1 MiB of data and a byte are accepted")
	case codeOf(err) == "InvalidArgumentException", codeOf(err) == "ValidationException":
		return does("%s", explain(err))
	case codeOf(err) == "" && statusOf(err) < 400:
		return stuck(err)
	default:
		return differs("%s", explain(err))
	}
}

func emptyRecord(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	results, err := b.put(ctx, name, record("key", []byte{}))
	if err != nil {
		return refused(err)
	}
	list, err := b.horizon(ctx, name, *results[0].ShardId, 1)
	switch {
	case err != nil:
		return stuck(err)
	case len(list[0].Data) != 0:
		return doesNot("read back with %d bytes", len(list[0].Data))
	}
	return does("read back empty")
}

func longKey(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	_, err = b.offer(ctx, name, record(strings.Repeat("k", 257), []byte("x")))
	return wants(err, "ValidationException", "")
}

func dryRun(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	_, dry := b.kinesis.PutRecord(ctx, &kinesis.PutRecordInput{
		StreamName: &name, PartitionKey: aws.String("key"), Data: []byte("dry"), DryRun: aws.Bool(true),
	})
	results, err := b.put(ctx, name, record("key", []byte("wet")))
	if err != nil {
		return stuck(err)
	}
	list, err := b.horizon(ctx, name, *results[0].ShardId, 1)
	switch {
	case err != nil:
		return stuck(err)
	case string(list[0].Data) == "dry":
		return doesNot("the record was written")
	}
	return wants(dry, "DryRunOperationException", "")
}

// arrivalTime allows a second either way for the clocks of two machines.
func arrivalTime(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	before := time.Now()
	results, err := b.put(ctx, name, record("a", []byte("1")), record("b", []byte("2")))
	if err != nil {
		return stuck(err)
	}
	after := time.Now()
	list, err := b.horizon(ctx, name, *results[0].ShardId, 2)
	if err != nil {
		return stuck(err)
	}
	return arrivals(list, before, after)
}

func arrivals(list []types.Record, before, after time.Time) Finding {
	whole := true
	for _, r := range list {
		t := r.ApproximateArrivalTimestamp
		switch {
		case t == nil:
			return doesNot("a record has none")
		case t.Before(before.Add(-time.Second)), t.After(after.Add(time.Second)):
			return differs("%v from the request's begin", t.Sub(before).Round(time.Millisecond))
		}
		whole = whole && t.Nanosecond() == 0
	}
	if whole {
		return differs("whole seconds only")
	}
	return does("%v after the request's begin", list[0].ApproximateArrivalTimestamp.Sub(before).Round(time.Millisecond))
}
