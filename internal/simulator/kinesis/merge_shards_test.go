package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

func TestMergeShardsRefuses(t *testing.T) {
	s := newStream(t, Config{}, "s", 4)
	onDemand := &StreamModeDetails{new(ModeOnDemand)}
	if err := s.CreateStream(CreateStreamInput{StreamName: new("d"), StreamModeDetails: onDemand}); err != nil {
		t.Fatal(err)
	}
	join(t, s, 0, 1)
	pair := func(a, b string) string {
		return "Shards shardId-00000000000" + a + " and shardId-00000000000" + b + " in stream s under account 123456789012 are not an " +
			"adjacent pair of shards eligible for merging"
	}
	tests := []struct {
		name            string
		stream          string
		shard, adjacent *string
		code, message   string
	}{
		{
			"nothing", "s", nil, nil, codeValidation,
			"2 validation errors detected: Value null at 'shardToMerge' failed to satisfy constraint: Member must not be null; " +
				"Value null at 'adjacentShardToMerge' failed to satisfy constraint: Member must not be null",
		},
		{"no such stream", "t", new("0"), new("1"), codeNotFound, "Stream t under account 123456789012 not found."},
		{"no such shard", "s", new("shardId-9"), new("1"), codeNotFound, "Could not find shard shardId-000000000009 in stream s under account 123456789012."},
		{"no such neighbour", "s", new("2"), new("x"), codeNotFound, "Could not find shard x in stream s under account 123456789012."},
		{"on demand", "d", new("0"), new("1"), codeValidation, "Stream d under account 123456789012 is in the capacity mode ON_DEMAND. " +
			"MergeShards is only supported for data streams with the provisioned capacity mode."},
		{"one with itself", "s", new("2"), new("2"), codeInvalidArgument, pair("2", "2")},
		{"not neighbours", "s", new("4"), new("3"), codeInvalidArgument, pair("4", "3")},
		{"the wrong way round", "s", new("3"), new("2"), codeInvalidArgument, pair("3", "2")},
		{"the last with the first", "s", new("3"), new("4"), codeInvalidArgument, pair("3", "4")},
		{"a closed one", "s", new("1"), new("2"), codeInvalidArgument, "Shard shardId-000000000001 in stream s under account 123456789012 has " +
			"already been merged or split, and thus is not eligible for merging or splitting."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := s.MergeShards(MergeShardsInput{StreamName: &tt.stream, ShardToMerge: tt.shard, AdjacentShardToMerge: tt.adjacent})
			want(t, err, tt.code, tt.message)
		})
	}
}

// TestAMergedShardHasTwoParents: each of them ends with the one child, which names both.
func TestAMergedShardHasTwoParents(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Splitting: time.Second}}, "s", 2)
	join(t, s, 0, 1)
	if n := putHash(t, s, maxHash); n != 1 {
		t.Errorf("before the merge a record went to shard %d", n)
	}
	c.RunUntil(clock.Epoch.Add(time.Second))
	for _, h := range []record.Hash{{}, maxHash} {
		if n := putHash(t, s, h); n != 2 {
			t.Errorf("after it %v went to shard %d", h, n)
		}
	}
	out, err := s.ListShards(ListShardsInput{StreamName: new("s"), ShardFilter: &ShardFilter{Type: new("AT_LATEST")}})
	if err != nil || len(out.Shards) != 1 || out.Shards[0].ParentShardId != "shardId-000000000000" || out.Shards[0].AdjacentParentShardId != "shardId-000000000001" {
		t.Fatalf("%+v, %v", out, err)
	}
	for _, shard := range []string{"shardId-0", "shardId-1"} {
		it := iteratorAt(t, s, GetShardIteratorInput{StreamName: new("s"), ShardId: &shard, ShardIteratorType: new("TRIM_HORIZON")})
		got, err := s.GetRecords(GetRecordsInput{ShardIterator: &it})
		if err != nil || got.NextShardIterator != "" || len(got.ChildShards) != 1 || len(got.ChildShards[0].ParentShards) != 2 {
			t.Errorf("%s ends with %+v, %v", shard, got, err)
		}
	}
	checkStream(t, s.streams["s"])
}
