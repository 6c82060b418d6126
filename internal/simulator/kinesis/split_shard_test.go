package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

const half = "170141183460469231731687303715884105728" // 2^127

func TestSplitShardRefuses(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{Shards: 4}}, "s", 3)
	onDemand := &StreamModeDetails{new(ModeOnDemand)}
	if err := s.CreateStream(CreateStreamInput{StreamName: new("d"), StreamModeDetails: onDemand}); err != nil {
		t.Fatal(err)
	}
	const range0 = " in stream s under account 123456789012 is not both greater than one plus the shard's StartingHashKey 0 and less " +
		"than the shard's EndingHashKey 113427455640312821154458202477256070484."
	tests := []struct {
		name               string
		stream, shard, key *string
		code, message      string
	}{
		{
			"nothing", nil, nil, nil, codeValidation,
			"2 validation errors detected: Value null at 'newStartingHashKey' failed to satisfy constraint: Member must not be null; " +
				"Value null at 'shardToSplit' failed to satisfy constraint: Member must not be null",
		},
		{
			"a key with a sign", new("s"), new("0"), new("-1"), codeValidation,
			"1 validation error detected: Value '-1' at 'newStartingHashKey' failed to satisfy constraint: " +
				`Member must satisfy regular expression pattern: ^(0|([1-9]\d{0,38}))$`,
		},
		{"no such stream", new("t"), new("shardId-0"), new("2"), codeNotFound, "Stream t under account 123456789012 not found."},
		{"no shard's name", new("s"), new("ABKLFD8"), new("2"), codeNotFound, "Could not find shard ABKLFD8 in stream s under account 123456789012."},
		{"no such shard", new("s"), new("shardId-5"), new("2"), codeNotFound, "Could not find shard shardId-000000000005 in stream s under account 123456789012."},
		{"on demand", new("d"), new("shardId-0"), new("2"), codeValidation, "Stream d under account 123456789012 is in the capacity mode ON_DEMAND. " +
			"SplitShard is only supported for data streams with the provisioned capacity mode."},
		{"one above the start", new("s"), new("shard-0"), new("1"), codeInvalidArgument, "NewStartingHashKey 1 used in SplitShard() on shard shardId-000000000000" + range0},
		{
			"the end", new("s"), new("shard-0"), new("113427455640312821154458202477256070484"), codeInvalidArgument,
			"NewStartingHashKey 113427455640312821154458202477256070484 used in SplitShard() on shard shardId-000000000000" + range0,
		},
		{
			"beyond 2^128", new("s"), new("shard-0"), new("999999999999999999999999999999999999999"), codeInvalidArgument,
			"NewStartingHashKey 999999999999999999999999999999999999999 used in SplitShard() on shard shardId-000000000000" + range0,
		},
	}
	split := func(stream, shard, key *string) error {
		return s.SplitShard(SplitShardInput{StreamName: stream, ShardToSplit: shard, NewStartingHashKey: key})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { want(t, split(tt.stream, tt.shard, tt.key), tt.code, tt.message) })
	}
	if err := split(new("s"), new("shardId-0"), new("2")); err != nil {
		t.Fatalf("the least key: %v", err)
	}
	want(t, split(new("s"), new("shardId-1"), new(half)), codeLimitExceeded,
		"This request would exceed the shard limit for the account 123456789012 in us-east-1. Current shard count for the account: 4. "+
			"Limit: 4. Number of additional shards that would have resulted from this request: 1. Refer to the AWS Service Limits page "+
			"(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.")
}

// TestASplitIsPairwiseAndTakesItsTime: until the model's time is over the stream is UPDATING and the parent takes records; from
// that instant on the children do, also where nobody looked in between.
func TestASplitIsPairwiseAndTakesItsTime(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Splitting: 30 * time.Second}}, "s", 1)
	summary := func() StreamDescriptionSummary {
		t.Helper()
		out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
		if err != nil {
			t.Fatal(err)
		}
		return out.StreamDescriptionSummary
	}
	if err := s.SplitShard(SplitShardInput{StreamName: new("s"), ShardToSplit: new("shardId-0"), NewStartingHashKey: new(half)}); err != nil {
		t.Fatal(err)
	}
	if d := summary(); d.StreamStatus != statusUpdating || d.OpenShardCount != 1 {
		t.Errorf("at once: %s with %d shards", d.StreamStatus, d.OpenShardCount)
	}
	const busy = "Stream s under account 123456789012 not ACTIVE, instead in state UPDATING"
	want(t, s.SplitShard(SplitShardInput{StreamName: new("s"), ShardToSplit: new("shardId-0"), NewStartingHashKey: new("5")}), codeInUse, busy)
	c.RunUntil(clock.Epoch.Add(30*time.Second - 1))
	if n := putHash(t, s, maxHash); n != 0 {
		t.Errorf("just before the split a record went to shard %d", n)
	}
	c.RunUntil(clock.Epoch.Add(30 * time.Second))
	if lower, upper := putHash(t, s, before(record.Hash{Hi: 1 << 63})), putHash(t, s, record.Hash{Hi: 1 << 63}); lower != 1 || upper != 2 {
		t.Errorf("then records went to the shards %d and %d", lower, upper)
	}
	if d := summary(); d.StreamStatus != statusActive || d.OpenShardCount != 2 {
		t.Errorf("then: %s with %d shards", d.StreamStatus, d.OpenShardCount)
	}
	c.RunUntil(clock.Epoch.Add(2 * time.Minute))
	out, err := s.ListShards(ListShardsInput{StreamName: new("s")})
	if err != nil || len(out.Shards) != 3 {
		t.Fatalf("%+v, %v", out, err)
	}
	parent, lower, upper := out.Shards[0], out.Shards[1], out.Shards[2]
	if lower.ParentShardId != parent.ShardId || upper.ParentShardId != parent.ShardId || lower.AdjacentParentShardId != "" {
		t.Errorf("parents %q and %q", lower.ParentShardId, upper.ParentShardId)
	}
	if lower.HashKeyRange != (HashKeyRange{"0", "170141183460469231731687303715884105727"}) || upper.HashKeyRange.StartingHashKey != half {
		t.Errorf("ranges %v and %v", lower.HashKeyRange, upper.HashKeyRange)
	}
	end, start := parent.SequenceNumberRange.EndingSequenceNumber, lower.SequenceNumberRange.StartingSequenceNumber
	if end.Index() != lastIndex || end.Arrived() != clock.Epoch.Unix()+30 || start.Index() != 0 || start.Created() != end.Arrived()+1 || start.Arrived() != start.Created() {
		t.Errorf("the parent ends with %v, its child begins with %v", end, start)
	}
	checkStream(t, s.streams["s"])
}

