package conformance

import (
	"context"
	"regexp"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// throttled is the code of a shard that has had enough, for a call and for a record.
const throttled = "ProvisionedThroughputExceededException"

func writeLimitCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "write-records-rate", Area: "write limits", Needs: needs, Makes: oneShard, run: writeRecordsRate,
			Claim:  "1,000 records a second into a shard; the rest is refused record by record",
			Source: "developer guide \"Quotas\"",
		},
		{
			Name: "write-bytes-rate", Area: "write limits", Needs: needs, Makes: oneShard, run: writeBytesRate,
			Claim:  "1 MiB a second into a shard; the rest is refused record by record",
			Source: "API reference CreateStream",
		},
		{
			Name: "put-record-bytes-rate", Area: "write limits", Needs: needs, Makes: oneShard, run: putRecordBytesRate,
			Claim:  "a PutRecord over the shard's limit is refused as a whole",
			Source: "API reference PutRecord",
		},
		{
			Name: "decided-record-by-record", Area: "write limits", Needs: needs, Makes: oneShard, run: decidedRecordByRecord,
			Claim:  "the records of a call are decided one by one, in order; a refused one costs nothing",
			Source: "kinesalite pull request 87, output of AWS",
		},
		{
			Name: "throttled-wording", Area: "write limits", Needs: needs, Makes: oneShard, run: throttledWording,
			Claim:  "a refused record: Rate exceeded for shard … in stream … under account ….",
			Source: "kinesalite pull request 87, output of AWS",
		},
	}
}

// offered puts n calls of entries and counts records, or bytes.
func (b *bench) offered(ctx context.Context, name string, calls int, entries []entry, unit string, each float64) (*burst, error) {
	var mu sync.Mutex
	accepted := 0.0
	refused := map[string]int{}
	r, err := offerAll(ctx, calls, func(ctx context.Context) error {
		results, err := b.offer(ctx, name, entries...)
		mu.Lock()
		defer mu.Unlock()
		for _, e := range results {
			if e.ErrorCode == nil {
				accepted += each
			} else {
				refused[*e.ErrorCode]++
			}
		}
		return err
	})
	for code, n := range refused {
		r.refused[code] += n
	}
	r.what, r.offered, r.accepted = unit, float64(calls*len(entries))*each, accepted
	return r, err
}

func writeRecordsRate(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	r, err := b.offered(ctx, name, 10, records(500, 10), "records", 1)
	if err != nil {
		return stuck(err)
	}
	return r.limited(1000, throttled)
}

func writeBytesRate(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	r, err := b.offered(ctx, name, 8, records(10, 100<<10), "KiB", 100)
	if err != nil {
		return stuck(err)
	}
	return r.limited(1024, throttled)
}

func putRecordBytesRate(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	data := make([]byte, 256<<10)
	r, err := offerAll(ctx, 32, func(ctx context.Context) error {
		_, err := b.kinesis.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: aws.String("key"), Data: data})
		return err
	})
	if err != nil {
		return stuck(err)
	}
	r.what = "PutRecord calls of 256 KiB"
	return r.limited(4, throttled)
}

// refusedInOrder offers a large, a large and a small record to a rested shard: a second holds the first and the last.
func refusedInOrder(ctx context.Context, b *bench) ([]types.PutRecordsResultEntry, string, error) {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return nil, "", err
	}
	results, err := b.offer(ctx, name,
		record("a", make([]byte, 900<<10)), record("b", make([]byte, 900<<10)), record("c", make([]byte, 10)))
	return results, name, err
}

func decidedRecordByRecord(ctx context.Context, b *bench) Finding {
	results, _, err := refusedInOrder(ctx, b)
	if err != nil {
		return stuck(err)
	}
	got := ""
	for _, r := range results {
		if r.ErrorCode == nil {
			got += "+"
		} else {
			got += "-"
		}
	}
	switch got {
	case "+-+":
		return does("of 900 KiB, 900 KiB and 10 B the second is refused")
	case "+++":
		return doesNot("1.8 MiB at once are accepted")
	}
	return differs("of 900 KiB, 900 KiB and 10 B: %s", got)
}

func throttledWording(ctx context.Context, b *bench) Finding {
	results, name, err := refusedInOrder(ctx, b)
	if err != nil {
		return stuck(err)
	}
	want := regexp.MustCompile(`^Rate exceeded for shard shardId-\d{12} in stream ` + regexp.QuoteMeta(name) + ` under account \d{12}\.$`)
	for _, r := range results {
		if r.ErrorCode == nil {
			continue
		}
		if aws.ToString(r.ErrorCode) != throttled || !want.MatchString(aws.ToString(r.ErrorMessage)) {
			return differs("%s: %s", *r.ErrorCode, aws.ToString(r.ErrorMessage))
		}
		return does("%s: %s", *r.ErrorCode, *r.ErrorMessage)
	}
	return unknown("no record is refused")
}
