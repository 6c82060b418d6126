package kinesis

import (
	"strconv"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
)

// BenchmarkTenThousandShards is the time of each operation on one stream of 10,000 shards.
func BenchmarkTenThousandShards(b *testing.B) {
	const shards = 10_000
	name, shard := new("s"), new(ShardID(shards/2))
	limits := generous()
	limits.Shards, limits.StreamShards, limits.Scalings = 1e9, 1e9, 1e9
	create := func(b *testing.B, n int32) *Service {
		return newStream(b, Config{Clock: clock.NewVirtual(), Limits: limits}, "s", n)
	}
	entries := make([]PutRecordsRequestEntry, 500)
	for i := range entries {
		entries[i] = PutRecordsRequestEntry{Data: make([]byte, 200), PartitionKey: new("user-" + strconv.Itoa(i))}
	}
	must := func(b *testing.B, err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	same := func(s *Service) *Service { return s }
	full := func(s *Service) *Service {
		s.memory.most = min(s.memory.most, 64<<20)
		for s.memory.Held() < s.memory.most*9/10 {
			for i := range entries {
				entries[i].PartitionKey = new("user-" + strconv.Itoa(int(s.memory.Held())+i))
			}
			_, _ = s.PutRecords(PutRecordsInput{StreamName: name, Records: entries})
		}
		return s
	}
	other := func(b *testing.B, n int32) func(*Service) *Service {
		return func(*Service) *Service { return create(b, n) }
	}
	for _, o := range []struct {
		name string
		on   func(*Service) *Service // the service of the next call
		do   func(*testing.B, *Service)
	}{
		{"CreateStream", same, func(b *testing.B, _ *Service) { create(b, shards) }},
		{"DescribeStream", same, func(b *testing.B, s *Service) {
			_, err := s.DescribeStream(DescribeStreamInput{StreamName: name, ExclusiveStartShardId: shard})
			must(b, err)
		}},
		{"DescribeStreamSummary", same, func(b *testing.B, s *Service) {
			_, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: name})
			must(b, err)
		}},
		{"DescribeLimits", same, func(b *testing.B, s *Service) {
			_, err := s.DescribeLimits(DescribeLimitsInput{})
			must(b, err)
		}},
		{"ListShards-page", same, func(b *testing.B, s *Service) {
			_, err := s.ListShards(ListShardsInput{StreamName: name, ExclusiveStartShardId: shard})
			must(b, err)
		}},
		{"ListShards-all", same, func(b *testing.B, s *Service) {
			for in := (ListShardsInput{StreamName: name}); ; {
				out, err := s.ListShards(in)
				must(b, err)
				if out.NextToken == "" {
					return
				}
				in = ListShardsInput{NextToken: &out.NextToken}
			}
		}},
		{"ListShards-latest", same, func(b *testing.B, s *Service) {
			_, err := s.ListShards(ListShardsInput{StreamName: name, ShardFilter: &ShardFilter{Type: new("AT_LATEST")}, MaxResults: new(int32(1))})
			must(b, err)
		}},
		{"GetShardIterator", same, func(b *testing.B, s *Service) {
			_, err := s.GetShardIterator(GetShardIteratorInput{StreamName: name, ShardId: shard, ShardIteratorType: new("TRIM_HORIZON")})
			must(b, err)
		}},
		{"PutRecord", same, func(b *testing.B, s *Service) {
			_, err := s.PutRecord(PutRecordInput{StreamName: name, Data: entries[0].Data, PartitionKey: entries[0].PartitionKey})
			must(b, err)
		}},
		{"PutRecords-500", same, func(b *testing.B, s *Service) {
			_, err := s.PutRecords(PutRecordsInput{StreamName: name, Records: entries})
			must(b, err)
		}},
		{"PutRecords-500-at-the-cap", full, func(b *testing.B, s *Service) {
			_, err := s.PutRecords(PutRecordsInput{StreamName: name, Records: entries})
			must(b, err)
		}},
		{"RegisterStreamConsumer", other(b, shards), func(b *testing.B, s *Service) {
			_, err := s.RegisterStreamConsumer(RegisterStreamConsumerInput{StreamARN: new(s.StreamARN("s")), ConsumerName: new("c")})
			must(b, err)
		}},
		{"SplitShard", other(b, shards), func(b *testing.B, s *Service) {
			half := s.streams["s"].shards[shards/2]
			key, _ := middle(half.start, half.end)
			must(b, s.SplitShard(SplitShardInput{StreamName: name, ShardToSplit: shard, NewStartingHashKey: new(string(AppendHash(nil, key)))}))
		}},
		{"MergeShards", other(b, shards), func(b *testing.B, s *Service) {
			must(b, s.MergeShards(MergeShardsInput{StreamName: name, ShardToMerge: shard, AdjacentShardToMerge: new(ShardID(shards/2 + 1))}))
		}},
		{"UpdateShardCount-up", other(b, shards/2), func(b *testing.B, s *Service) {
			_, err := s.UpdateShardCount(UpdateShardCountInput{StreamName: name, TargetShardCount: new(int32(shards)), ScalingType: new("UNIFORM_SCALING")})
			must(b, err)
		}},
		{"UpdateShardCount-down", other(b, shards), func(b *testing.B, s *Service) {
			_, err := s.UpdateShardCount(UpdateShardCountInput{StreamName: name, TargetShardCount: new(int32(shards / 2)), ScalingType: new("UNIFORM_SCALING")})
			must(b, err)
		}},
		{"UpdateShardCount-odd", other(b, shards), func(b *testing.B, s *Service) {
			_, err := s.UpdateShardCount(UpdateShardCountInput{StreamName: name, TargetShardCount: new(int32(7001)), ScalingType: new("UNIFORM_SCALING")})
			must(b, err)
		}},
		{"DeleteStream", other(b, shards), func(b *testing.B, s *Service) {
			must(b, s.DeleteStream(DeleteStreamInput{StreamName: name}))
		}},
	} {
		b.Run(o.name, func(b *testing.B) {
			s := create(b, shards)
			b.ResetTimer()
			for range b.N {
				b.StopTimer()
				s = o.on(s)
				b.StartTimer()
				o.do(b, s)
			}
		})
	}
}