// TestASplitShardTakesNoMoreRecords: it is read to its end, and then answers with its children and no iterator.
func TestASplitShardTakesNoMoreRecords(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	for range 3 {
		putHash(t, s, record.Hash{})
		c.RunUntil(c.Now().Add(time.Second))
	}
	halve(t, s, 0)
	for _, h := range []record.Hash{{}, {Hi: 1 << 62}, maxHash} {
		if n := putHash(t, s, h); n == 0 {
			t.Errorf("%v went to the closed shard", h)
		}
	}
	ended := s.streams["s"].shards[0]
	last := NewSequenceNumber(ended.created, 0, lastIndex, ended.closed/1e9).String()
	tests := []struct {
		name string
		in   GetShardIteratorInput
		want int
	}{
		{"the oldest", GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON")}, 3},
		{"the end", GetShardIteratorInput{ShardIteratorType: new("LATEST")}, 0},
		{"a time", GetShardIteratorInput{ShardIteratorType: new("AT_TIMESTAMP"), Timestamp: &Timestamp{clock.Epoch.Add(2 * time.Second)}}, 1},
		{"a time after it closed", GetShardIteratorInput{ShardIteratorType: new("AT_TIMESTAMP"), Timestamp: &Timestamp{c.Now()}}, 0},
		{"its last number", GetShardIteratorInput{ShardIteratorType: new("AFTER_SEQUENCE_NUMBER"), StartingSequenceNumber: &last}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.StreamName, tt.in.ShardId = new("s"), new("shardId-000000000000")
			out, err := s.GetRecords(GetRecordsInput{ShardIterator: new(iteratorAt(t, s, tt.in))})
			if err != nil || len(out.Records) != tt.want || out.NextShardIterator != "" || out.MillisBehindLatest != 0 {
				t.Fatalf("%+v, %v, want the end after %d records", out, err, tt.want)
			}
			if len(out.ChildShards) != 2 || out.ChildShards[0].ShardId != "shardId-000000000001" || out.ChildShards[0].ParentShards[0] != "shardId-000000000000" ||
				out.ChildShards[1].HashKeyRange != (HashKeyRange{half, "340282366920938463463374607431768211455"}) {
				t.Errorf("children %+v", out.ChildShards)
			}
		})
		c.RunUntil(c.Now().Add(time.Second))
	}
	err := s.SplitShard(SplitShardInput{StreamName: new("s"), ShardToSplit: new("shardId-0"), NewStartingHashKey: new(half)})
	want(t, err, codeInvalidArgument, "Shard shardId-000000000000 in stream s under account 123456789012 has already been merged or split, "+
		"and thus is not eligible for merging or splitting.")
}

// TestChildrenAreRested: each child takes a second's worth at once although its parent is exhausted.
func TestChildrenAreRested(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	taken := func(h record.Hash) (n int) {
		recs, res := make([]record.Record, 1500), make([]Result, 1500)
		for i := range recs {
			recs[i] = record.Record{Key: "k", Hash: h, Size: 1, Ours: true}
		}
		if err := s.Put(s.cfg.Clock.Now(), "s", recs, res); err != nil {
			t.Fatal(err)
		}
		for _, r := range res {
			if r.Limit == LimitNone {
				n++
			}
		}
		return n
	}
	taken(record.Hash{})
	if n := taken(record.Hash{}); n != 0 {
		t.Fatalf("the exhausted parent took %d", n)
	}
	halve(t, s, 0)
	if lower, upper := taken(record.Hash{}), taken(maxHash); lower != 1000 || upper != 1000 {
		t.Errorf("the children took %d and %d", lower, upper)
	}
}

// TestAStreamThatIsSplitCountsBeforehand: the quota counts the shards that are on their way.
func TestAStreamThatIsSplitCountsBeforehand(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{Shards: 3}, Model: Model{Splitting: time.Minute}}, "s", 2)
	halve(t, s, 0)
	wantCode(t, s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(1))}), codeLimitExceeded)
}
