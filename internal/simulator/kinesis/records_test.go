package kinesis

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// iteratorAt makes an iterator and demands that it is given.
func iteratorAt(t *testing.T, s *Service, in GetShardIteratorInput) string {
	t.Helper()
	in.StreamName = new("s")
	if in.ShardId == nil {
		in.ShardId = new("shardId-000000000000")
	}
	out, err := s.GetShardIterator(in)
	if err != nil {
		t.Fatal(err)
	}
	return out.ShardIterator
}

// put puts one record and returns its sequence number.
func put(t *testing.T, s *Service, data string) string {
	t.Helper()
	out, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte(data), PartitionKey: new("k")})
	if err != nil {
		t.Fatal(err)
	}
	return out.SequenceNumber.String()
}

func TestShardIterators(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Limits: Limits{IteratorCalls: 1000, ReadCalls: 1000}}, "s", 1)
	var numbers []string
	for i := range 3 {
		c.RunUntil(clock.Epoch.Add(time.Duration(i+1) * time.Second))
		numbers = append(numbers, put(t, s, fmt.Sprint(i)))
	}
	list, _ := s.ListShards(ListShardsInput{StreamName: new("s")})
	start := list.Shards[0].SequenceNumberRange.StartingSequenceNumber.String()
	tests := []struct {
		name string
		in   GetShardIteratorInput
		want string
	}{
		{"trim horizon", GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON")}, "012"},
		{"latest", GetShardIteratorInput{ShardIteratorType: new("LATEST")}, ""},
		{"at a number", GetShardIteratorInput{ShardIteratorType: new("AT_SEQUENCE_NUMBER"), StartingSequenceNumber: &numbers[1]}, "12"},
		{"after a number", GetShardIteratorInput{ShardIteratorType: new("AFTER_SEQUENCE_NUMBER"), StartingSequenceNumber: &numbers[1]}, "2"},
		{"after the last", GetShardIteratorInput{ShardIteratorType: new("AFTER_SEQUENCE_NUMBER"), StartingSequenceNumber: &numbers[2]}, ""},
		{"at the shard's start", GetShardIteratorInput{ShardIteratorType: new("AT_SEQUENCE_NUMBER"), StartingSequenceNumber: &start}, "012"},
		{"after the shard's start", GetShardIteratorInput{ShardIteratorType: new("AFTER_SEQUENCE_NUMBER"), StartingSequenceNumber: &start}, "012"},
		{"at a time", GetShardIteratorInput{ShardIteratorType: new("AT_TIMESTAMP"), Timestamp: &Timestamp{clock.Epoch.Add(1500 * time.Millisecond)}}, "12"},
		{"before the stream", GetShardIteratorInput{ShardIteratorType: new("AT_TIMESTAMP"), Timestamp: &Timestamp{clock.Epoch.Add(-time.Hour)}}, "012"},
		{"a short shard id", GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON"), ShardId: new("shardId-0")}, "012"},
		{"a bare shard id", GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON"), ShardId: new("0")}, "012"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			it := iteratorAt(t, s, tt.in)
			for range 2 { // an iterator may be used again
				out, err := s.GetRecords(GetRecordsInput{ShardIterator: &it})
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				for _, r := range out.Records {
					got += string(r.Data)
				}
				if got != tt.want || out.MillisBehindLatest != 0 || out.NextShardIterator == "" {
					t.Errorf("read %q, %d ms behind, next %q", got, out.MillisBehindLatest, out.NextShardIterator)
				}
			}
		})
	}
}

