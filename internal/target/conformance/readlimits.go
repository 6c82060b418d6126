package conformance

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func readLimitCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "get-records-rate", Area: "read limits", Needs: needs, Makes: oneShard, run: getRecordsRate,
			Claim:  "5 GetRecords a second and shard",
			Source: "developer guide \"Quotas\"",
		},
		{
			Name: "get-iterator-rate", Area: "read limits", Needs: needs, Makes: oneShard, run: getIteratorRate,
			Claim:  "5 GetShardIterator a second and shard",
			Source: "API reference GetShardIterator",
		},
		{
			Name: "read-bytes-rate", Area: "read limits", Needs: needs, Makes: oneShard, run: readBytesRate, Slow: true,
			Claim:  "2 MiB a second are read from a shard: after more, the next read is refused for a while",
			Source: "developer guide \"Quotas\"; API reference GetRecords",
		},
	}
}

func getRecordsRate(ctx context.Context, b *bench) Finding {
	name, results, err := b.filled(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	it, err := b.trimHorizon(ctx, name, *results[0].ShardId)
	if err != nil {
		return stuck(err)
	}
	r, err := offerAll(ctx, 24, func(ctx context.Context) error {
		_, err := b.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: it})
		return err
	})
	if err != nil {
		return stuck(err)
	}
	return r.limited(5, throttled)
}

func getIteratorRate(ctx context.Context, b *bench) Finding {
	name, results, err := b.filled(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	r, err := offerAll(ctx, 24, func(ctx context.Context) error {
		_, err := b.kinesis.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
			StreamName: &name, ShardId: results[0].ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		return err
	})
	if err != nil {
		return stuck(err)
	}
	return r.limited(5, throttled)
}

// readBytesRate writes 6 MiB, which a real shard takes in six seconds, and then reads them all from the beginning, twice.
func readBytesRate(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	shard := ""
	for n := 0; n < 12; {
		results, err := b.offer(ctx, name, record("key", make([]byte, 500<<10)))
		switch {
		case err != nil:
			return stuck(err)
		case results[0].ErrorCode == nil:
			n, shard = n+1, *results[0].ShardId
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return stuck(err)
		}
	}
	it, err := b.trimHorizon(ctx, name, shard)
	if err != nil {
		return stuck(err)
	}
	first, err := b.read(ctx, it, nil)
	if err != nil {
		return stuck(err)
	}
	size := 0
	for _, r := range first.Records {
		size += len(r.Data)
	}
	if size < 5<<20 {
		return unknown("the first answer has %d KiB only", size>>10)
	}
	_, err = b.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: it})
	if err == nil {
		return doesNot("%d KiB are read twice at once", size>>10)
	}
	return wants(err, throttled, "")
}
