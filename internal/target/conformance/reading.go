package conformance

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func readCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "get-records-limit", Area: "reading", Needs: needs, Makes: oneShard, run: getRecordsLimit,
			Claim:  "GetRecords obeys Limit, and refuses 10,001: ValidationException",
			Source: "service model",
		},
		{
			Name: "millis-behind-latest", Area: "reading", Needs: needs, Makes: oneShard, run: millisBehindLatest,
			Claim:  "MillisBehindLatest is above 0 while records follow and 0 at the tip",
			Source: "API reference GetRecords",
		},
		{
			Name: "open-shard-goes-on", Area: "reading", Needs: needs, Makes: oneShard, run: openShardGoesOn,
			Claim:  "the end of an open shard is an empty answer with a next iterator, which sees what is put later",
			Source: "API reference GetRecords",
		},
		{
			Name: "read-after-write", Area: "reading", Needs: needs, Makes: oneShard, run: readAfterWrite,
			Claim:  "a record can be read as soon as its put is answered",
			Source: "AWS news blog on propagation delay",
		},
	}
}

// filled is a stream of one shard with n small records, some milliseconds between each, and what their puts answered.
func (b *bench) filled(ctx context.Context, n int) (name string, results []types.PutRecordsResultEntry, err error) {
	name, err = b.stream(ctx, 1)
	if err != nil {
		return "", nil, err
	}
	for i := range n {
		r, err := b.put(ctx, name, record("key", []byte{'0' + byte(i)}))
		if err != nil {
			return "", nil, err
		}
		results = append(results, r...)
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return "", nil, err
		}
	}
	return name, results, nil
}

func (b *bench) trimHorizon(ctx context.Context, name, shard string) (*string, error) {
	return b.iterator(ctx, name, shard, kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
}

func getRecordsLimit(ctx context.Context, b *bench) Finding {
	name, results, err := b.filled(ctx, 3)
	if err != nil {
		return stuck(err)
	}
	it, err := b.trimHorizon(ctx, name, *results[0].ShardId)
	if err != nil {
		return stuck(err)
	}
	out, err := b.read(ctx, it, aws.Int32(2))
	switch {
	case err != nil:
		return stuck(err)
	case len(out.Records) > 2:
		return doesNot("%d records with Limit 2", len(out.Records))
	}
	_, err = b.read(ctx, it, aws.Int32(10_001))
	return wants(err, "ValidationException", "")
}

func millisBehindLatest(ctx context.Context, b *bench) Finding {
	name, results, err := b.filled(ctx, 3)
	if err != nil {
		return stuck(err)
	}
	it, err := b.trimHorizon(ctx, name, *results[0].ShardId)
	if err != nil {
		return stuck(err)
	}
	first, err := b.read(ctx, it, aws.Int32(1))
	if err != nil {
		return stuck(err)
	}
	last, err := b.read(ctx, first.NextShardIterator, nil)
	switch {
	case err != nil:
		return stuck(err)
	case first.MillisBehindLatest == nil, last.MillisBehindLatest == nil:
		return doesNot("the answer has none")
	case len(first.Records) != 1, len(last.Records) != 2:
		return unknown("%d and %d records read, not 1 and 2", len(first.Records), len(last.Records))
	case *last.MillisBehindLatest != 0:
		return differs("%d ms at the tip", *last.MillisBehindLatest)
	case *first.MillisBehindLatest <= 0:
		return differs("%d ms with two records behind", *first.MillisBehindLatest)
	}
	return does("%d ms, then 0", *first.MillisBehindLatest)
}

func openShardGoesOn(ctx context.Context, b *bench) Finding {
	name, results, err := b.filled(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	it, err := b.iterator(ctx, name, *results[0].ShardId, kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest})
	if err != nil {
		return stuck(err)
	}
	empty, err := b.read(ctx, it, nil)
	switch {
	case err != nil:
		return stuck(err)
	case len(empty.Records) != 0:
		return differs("%d records behind the newest", len(empty.Records))
	case empty.NextShardIterator == nil:
		return doesNot("no next iterator on an open shard")
	}
	if _, err := b.put(ctx, name, record("key", []byte("later"))); err != nil {
		return stuck(err)
	}
	list, err := b.drain(ctx, empty.NextShardIterator, 1)
	switch {
	case err != nil:
		return stuck(err)
	case string(list[0].Data) != "later":
		return differs("it sees %q", list[0].Data)
	}
	return does("it sees the record that was put later")
}

func readAfterWrite(ctx context.Context, b *bench) Finding {
	name, results, err := b.filled(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	it, err := b.trimHorizon(ctx, name, *results[0].ShardId)
	if err != nil {
		return stuck(err)
	}
	out, err := b.read(ctx, it, nil)
	switch {
	case err != nil:
		return stuck(err)
	case len(out.Records) == 1:
		return does("by the first read")
	}
	start := time.Now()
	if _, err := b.drain(ctx, out.NextShardIterator, 1); err != nil {
		return stuck(err)
	}
	return differs("%v later", time.Since(start).Round(time.Millisecond))
}
