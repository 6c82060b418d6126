package conformance

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func streamCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "stream-creating", Area: "streams", Needs: needs, Makes: oneShard, run: streamCreating,
			Claim:  "a new stream is CREATING and becomes ACTIVE",
			Source: "API reference CreateStream",
		},
		{
			Name: "stream-deleting", Area: "streams", Needs: needs, Makes: oneShard, run: streamDeleting,
			Claim:  "a deleted stream is DELETING and then gone",
			Source: "API reference DeleteStream",
		},
		{
			Name: "even-hash-ranges", Area: "streams", Needs: needs, Makes: Makes{Streams: 1, Shards: 3}, run: evenHashRanges,
			Claim:  "the shards of a new stream divide the hash range evenly and without a gap",
			Source: "kinesalite",
		},
		{
			Name: "on-demand-stream", Area: "streams", Needs: needs, Makes: Makes{OnDemandStreams: 1}, run: onDemandStream,
			Claim:  "an on-demand stream begins with four shards",
			Source: "AWS blog on on-demand mode",
		},
		{
			Name: "list-shards-filter", Area: "streams", Needs: needs, Makes: Makes{Streams: 1, Shards: 3}, run: listShardsFilter,
			Claim:  "ListShards obeys AFTER_SHARD_ID",
			Source: "API reference ShardFilter",
		},
	}
}

func streamCreating(ctx context.Context, b *bench) Finding {
	name := b.name("stream")
	start := time.Now()
	if err := b.createStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: aws.Int32(1)}); err != nil {
		return stuck(at("CreateStream", err))
	}
	seen, err := b.states(ctx, name, types.StreamStatusActive)
	took := time.Since(start).Round(100 * time.Millisecond)
	switch {
	case err != nil:
		return stuck(err)
	case slices.Equal(seen, []string{"CREATING", "ACTIVE"}):
		return does("ACTIVE after %v", took)
	}
	return differs("%s at once", strings.Join(seen, ", "))
}

// states are the states that a stream passes through until it is in the last one, or gone.
func (b *bench) states(ctx context.Context, name string, last types.StreamStatus) ([]string, error) {
	var seen []string
	err := until(ctx, func() (bool, error) {
		status, err := b.status(ctx, name)
		if codeOf(err) == "ResourceNotFoundException" && last == "" {
			return true, nil
		}
		if err == nil && !slices.Contains(seen, string(status)) {
			seen = append(seen, string(status))
		}
		return err == nil && status == last, err
	})
	return seen, err
}

func streamDeleting(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	start := time.Now()
	err = patient(ctx, func() error {
		_, err := b.kinesis.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: &name})
		return err
	})
	if err != nil {
		return stuck(at("DeleteStream", err))
	}
	seen, err := b.states(ctx, name, "")
	took := time.Since(start).Round(100 * time.Millisecond)
	switch {
	case err != nil:
		return stuck(err)
	case slices.Equal(seen, []string{"DELETING"}):
		return does("gone after %v", took)
	case len(seen) == 0:
		return differs("gone at once")
	}
	return differs("%s, then gone", strings.Join(seen, ", "))
}

func evenHashRanges(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 3)
	if err != nil {
		return stuck(err)
	}
	shards, err := b.shards(ctx, name)
	if err != nil {
		return stuck(err)
	}
	all := new(big.Int).Lsh(big.NewInt(1), 128)
	width := new(big.Int).Div(all, big.NewInt(3))
	var got, want []string
	for i, s := range shards {
		got = append(got, *s.HashKeyRange.StartingHashKey+"-"+*s.HashKeyRange.EndingHashKey)
		from, to := new(big.Int).Mul(width, big.NewInt(int64(i))), new(big.Int).Mul(width, big.NewInt(int64(i+1)))
		if i == 2 {
			to = all
		}
		want = append(want, fmt.Sprintf("%v-%v", from, to.Sub(to, big.NewInt(1))))
	}
	if len(shards) != 3 {
		return doesNot("%d shards, not 3", len(shards))
	}
	for i := range got {
		if got[i] != want[i] {
			return differs("shard %d holds %s, not %s", i, got[i], want[i])
		}
	}
	return does("three thirds of 2^128, the last takes the rest")
}

func onDemandStream(ctx context.Context, b *bench) Finding {
	name := b.name("stream")
	err := b.createStream(ctx, &kinesis.CreateStreamInput{
		StreamName: &name, StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand},
	})
	if err != nil {
		return refused(err)
	}
	if err := b.active(ctx, name); err != nil {
		return stuck(err)
	}
	d, err := b.describe(ctx, name)
	switch {
	case err != nil:
		return stuck(err)
	case d.StreamModeDetails == nil || d.StreamModeDetails.StreamMode != types.StreamModeOnDemand:
		return differs("the stream does not say that it is ON_DEMAND")
	case len(d.Shards) != 4:
		return differs("%d shards, not 4", len(d.Shards))
	}
	return does("4 shards")
}

func listShardsFilter(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 3)
	if err != nil {
		return stuck(err)
	}
	shards, err := b.shards(ctx, name)
	if err != nil {
		return stuck(err)
	}
	out, err := b.kinesis.ListShards(ctx, &kinesis.ListShardsInput{
		StreamName: &name, ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAfterShardId, ShardId: shards[0].ShardId},
	})
	switch {
	case err != nil:
		return refused(err)
	case len(out.Shards) != len(shards)-1:
		return doesNot("%d of 3 shards after the first", len(out.Shards))
	}
	return does("2 of 3 shards after the first")
}