func TestShardIteratorRefusals(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{IteratorCalls: 1000}}, "s", 2)
	put(t, s, "x")
	foreign := NewSequenceNumber(1, 0, 1, 2).String()
	other := NewSequenceNumber(clock.Epoch.Unix(), 1, 1, clock.Epoch.Unix()).String()
	const either = "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or " +
		"(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified "
	tests := []struct {
		name          string
		in            GetShardIteratorInput
		code, message string
	}{
		{
			"an unknown type",
			GetShardIteratorInput{ShardIteratorType: new("NOW")},
			codeValidation,
			"1 validation error detected: Value 'NOW' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: " +
				"[AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
		},
		{
			"no number",
			GetShardIteratorInput{ShardIteratorType: new("AT_SEQUENCE_NUMBER")},
			codeInvalidArgument,
			either + "AT_SEQUENCE_NUMBER and no StartingSequenceNumber.",
		},
		{
			"a number too many",
			GetShardIteratorInput{ShardIteratorType: new("LATEST"), StartingSequenceNumber: &foreign},
			codeInvalidArgument,
			either + "LATEST and also a StartingSequenceNumber.",
		},
		{
			"no time",
			GetShardIteratorInput{ShardIteratorType: new("AT_TIMESTAMP")},
			codeInvalidArgument,
			"Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.",
		},
		{
			"a time to come",
			GetShardIteratorInput{ShardIteratorType: new("AT_TIMESTAMP"), Timestamp: &Timestamp{clock.Epoch.Add(time.Second)}},
			codeInvalidArgument,
			"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1767225601000, currentTimestampInMillis: 1767225600000",
		},
		{
			"no sequence number",
			GetShardIteratorInput{ShardIteratorType: new("AT_SEQUENCE_NUMBER"), StartingSequenceNumber: new("49039857307708443467467104868809893875799651909875269636")},
			codeInvalidArgument,
			"StartingSequenceNumber 49039857307708443467467104868809893875799651909875269636 used in GetShardIterator on shard shardId-000000000000 in stream s under account 123456789012 is invalid.",
		},
		{
			"another stream's",
			GetShardIteratorInput{ShardIteratorType: new("AT_SEQUENCE_NUMBER"), StartingSequenceNumber: &foreign},
			codeInvalidArgument,
			"StartingSequenceNumber " + foreign + " used in GetShardIterator on shard shardId-000000000000 in stream s under account 123456789012 is invalid because it did not come from this stream.",
		},
		{
			"another shard's",
			GetShardIteratorInput{ShardIteratorType: new("AT_SEQUENCE_NUMBER"), StartingSequenceNumber: &other},
			codeInvalidArgument,
			"Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with shardId-000000000000",
		},
		{
			"a shard that is not there",
			GetShardIteratorInput{ShardIteratorType: new("LATEST"), ShardId: new("shardId-7")},
			codeNotFound,
			"Shard shardId-000000000007 in stream s under account 123456789012 does not exist",
		},
		{
			"an id that is none",
			GetShardIteratorInput{ShardIteratorType: new("LATEST"), ShardId: new("shardId-x")},
			codeNotFound,
			"Could not find shard shardId-x in stream s under account 123456789012.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.StreamName = new("s")
			if tt.in.ShardId == nil {
				tt.in.ShardId = new("shardId-000000000000")
			}
			_, err := s.GetShardIterator(tt.in)
			want(t, err, tt.code, tt.message)
		})
	}
}

func TestIteratorsExpireAfterFiveMinutes(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	it := iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("LATEST")})
	c.RunUntil(clock.Epoch.Add(5 * time.Minute))
	if _, err := s.GetRecords(GetRecordsInput{ShardIterator: &it}); err != nil {
		t.Errorf("after exactly 5 min: %v", err)
	}
	c.RunUntil(clock.Epoch.Add(5*time.Minute + time.Millisecond))
	_, err := s.GetRecords(GetRecordsInput{ShardIterator: &it})
	want(t, err, codeExpiredIterator, "Iterator expired. The iterator was created at time Thu Jan 01 00:00:00 UTC 2026 while right now it is "+
		"Thu Jan 01 00:05:00 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.")
	for _, bad := range []string{"x", "", strings.Repeat("a", 513), it[:len(it)-4], "A" + it[1:]} {
		_, err := s.GetRecords(GetRecordsInput{ShardIterator: &bad})
		if err == nil || !strings.Contains(err.Error(), "hardIterator") {
			t.Errorf("iterator %q: %v", bad, err)
		}
	}
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	fresh := iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("LATEST")})
	if _, err := s.GetRecords(GetRecordsInput{ShardIterator: &fresh}); err != nil {
		t.Error(err)
	}
	old, _ := parseIterator(it)
	old.issued = c.Now().UnixMilli()
	_, err = s.GetRecords(GetRecordsInput{ShardIterator: new(old.String())})
	want(t, err, codeNotFound, "Shard shardId-000000000000 in stream s under account 123456789012 does not exist")
}

