package conformance

import (
	"context"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

func settingCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "tags", Area: "stream settings", Needs: needs, Makes: oneShard, run: tags,
			Claim:  "tags are kept and listed",
			Source: "API reference AddTagsToStream",
		},
		{
			Name: "retention", Area: "stream settings", Needs: needs, Makes: oneShard, run: retention,
			Claim:  "the retention period can be increased from 24 h, and is refused beyond 8,760 h",
			Source: "API reference IncreaseStreamRetentionPeriod",
		},
		{
			Name: "max-record-size", Area: "stream settings", Needs: needs, Makes: oneShard, run: maxRecordSize,
			Claim:  "UpdateMaxRecordSize lets a stream take records of 2 MiB",
			Source: "developer guide \"Handle large records\"",
		},
		{
			Name: "describe-limits", Area: "stream settings", Needs: needs, Makes: nothing, run: describeLimits,
			Claim:  "DescribeLimits tells the account's shards and their limit",
			Source: "API reference DescribeLimits",
		},
	}
}

func tags(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	_, err = b.kinesis.AddTagsToStream(ctx, &kinesis.AddTagsToStreamInput{StreamName: &name, Tags: map[string]string{"team": "tank"}})
	if err != nil {
		return refused(err)
	}
	listed := map[string]string{}
	in := &kinesis.ListTagsForStreamInput{StreamName: &name}
	for range 50 { // AWS has no more tags of a stream, and a page has one at least
		out, err := b.kinesis.ListTagsForStream(ctx, in)
		if err != nil {
			return refused(err)
		}
		for _, tag := range out.Tags {
			listed[aws.ToString(tag.Key)], in.ExclusiveStartTagKey = aws.ToString(tag.Value), tag.Key
		}
		if !aws.ToBool(out.HasMoreTags) || len(out.Tags) == 0 {
			break
		}
	}
	want := map[string]string{"team": "tank"}
	maps.Copy(want, b.tags())
	if !maps.Equal(listed, want) {
		return doesNot("%d tags listed, not the %d that were added", len(listed), len(want))
	}
	return does("%d added, %d listed", len(want), len(listed))
}

func retention(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	increase := func(hours int32) error {
		_, err := b.kinesis.IncreaseStreamRetentionPeriod(ctx, &kinesis.IncreaseStreamRetentionPeriodInput{
			StreamName: &name, RetentionPeriodHours: &hours,
		})
		return err
	}
	if err := increase(8760); err != nil {
		return refused(err)
	}
	if err := b.active(ctx, name); err != nil {
		return stuck(err)
	}
	d, err := b.describe(ctx, name)
	switch {
	case err != nil:
		return stuck(err)
	case aws.ToInt32(d.RetentionPeriodHours) != 8760:
		return doesNot("%d h after an increase to 8,760", aws.ToInt32(d.RetentionPeriodHours))
	}
	return wants(increase(8761), "InvalidArgumentException", "")
}

func maxRecordSize(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	d, err := b.describe(ctx, name)
	if err != nil {
		return stuck(err)
	}
	_, err = b.kinesis.UpdateMaxRecordSize(ctx, &kinesis.UpdateMaxRecordSizeInput{StreamARN: d.StreamARN, MaxRecordSizeInKiB: aws.Int32(3072)})
	if err != nil {
		return refused(err)
	}
	if err := b.active(ctx, name); err != nil {
		return stuck(err)
	}
	_, err = b.kinesis.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: aws.String("key"), Data: make([]byte, 2<<20)})
	if err != nil {
		return doesNot("a record of 2 MiB is refused: %s", explain(err))
	}
	return does("a record of 2 MiB is taken")
}

func describeLimits(ctx context.Context, b *bench) Finding {
	var out *kinesis.DescribeLimitsOutput
	err := patient(ctx, func() (err error) {
		out, err = b.kinesis.DescribeLimits(ctx, &kinesis.DescribeLimitsInput{})
		return err
	})
	switch {
	case err != nil:
		return refused(err)
	case out.ShardLimit == nil || out.OpenShardCount == nil:
		return doesNot("the answer names no limit")
	}
	return does("%d of %d shards", *out.OpenShardCount, *out.ShardLimit)
}
