package kinesis

import (
	"encoding/json"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
)

// autoStream makes the on-demand stream s of four shards with AUTO distribution.
func autoStream(t *testing.T) *Service {
	t.Helper()
	s := New(Config{Clock: clock.NewVirtual()})
	err := s.CreateStream(CreateStreamInput{
		StreamName: new("s"), StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}, RecordDistributionStrategy: new("AUTO"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func distribute(s *Service, strategy string) error {
	return s.UpdateStreamRecordDistributionStrategy(UpdateStreamRecordDistributionStrategyInput{new(arnOfS), &strategy})
}

// TestAutoSpreadsEvenly: one key, an explicit hash key or none at all: each shard gets as many records.
func TestAutoSpreadsEvenly(t *testing.T) {
	entries := map[string]PutRecordsRequestEntry{
		"one key":                 {Data: []byte("a"), PartitionKey: new("k")},
		"an explicit hash key":    {Data: []byte("a"), PartitionKey: new("k"), ExplicitHashKey: new("0")},
		"a hash key beyond 2^128": {Data: []byte("a"), PartitionKey: new("k"), ExplicitHashKey: new("999999999999999999999999999999999999999")},
		"no key":                  {Data: []byte("a")},
	}
	for name, entry := range entries {
		t.Run(name, func(t *testing.T) {
			s := autoStream(t)
			counts := map[string]int{}
			for range 8 {
				out, err := s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: []PutRecordsRequestEntry{entry, entry, entry}})
				if err != nil || out.FailedRecordCount != 0 {
					t.Fatalf("%+v, %v", out, err)
				}
				for _, r := range out.Records {
					counts[ShardID(r.Shard)]++
				}
			}
			for range 8 {
				out, err := s.PutRecord(PutRecordInput{StreamARN: new(arnOfS), Data: entry.Data, PartitionKey: entry.PartitionKey, ExplicitHashKey: entry.ExplicitHashKey})
				if err != nil {
					t.Fatal(err)
				}
				counts[out.ShardId]++
			}
			for number := range int32(4) {
				if n := counts[ShardID(number)]; n != 8 {
					t.Errorf("%s has %d of 32 records", ShardID(number), n)
				}
			}
		})
	}
}

// TestRecordsKeepTheirKeyOrNone: a reader gets the key that the producer gave, and none where it gave none.
func TestRecordsKeepTheirKeyOrNone(t *testing.T) {
	s := autoStream(t)
	entries := []PutRecordsRequestEntry{{Data: []byte("a"), PartitionKey: new("k")}, {}, {}, {}, {Data: []byte("b")}}
	for i := range entries {
		if entries[i].Data == nil {
			entries[i].Data = []byte("x") // to the other shards
		}
	}
	if _, err := s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: entries}); err != nil {
		t.Fatal(err)
	}
	it := iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON")})
	out, err := s.GetRecords(GetRecordsInput{ShardIterator: &it})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Records []struct{ PartitionKey *string }
	}
	if err := json.Unmarshal(out.AppendJSON(nil), &got); err != nil || len(got.Records) != 2 {
		t.Fatalf("%s: %v", out.AppendJSON(nil), err)
	}
	if k := got.Records[0].PartitionKey; k == nil || *k != "k" || got.Records[1].PartitionKey != nil {
		t.Errorf("the records are %s", out.AppendJSON(nil))
	}
}

// TestStrategyChanges: it is in force at once, in both directions; only with AUTO may a key be absent, and no order asked for.
func TestStrategyChanges(t *testing.T) {
	s := autoStream(t)
	keyless := func() error {
		_, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a")})
		return err
	}
	ordered := func() error {
		_, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k"), SequenceNumberForOrdering: new("49039857307708443467467104868809893875799651909875269636")})
		return err
	}
	if err := keyless(); err != nil {
		t.Errorf("without a key: %v", err)
	}
	want(t, ordered(), codeInvalidArgument, "SequenceNumberForOrdering cannot be used with the record distribution strategy AUTO of stream s under account 123456789012.")
	if err := distribute(s, userPartitionKey); err != nil {
		t.Fatal(err)
	}
	want(t, keyless(), codeValidation, "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null")
	want(t, ordered(), codeInvalidArgument, "ExclusiveMinimumSequenceNumber 49039857307708443467467104868809893875799651909875269636 used in PutRecord on stream s under account 123456789012 is invalid.")
	first, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k")})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if out, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k")}); err != nil || out.ShardId != first.ShardId {
			t.Errorf("one key is in %s and %+v, %v", first.ShardId, out, err)
		}
	}
	out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
	if err != nil || out.StreamDescriptionSummary.RecordDistributionStrategy != userPartitionKey {
		t.Errorf("the stream shows %+v, %v", out, err)
	}
	if err := distribute(s, "AUTO"); err != nil {
		t.Fatal(err)
	}
	if err := keyless(); err != nil {
		t.Errorf("without a key: %v", err)
	}
}

// TestStrategyNeedsOnDemand: a provisioned stream has none, and a put without a key is wrong there as it is without a stream.
func TestStrategyNeedsOnDemand(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	const only = "A record distribution strategy is only supported for data streams with the on-demand capacity mode."
	want(t, distribute(s, "AUTO"), codeInvalidArgument, only)
	want(t, s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(1)), RecordDistributionStrategy: new("AUTO")}), codeInvalidArgument, only)
	want(t, distribute(s, "HASH"), codeValidation, "1 validation error detected: Value 'HASH' at 'recordDistributionStrategy' failed to satisfy constraint: "+
		"Member must satisfy enum value set: [AUTO, USER_PARTITION_KEY]")
	for _, name := range []string{"s", "missing"} {
		_, err := s.PutRecords(PutRecordsInput{StreamName: &name, Records: []PutRecordsRequestEntry{{Data: []byte("a")}}})
		want(t, err, codeValidation, "1 validation error detected: Value null at 'records.1.member.partitionKey' failed to satisfy constraint: Member must not be null")
	}
}