// TestShardGivesFiveIteratorsASecond is GetShardIterator's own limit.
func TestShardGivesFiveIteratorsASecond(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	in := GetShardIteratorInput{StreamName: new("s"), ShardId: new("0"), ShardIteratorType: new("LATEST")}
	for range 5 {
		if _, err := s.GetShardIterator(in); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.GetShardIterator(in)
	want(t, err, codeThroughput, "Rate exceeded for shard shardId-000000000000 in stream s under account 123456789012.")
}

func TestPutRecordAndRecords(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{WriteRecords: 3, RequestBytes: 1 << 20}}, "s", 2)
	one, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k"), ExplicitHashKey: new("340282366920938463463374607431768211455")})
	if err != nil || one.ShardId != "shardId-000000000001" || one.SequenceNumber.Shard() != 1 {
		t.Fatalf("%+v, %v", one, err)
	}
	_, err = s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k"), ExplicitHashKey: new("340282366920938463463374607431768211456")})
	want(t, err, codeInvalidArgument, "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 340282366920938463463374607431768211456")
	_, err = s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k"), SequenceNumberForOrdering: new("49039857307708443467467104868809893875799651909875269636")})
	want(t, err, codeInvalidArgument, "ExclusiveMinimumSequenceNumber 49039857307708443467467104868809893875799651909875269636 used in PutRecord on stream s under account 123456789012 is invalid.")
	if _, err = s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k"), DryRun: new(true)}); err == nil {
		t.Error("a dry run succeeds with an error")
	}
	_, err = s.PutRecord(PutRecordInput{StreamName: new("s"), Data: make([]byte, 1<<20), PartitionKey: new("k")})
	want(t, err, codeInvalidArgument, "Record of 1048577 bytes (data and partition key) exceeds the stream's maximum record size of 1024 KiB.")

	entry := PutRecordsRequestEntry{Data: []byte("b"), PartitionKey: new("k"), ExplicitHashKey: new("0")}
	out, err := s.PutRecords(PutRecordsInput{
		StreamName: new("s"), Records: []PutRecordsRequestEntry{entry, entry, entry, entry, entry},
		Refuse: func(i int) Limit { return []Limit{LimitInternal, LimitNone, LimitNone, LimitNone, LimitNone}[i] },
	})
	if err != nil || out.FailedRecordCount != 2 {
		t.Fatalf("%+v, %v", out, err)
	}
	number := func(i int) string { return out.Records[i].SequenceNumber.String() }
	got := string(out.AppendJSON(nil))
	if want := `{"FailedRecordCount":2,"Records":[` +
		`{"ErrorCode":"InternalFailure","ErrorMessage":"Internal Service Failure"},` +
		`{"SequenceNumber":"` + number(1) + `","ShardId":"shardId-000000000000"},` +
		`{"SequenceNumber":"` + number(2) + `","ShardId":"shardId-000000000000"},` +
		`{"SequenceNumber":"` + number(3) + `","ShardId":"shardId-000000000000"},` +
		`{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"Rate exceeded for shard shardId-000000000000 in stream s under account 123456789012."}]}`; got != want {
		t.Errorf("answer\n%s\nwant\n%s", got, want)
	}
	if number(1) >= number(2) || number(2) >= number(3) {
		t.Error("sequence numbers do not rise")
	}
	big := PutRecordsRequestEntry{Data: make([]byte, 1<<19), PartitionKey: new("k")}
	_, err = s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: []PutRecordsRequestEntry{big, big}})
	want(t, err, codeInvalidArgument, "Records size exceeds 1 MB limit")
	_, err = s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte("a"), PartitionKey: new("k"), ExplicitHashKey: new("0")})
	want(t, err, codeThroughput, "Rate exceeded for shard shardId-000000000000 in stream s under account 123456789012.")
}

// TestGetRecordsJSON: what is appended is JSON that says the same, whatever the key; the end of a closed shard names its
// children.
func TestGetRecordsJSON(t *testing.T) {
	render := func(dst []byte, r *record.Record) []byte { return fmt.Appendf(dst, "body %d", r.Number) }
	s := newStream(t, Config{Render: render}, "s", 1)
	keys := []string{`k"\` + "\n\x01", "日本語 é", "bad \xff utf-8"}
	var recs []record.Record
	for i, key := range keys {
		recs = append(recs, record.Record{Key: key, Number: uint64(i), Size: 6, Ours: true})
	}
	mustPut(t, s, clock.Epoch.Add(1234*time.Microsecond), recs)
	st := s.streams["s"]
	child := newShard(1, record.Hash{}, maxHash, &s.cfg.Limits, 0)
	child.parents = []int32{0, 5}
	st.shards = append(st.shards, child)
	st.shards[0].closed, st.shards[0].children = 1, []int32{1}
	out, err := s.GetRecords(GetRecordsInput{ShardIterator: new(iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON")}))})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Records []struct {
			SequenceNumber              string
			ApproximateArrivalTimestamp json.Number
			Data                        []byte
			PartitionKey                string
		}
		MillisBehindLatest int
		NextShardIterator  *string
		ChildShards        []ChildShard
	}
	if err := json.Unmarshal(out.AppendJSON(nil), &got); err != nil {
		t.Fatalf("%v in %s", err, out.AppendJSON(nil))
	}
	for i, r := range got.Records {
		if r.PartitionKey != strings.ToValidUTF8(keys[i], "\ufffd") || string(r.Data) != fmt.Sprintf("body %d", i) {
			t.Errorf("record %d: key %q, data %q", i, r.PartitionKey, r.Data)
		}
		if r.ApproximateArrivalTimestamp != "1767225600.001" {
			t.Errorf("record %d arrived at %s", i, r.ApproximateArrivalTimestamp)
		}
		if n, ok := ParseSequenceNumber(r.SequenceNumber); !ok || n.Index() != uint64(i+1) {
			t.Errorf("record %d has the number %s", i, r.SequenceNumber)
		}
	}
	if got.NextShardIterator != nil || len(got.ChildShards) != 1 || len(got.ChildShards[0].ParentShards) != 2 {
		t.Errorf("the end of a closed shard: %+v", got)
	}
}
