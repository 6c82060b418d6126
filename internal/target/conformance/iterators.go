package conformance

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func iteratorCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "iterator-types", Area: "shard iterators", Needs: needs, Makes: oneShard, run: iteratorTypes,
			Claim:  "AT_ and AFTER_SEQUENCE_NUMBER, AT_TIMESTAMP, TRIM_HORIZON and LATEST begin where they say",
			Source: "API reference GetShardIterator",
		},
		{
			Name: "iterator-used-twice", Area: "shard iterators", Needs: needs, Makes: oneShard, run: iteratorTwice,
			Claim:  "an iterator may be used more than once and reads the same",
			Source: "developer guide, Troubleshoot consumers",
		},
		{
			Name: "iterator-from-the-future", Area: "shard iterators", Needs: needs, Makes: oneShard, run: iteratorFuture,
			Claim:  "AT_TIMESTAMP in the future: InvalidArgumentException",
			Source: "kinesalite",
		},
		{
			Name: "iterator-invalid", Area: "shard iterators", Needs: needs, Makes: nothing, run: iteratorInvalid,
			Claim:  "an iterator that is none: InvalidArgumentException: Invalid ShardIterator.",
			Source: "kinesalite",
		},
	}
}

func iteratorTypes(ctx context.Context, b *bench) Finding {
	name, results, err := b.filled(ctx, 3)
	if err != nil {
		return stuck(err)
	}
	shard, second := *results[0].ShardId, results[1].SequenceNumber
	written, err := b.horizon(ctx, name, shard, 3)
	if err != nil {
		return stuck(err)
	}
	var wrong []string
	for _, tt := range []struct {
		in   kinesis.GetShardIteratorInput
		want string // the data of what is read
	}{
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon}, "012"},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: second}, "12"},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: second}, "2"},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: written[1].ApproximateArrivalTimestamp}, "12"},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest}, ""},
	} {
		it, err := b.iterator(ctx, name, shard, tt.in)
		if err != nil {
			return refused(err)
		}
		got := ""
		for range 3 { // an answer may be empty where there are records further on
			out, err := b.read(ctx, it, nil)
			if err != nil {
				return stuck(err)
			}
			for _, r := range out.Records {
				got += string(r.Data)
			}
			if it = out.NextShardIterator; got == tt.want && got != "" || it == nil {
				break
			}
		}
		if got != tt.want {
			wrong = append(wrong, string(tt.in.ShardIteratorType)+" reads \""+got+"\", not \""+tt.want+"\"")
		}
	}
	if wrong != nil {
		return differs("of records 0, 1, 2: %s", strings.Join(wrong, "; "))
	}
	return does("all five")
}

func iteratorTwice(ctx context.Context, b *bench) Finding {
	name, results, err := b.filled(ctx, 2)
	if err != nil {
		return stuck(err)
	}
	it, err := b.trimHorizon(ctx, name, *results[0].ShardId)
	if err != nil {
		return stuck(err)
	}
	for range 2 {
		list, err := b.drain(ctx, it, 2)
		if err != nil {
			return stuck(err)
		}
		if string(list[0].Data)+string(list[1].Data) != "01" {
			return doesNot("the second use reads something else")
		}
	}
	return does("twice the same two records")
}

func iteratorFuture(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	shards, err := b.shards(ctx, name)
	if err != nil {
		return stuck(err)
	}
	_, err = b.iterator(ctx, name, *shards[0].ShardId, kinesis.GetShardIteratorInput{
		ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: aws.Time(time.Now().Add(time.Hour)),
	})
	return wants(err, "InvalidArgumentException", "")
}

func iteratorInvalid(ctx context.Context, b *bench) Finding {
	_, err := b.kinesis.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: aws.String("none")})
	return wants(err, "InvalidArgumentException", `Invalid ShardIterator\.`)
}
